"""Fixtures for everything over the bot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import postgres
from tests.bot.town import town

__all__ = ["town"]


@pytest.fixture
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL of its own, that may be ended and started again."""
    if not postgres.binaries():
        pytest.skip(postgres.MISSING)
    made = postgres.Cluster()
    try:
        made.start()
        yield made
    finally:
        made.stop()

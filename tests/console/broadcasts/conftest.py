"""Fixtures of the tests of notices."""

from __future__ import annotations

import pytest

from tests.console.broadcasts.world import World
from tests.console.conftest import Console


@pytest.fixture
def world(console: Console) -> World:
    """A working morning."""
    return World(console)

"""What is kept about notices must be true of both databases: every test here that has one runs on each."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.procedures.catalogue import Catalogue
from tests.core.broadcasts.made import Town


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """As if every test were marked ``both_databases``."""
    marked = metafunc.definition.get_closest_marker("both_databases")
    if not marked and "database_kind" in metafunc.fixturenames:
        metafunc.parametrize("database_kind", ["sqlite", "postgresql"])


@pytest.fixture
def town(engine: AsyncEngine, catalogue: Catalogue) -> Town:
    """An empty town."""
    return Town(engine, catalogue)

"""What is kept about reminders must be true of both databases: every test here that has one runs on each."""

from __future__ import annotations

import pytest


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """As if every test were marked ``both_databases``."""
    marked = metafunc.definition.get_closest_marker("both_databases")
    if not marked and "database_kind" in metafunc.fixturenames:
        metafunc.parametrize("database_kind", ["sqlite", "postgresql"])

"""``python -m bot links``: what is printed on receipts."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from core.errors import AssistantError

CODE = "H15.50.05.13-261008-0975"


def test_both_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://motcua.example/")
    done = CliRunner().invoke(app, ["links", CODE.lower(), "--telegram", "@motcua_bot"])
    assert done.output.split() == [
        f"https://motcua.example/?hs={CODE}",
        "https://t.me/motcua_bot?start=H15_50_05_13-261008-0975",
    ]


@pytest.mark.parametrize(("arguments", "named"), [(["x"], "x:"), ([CODE], "PUBLIC_URL")])
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, arguments: list[str], named: str) -> None:
    monkeypatch.delenv("PUBLIC_URL", raising=False)
    done = CliRunner().invoke(app, ["links", *arguments])
    assert isinstance(done.exception, AssistantError)
    assert named in str(done.exception)

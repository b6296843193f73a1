"""Settings refuse what is unsafe or malformed, and every one of them is documented."""

from __future__ import annotations

import pathlib

import pytest

from core import profile as profiles
from core import settings
from core.errors import SettingsError
from core.messages import Button, Message
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("RASA_URL", "localhost"),
        ("TELEGRAM_PROXY", "1.2.3.4:80"),
    ],
)
def test_a_bad_value_names_its_key(monkeypatch: pytest.MonkeyPatch, key: str, value: str) -> None:
    monkeypatch.setenv(key, value)
    with pytest.raises(SettingsError, match=key):
        settings.load()


def test_a_webhook_needs_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:a")
    monkeypatch.setenv("PUBLIC_URL", "https://motcua.example.vn")
    with pytest.raises(SettingsError, match="TELEGRAM_WEBHOOK_SECRET"):
        settings.load()


@pytest.mark.parametrize("secret", ["có dấu", "a b", "x" * 257])
def test_a_webhook_secret_telegram_would_refuse_is_refused(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", secret)
    with pytest.raises(SettingsError, match="TELEGRAM_WEBHOOK_SECRET"):
        settings.load()


def test_the_token_never_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123:verysecret")
    assert "verysecret" not in repr(settings.load())


def test_every_setting_is_documented() -> None:
    documented = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name in settings.Settings.model_fields:
        assert f"#{name.upper()}=" in documented, name


def test_an_unknown_profile_says_which_there_are() -> None:
    with pytest.raises(SettingsError, match="dak-lak"):
        profiles.load("nowhere")


def test_a_broken_profile_is_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "x.yml").write_text("id: x\nprovince: A\nplanet: B\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="planet"):
        profiles.load("x", tmp_path)


def test_a_profile_fills_sentences_and_leaves_other_dollars() -> None:
    filled = profiles.load("dak-lak").fill(
        Message("$province, giá $5 và $unknown", (Button("Cổng", url="$portal/x"),))
    )
    assert filled.text == "tỉnh Đắk Lắk, giá $5 và $unknown"
    assert filled.buttons[0].url == "https://dichvucong.gov.vn/x"


def test_zalo_is_configured_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZALO_APP_ID", "1")
    with pytest.raises(SettingsError, match="ZALO_OA_ID, ZALO_APP_SECRET, ZALO_OA_SECRET must be set too"):
        settings.load()


def test_a_zalo_bot_behind_a_webhook_needs_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZALO_BOT_TOKEN", "t")
    monkeypatch.setenv("PUBLIC_URL", "https://motcua.example")
    with pytest.raises(SettingsError, match="ZALO_BOT_SECRET"):
        settings.load()

"""The secret: made once, the same for everybody, never readable by others, never guessable."""

from __future__ import annotations

import pathlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from core import secret as secrets
from core.errors import SettingsError
from core.secret import Secret

KEY = "k" * 32


def test_made_once_and_only_for_its_owner(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "deep" / "secret.key"
    first = secrets.load(None, file)
    assert file.stat().st_mode & 0o077 == 0
    assert secrets.load(None, file).fingerprint("a", "b") == first.fingerprint("a", "b")
    assert [p.name for p in file.parent.iterdir()] == ["secret.key"]


def test_many_processes_at_once_get_the_same(tmp_path: pathlib.Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: secrets.load(None, tmp_path / "k").fingerprint("x"), range(64)))
    assert len(set(made)) == 1


def test_a_short_key_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        Secret("short")


def test_an_unusable_file_is_refused_by_name(tmp_path: pathlib.Path) -> None:
    (tmp_path / "k").mkdir()
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        secrets.load(None, tmp_path / "k")


def test_fingerprints_depend_on_key_purpose_and_parts() -> None:
    one = Secret(KEY)
    made = {
        one.fingerprint("a", "b"),
        one.fingerprint("b", "a"),
        one.fingerprint("a", "b", ""),
        one.fingerprint("ab"),
        Secret("j" * 32).fingerprint("a", "b"),
    }
    assert len(made) == 5


def test_sealed_text_opens_with_its_own_key_only() -> None:
    sealed = Secret(KEY).encrypt("phiên")
    assert "phiên" not in sealed
    assert Secret(KEY).decrypt(sealed) == "phiên"
    assert Secret("j" * 32).decrypt(sealed) is None
    assert Secret(KEY).decrypt("garbage") is None

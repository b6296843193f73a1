"""The installation's secret: fingerprints that cannot be made without it, and encryption of sessions."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from core.errors import SettingsError

MINIMUM = 32  # letters


class Secret:
    """Derives everything from one key; a different ``purpose`` gives an unrelated fingerprint."""

    def __init__(self, key: str) -> None:
        if len(key) < MINIMUM:
            raise SettingsError(f"SECRET_KEY: needs at least {MINIMUM} letters, for example 64 hex digits")
        self._key = key.encode()
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"session:" + self._key).digest()))

    def fingerprint(self, purpose: str, *parts: str) -> str:
        """64 hex digits that tell nothing of ``parts`` to whoever lacks the key (HMAC-SHA256)."""
        message = "\x1f".join((purpose, *parts)).encode()
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()

    def encrypt(self, text: str) -> str:
        """The text sealed; :meth:`decrypt` is the inverse."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, sealed: str) -> str | None:
        """The text, or None when it was sealed with another key or is damaged."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None


def load(key: str | None, file: Path) -> Secret:
    """The secret from the setting, else from ``file``, which is made (mode 0600) when missing.

    Raises:
        SettingsError: the key is too short or the file cannot be used.
    """
    if key:
        return Secret(key)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            _make(file)
        return Secret(file.read_text(encoding="ascii").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"SECRET_KEY: {file} cannot be used: {error}") from error


def _make(file: Path) -> None:
    """Write whole, then name: of two processes that start at once one wins and both read the same."""
    handle, draft = tempfile.mkstemp(dir=file.parent, prefix=".secret-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(secrets.token_hex(32) + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
    finally:
        os.unlink(draft)

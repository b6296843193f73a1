"""What of staff is kept or handed out sealed: authenticators' secrets, the cookie's fingerprint, the half-way token."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from core.secret import Secret

_HALFWAY = dt.timedelta(minutes=5)


class Sealed:
    """Seals with the installation's secret."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def token(self, cookie: str) -> str:
        """What is kept of a session's cookie."""
        return self._secret.fingerprint("staff-session", cookie)

    def seal_totp(self, account: int, totp: str) -> str:
        """An authenticator's secret, good for this account only."""
        return self._seal({"totp": totp, "of": account})

    def totp(self, account: int, sealed: str) -> str | None:
        """The secret again; None when it is another account's or cannot be opened any more."""
        told = self._open(sealed)
        return str(told["totp"]) if told and told.get("of") == account and "totp" in told else None

    def halfway(self, account: int, now: dt.datetime) -> str:
        """Says that the password was right, while the authenticator's code is asked for."""
        return self._seal({"half": account, "at": now.timestamp()})

    def of_halfway(self, sealed: str, now: dt.datetime) -> int | None:
        """Whose password was right, up to five minutes ago."""
        told = self._open(sealed)
        if not told or "half" not in told:
            return None
        age = now.timestamp() - float(told["at"])
        return int(told["half"]) if 0 <= age <= _HALFWAY.total_seconds() else None

    def _seal(self, told: dict[str, Any]) -> str:
        return self._secret.encrypt(json.dumps(told))

    def _open(self, sealed: str) -> dict[str, Any] | None:
        opened = self._secret.decrypt(sealed)
        told = json.loads(opened) if opened else None
        return told if isinstance(told, dict) else None

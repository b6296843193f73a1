"""OAuth v4 of Official Accounts: https://oauth.zaloapp.com/v4/oa/access_token.

A code lives 10 minutes, an access token 25 hours, a refresh token 3 months. A refresh token serves once; a
new pair kills the access token before it.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, field

from simulators.zalo.clock import Clock
from simulators.zalo.refusals import Refusal
from simulators.zalo.switches import Switches

ACCESS = dt.timedelta(seconds=90_000)
REFRESH = dt.timedelta(days=90)
CODE = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Pair:
    """What the token endpoint hands out."""

    access: str
    refresh: str

    def as_dict(self) -> dict[str, str]:
        """The answer; ``expires_in`` is a string."""
        expires = str(int(ACCESS.total_seconds()))
        return {"access_token": self.access, "refresh_token": self.refresh, "expires_in": expires}


@dataclass(frozen=True, slots=True)
class _Code:
    challenge: str
    until: dt.datetime


@dataclass
class Tokens:
    """The tokens of one OA for one application; at most one pair lives.

    Args:
        history: every pair ever issued, oldest first.
        refusals: codes of refused token requests, oldest first.
    """

    clock: Clock
    switches: Switches
    history: list[Pair] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    _codes: dict[str, _Code] = field(default_factory=dict)
    _access_until: dt.datetime | None = None
    _refresh_until: dt.datetime | None = None

    @property
    def current(self) -> Pair | None:
        """The newest pair, whether or not it still lives."""
        return self.history[-1] if self.history else None

    def issue(self) -> Pair:
        """A new pair, as the console's "API Explorer" gives; the one before is dead."""
        pair = Pair(f"access-{secrets.token_urlsafe(48)}", f"refresh-{secrets.token_urlsafe(48)}")
        self.history.append(pair)
        self._access_until = self.clock.now() + ACCESS
        self._refresh_until = self.clock.now() + REFRESH
        return pair

    def consent(self, challenge: str) -> str:
        """A person with rights over the OA consents; gives the code that comes back to the callback URL."""
        code = secrets.token_urlsafe(32)
        self._codes[code] = _Code(challenge, self.clock.now() + CODE)
        return code

    def exchange(self, code: str, verifier: str) -> Pair:
        """``grant_type=authorization_code``; a code serves once."""
        known = self._codes.pop(code, None)
        if known is None or self.clock.now() >= known.until:
            raise Refusal(-14005)
        if challenge_of(verifier) != known.challenge:
            raise Refusal(-14003)
        return self.issue()

    def renew(self, refresh: str) -> Pair:
        """``grant_type=refresh_token``; the same token again is refused."""
        current = self.current
        if current is None or refresh != current.refresh or self._refresh_until is None:
            raise Refusal(-14014)
        if self.clock.now() >= self._refresh_until:
            raise Refusal(-14014, "expired")
        return self.issue()

    def check(self, token: str | None) -> None:
        """Raise unless this is the living access token, bare."""
        current = self.current
        if current is None or token != current.access or self._access_until is None:
            raise Refusal(-216)
        if self.clock.now() >= self._access_until:
            raise Refusal(self.switches.expired_code)

    def expire(self) -> None:
        """The access token has expired; the refresh token has not."""
        self._access_until = self.clock.now()

    def revoke(self) -> None:
        """Nothing is valid any more: somebody withdrew the consent."""
        self._access_until = self._refresh_until = self.clock.now()


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()

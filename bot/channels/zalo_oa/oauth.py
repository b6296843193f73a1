"""Zalo's OAuth v4 for Official Accounts: the consent address, and what gives the next pair of tokens."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from bot.channels.zalo_oa.config import Config
from core.dossiers.portals.reading import part

USUAL = dt.timedelta(hours=25)
_SHORTEST, _LONGEST = 60, 400 * 86400
_PASSING = {-32, -100, -200}  # rate limit, temporary and general failure: nothing was decided about the token


class OAuthRefused(Exception):
    """Zalo does not take the code or the refresh token."""


class OAuthAway(Exception):
    """No usable answer; ``sure`` when the request never left, so that the token was not used up."""

    def __init__(self, reason: str, *, sure: bool = False) -> None:
        super().__init__(reason)
        self.sure = sure


@dataclass(frozen=True, slots=True)
class Pair:
    """An access token, how long it lasts, and the refresh token that gives the next pair once."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    lasts: dt.timedelta = USUAL


@dataclass(frozen=True, slots=True)
class Challenge:
    """PKCE: ``challenge`` is shown, ``verifier`` is kept until the code comes."""

    verifier: str = field(repr=False)
    challenge: str
    state: str


def challenge() -> Challenge:
    """A new one, S256."""
    verifier = secrets.token_urlsafe(32)
    digest = hashlib.sha256(verifier.encode()).digest()
    return Challenge(
        verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), secrets.token_urlsafe(12)
    )


def consent_url(config: Config, callback: str, proof: Challenge) -> str:
    """Where an administrator of the account consents."""
    query = {
        "app_id": config.app_id,
        "redirect_uri": callback,
        "code_challenge": proof.challenge,
        "state": proof.state,
    }
    return f"{config.oauth_base.rstrip('/')}/v4/oa/permission?{urlencode(query)}"


class OAuth:
    """Calls ``/v4/oa/access_token``."""

    def __init__(self, client: httpx.AsyncClient, config: Config) -> None:
        self._client, self._config = client, config

    async def refresh(self, token: str) -> Pair:
        """The next pair. Uses the token up. Raises OAuthRefused or OAuthAway."""
        return await self._ask({"refresh_token": token, "grant_type": "refresh_token"})

    async def exchange(self, code: str, verifier: str) -> Pair:
        """The first pair. Raises OAuthRefused or OAuthAway."""
        return await self._ask({"code": code, "grant_type": "authorization_code", "code_verifier": verifier})

    async def _ask(self, form: dict[str, str]) -> Pair:
        url = f"{self._config.oauth_base.rstrip('/')}/v4/oa/access_token"
        try:
            response = await self._client.post(
                url,
                data={**form, "app_id": self._config.app_id},
                headers={"secret_key": self._config.app_secret},
                follow_redirects=False,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise OAuthAway(type(error).__name__, sure=True) from None
        except httpx.HTTPError as error:
            raise OAuthAway(type(error).__name__) from None
        return _pair(response)


def _pair(response: httpx.Response) -> Pair:
    try:
        said: Any = response.json()
    except ValueError:
        raise OAuthAway(f"HTTP {response.status_code}, not JSON") from None
    access, refresh = part(said, "access_token"), part(said, "refresh_token")
    if isinstance(access, str) and isinstance(refresh, str) and access and refresh:
        return Pair(access, refresh, _lasts(part(said, "expires_in")))
    code = part(said, "error")
    if isinstance(code, int) and code and code not in _PASSING and response.status_code < 500:
        raise OAuthRefused(f"error {code}")
    raise OAuthAway(f"HTTP {response.status_code}, no pair")


def _lasts(value: Any) -> dt.timedelta:
    """``"90000"`` or 90000 seconds; Zalo's usual 25 hours when it is neither."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not _SHORTEST <= value <= _LONGEST:
        return USUAL
    return dt.timedelta(seconds=value)

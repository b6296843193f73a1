"""Replaces ``EndpointConfig.session``.

Rasa opens a new client session, with a new connection, for every call of an action. Here the session of an endpoint is
kept as long as its event loop runs, and with it the connections that are in order.
"""

from __future__ import annotations

import asyncio
from typing import Any, Dict, Text, Tuple
from weakref import WeakKeyDictionary

import aiohttp
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.utils.endpoints import EndpointConfig

from nlu.speed.replacing import replace

_REPLACED = "e55aa13d9d4f"
# Seconds an unused connection is kept. Action servers keep theirs longer (rasa_sdk: 120); one that closes earlier is
# noticed before the connection is used again.
_KEEP = 30.0

_Key = Tuple[Any, ...]
_sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, Dict[_Key, aiohttp.ClientSession]] = (
    WeakKeyDictionary()
)


class _Kept:
    """Gives a session to ``async with`` and keeps it open afterwards."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self._session

    async def __aexit__(self, *_: object) -> None:
        """The session serves the next call."""


def _session(endpoint: EndpointConfig) -> _Kept:
    """The session of an endpoint with the same address, headers and password in this event loop."""
    of_loop = _sessions.setdefault(asyncio.get_running_loop(), {})
    headers, password = _key(endpoint.headers), _key(endpoint.basic_auth)
    session = of_loop.get((endpoint.url, headers, password))
    if session is None or session.closed:
        auth = endpoint.basic_auth
        session = aiohttp.ClientSession(
            headers=endpoint.headers,
            auth=aiohttp.BasicAuth(auth["username"], auth["password"]) if auth else None,
            timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
            connector=aiohttp.TCPConnector(keepalive_timeout=_KEEP),
            cookie_jar=aiohttp.DummyCookieJar(),  # a session of one call remembered no cookies either
        )
        of_loop[endpoint.url, headers, password] = session
    return _Kept(session)


def _key(settings: Dict[Text, Any]) -> _Key:
    return tuple(sorted((str(k), str(v)) for k, v in settings.items()))


async def close() -> None:
    """Close what the running loop has open."""
    for session in _sessions.pop(asyncio.get_running_loop(), {}).values():
        await session.close()


def apply() -> None:
    """Keep the sessions of endpoints."""
    replace(EndpointConfig, "session", _REPLACED, _session)

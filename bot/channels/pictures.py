"""Pictures people sent: where they may be fetched from, and fetching them within limits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx
import structlog

from core.messages import MAX_PHOTO

log = structlog.get_logger()
SECONDS = 10.0
_HOPS = 3
_LONGEST = 2000
_MOVED = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where pictures may be fetched from.

    Args:
        names: hosts, with their subdomains, by https only.
        base: an address of a simulator, any scheme.
    """

    names: tuple[str, ...] = ()
    base: str | None = None


NOWHERE = Hosts()


def hosts(names: str, base: str | None) -> Hosts:
    """Hosts of a setting: names divided by commas."""
    return Hosts(tuple(n.strip() for n in names.split(",") if n.strip()), base)


def is_allowed(url: str, hosts: Hosts) -> bool:
    """Whether a picture may be fetched from here: https of the hosts, or the simulator's own origin."""
    if len(url) > _LONGEST or not url.isascii() or not url.isprintable() or "\\" in url or " " in url:
        return False
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    if parts.username is not None or not host:
        return False
    if hosts.base and _origin(url) == _origin(hosts.base):
        return True
    known = any(host == one or host.endswith(f".{one}") for one in hosts.names)
    return parts.scheme == "https" and port in (None, 443) and known


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port


async def fetch(client: httpx.AsyncClient, url: str, hosts: Hosts) -> bytes | None:
    """The bytes of a picture; None when it cannot be had in time, is too large, or leads elsewhere."""
    try:
        async with asyncio.timeout(SECONDS):
            return await _fetch(client, url, hosts)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
        log.warning("photo_not_fetched", error=type(error).__name__)
        return None


async def _fetch(client: httpx.AsyncClient, url: str, hosts: Hosts) -> bytes | None:
    for _ in range(1 + _HOPS):
        if not is_allowed(url, hosts):
            log.warning("photo_elsewhere")
            return None
        async with client.stream("GET", url, follow_redirects=False) as response:
            if response.status_code in _MOVED:
                url = urljoin(url, response.headers.get("Location", ""))
                continue
            return await _body(response) if response.status_code == 200 else None
    return None


async def _body(response: httpx.Response) -> bytes | None:
    length = response.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and int(length[:15]) > MAX_PHOTO:
        return None
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_PHOTO:
            return None
    return bytes(body) or None

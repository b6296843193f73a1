"""What it means for a message that no answer came to its request. The same on every platform. Pure."""

from __future__ import annotations

import httpx

from core.errors import SendError

SOON = 5.0  # seconds
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def failure(platform: str, error: httpx.HTTPError) -> SendError:
    """The SendError: once a request was being written, its message may have been delivered."""
    said = f"{platform}: {type(error).__name__}"  # never the error's own text: it may hold an address with a token
    if isinstance(error, _NEVER_LEFT):
        return SendError(said, retry_after=SOON)
    return SendError(said, unknown=True)

"""Whether a webhook call is Zalo's. Pure.

``X-ZEvent-Signature: mac=<hex>`` with ``mac = sha256(app_id + raw body + timestamp + secret)``: no HMAC. The
sources differ on the secret (the OA's or the application's) and on the timestamp (the body's or the header
``X-ZEvent-Timestamp``), so every documented pair is tried, always all of them and in constant time.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable

_DIGITS = re.compile(r"[0-9]{1,20}")  # nothing else: it must not be able to pass for the end of a body


def is_genuine(
    given: str, app_id: str, body: bytes, timestamps: Iterable[str], secrets: Iterable[str]
) -> bool:
    """Whether ``given`` (the header as it came) signs these exact bytes."""
    mac = given.strip().removeprefix("mac=").strip().lower().encode("utf-8", "replace")
    moments, keys = [t for t in timestamps if _DIGITS.fullmatch(t)], [s for s in secrets if s]
    matches = [
        hmac.compare_digest(mac, made(app_id, body, moment, key).encode())
        for moment in moments
        for key in keys
    ]
    return any(matches)


def made(app_id: str, body: bytes, timestamp: str, secret: str) -> str:
    """The 64 hex digits Zalo would send."""
    return hashlib.sha256(app_id.encode() + body + timestamp.encode() + secret.encode()).hexdigest()

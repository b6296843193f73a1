"""What a portal pushes when dossiers change: how it is signed, and which codes it names. Pure.

The signature covers the moment too, so that nothing can be sent again later.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from typing import Any

TIMESTAMP, SIGNATURE = "X-Portal-Timestamp", "X-Portal-Signature"
SECONDS = 300  # how far its moment may be off
MOST = 1000  # codes in one push
_DIGITS = re.compile(r"[0-9]{1,12}")


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Hex HMAC-SHA256 of ``timestamp.body``."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_genuine(secret: str, timestamp: str, signature: str, body: bytes, now: float) -> bool:
    """Whether whoever knows the secret sent this within SECONDS of ``now`` (seconds since 1970)."""
    if not _DIGITS.fullmatch(timestamp):
        return False
    given = signature.strip().lower().encode("utf-8", "replace")
    same = hmac.compare_digest(sign(secret, timestamp, body).encode(), given)
    return same and abs(now - int(timestamp)) <= SECONDS


def codes(body: bytes) -> list[str]:
    """The codes of ``{"codes": [...]}`` or ``{"code": "..."}``, each once.

    Raises:
        ValueError: it is neither, or names more than MOST.
    """
    data: Any = json.loads(body)
    if not isinstance(data, dict):
        raise ValueError("no object")
    named = data["codes"] if "codes" in data else [data.get("code")]
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named) or len(named) > MOST:
        raise ValueError("codes must be a list of texts")
    return list(dict.fromkeys(named))

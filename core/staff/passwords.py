"""Passwords and one-time codes of staff.

Passwords are hashed with argon2id (RFC 9106, the library's second recommended setting). Their rules are those of
NIST SP 800-63B: length counts, composition does not, and what everybody tries first is refused. One-time codes
are TOTP (RFC 6238): six digits, thirty seconds.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import StaffError
from nlu.vietnamese import fold

MINIMUM, MAXIMUM = 12, 200  # letters
_STEP = 30  # seconds
_HASHER = PasswordHasher()
_OBVIOUS = (
    "matkhau password quantri admin congchuc canbo motcua hanhchinh daklak phuyen vietnam 123456 654321"
    " qwerty abcdef 111111 000000 iloveyou"
).split()
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read for something else


def check(password: str, name: str) -> None:
    """Raises StaffError saying why a password is not taken."""
    if len(password) < MINIMUM:
        raise StaffError(f"Mật khẩu cần ít nhất {MINIMUM} ký tự; một câu dài dễ nhớ là tốt nhất.", "password")
    if len(password) > MAXIMUM:
        raise StaffError(f"Mật khẩu dài nhất {MAXIMUM} ký tự.", "password")
    rest = _bare(password)
    for word in sorted([*_OBVIOUS, _bare(name)], key=len, reverse=True):
        rest = rest.replace(word, "") if word else rest
    if len(set(password)) < 5 or len(rest) < 5:
        raise StaffError("Mật khẩu này quá dễ đoán. Xin chọn câu khác, đừng dùng tên hay dãy số.", "password")


def _bare(text: str) -> str:
    return "".join(c for c in fold(text) if c.isalnum())


def invented() -> str:
    """A password to begin with, to be read out once and changed."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))


async def hashed(password: str) -> str:
    """The hash to keep. In a thread: it takes a twentieth of a second and 64 MB on purpose."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def fits(kept: str | None, password: str) -> bool:
    """Whether a password is the one kept. It takes as long where there is nobody (None), which tells nothing."""
    return await asyncio.to_thread(_fits, kept, password)


def _fits(kept: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(kept or _nobody(), password[:MAXIMUM]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_hex(16))


def outdated(kept: str) -> bool:
    """Whether a hash was made with weaker settings than today's and should be made anew."""
    return _HASHER.check_needs_rehash(kept)


def new_totp() -> str:
    """A secret for an authenticator."""
    return pyotp.random_base32()


def totp_address(secret: str, name: str, issuer: str) -> str:
    """What the QR code for an authenticator holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def totp_step(secret: str, code: str, now: dt.datetime, used: int | None) -> int | None:
    """The step a code belongs to, the one before and after now being taken too; None when it is wrong or used.

    Args:
        used: the last step that opened something: it and earlier ones open nothing again.
    """
    digits = "".join(c for c in code if c.isdecimal())
    current = int(now.timestamp()) // _STEP
    generator = pyotp.TOTP(secret)
    for step in (current - 1, current, current + 1):
        if secrets.compare_digest(generator.at(step * _STEP), digits) and (used is None or step > used):
            return step
    return None

"""Deep links for the QR code of a receipt: whoever scans it comes to the assistant with the code. Pure.

The links hold the code in the open: it is printed beside them, and alone it shows little.
"""

from __future__ import annotations

import re

from core.dossiers.codes import DossierCode

_TELEGRAM = re.compile(r"\s*https?://(?:t|telegram)\.me/\w+\?(?:\S*&)?start=([A-Za-z0-9_-]{1,64})\s*")


def start_parameter(code: DossierCode) -> str:
    """The code as Telegram's ``start`` parameter allows it (``A-Za-z0-9_-``, at most 64)."""
    return code.text.replace(".", "_")


def code_text(parameter: str) -> str:
    """The code as written, from a parameter; whatever else is given still has to be read by ``codes.find``."""
    return parameter.strip().replace("_", ".").upper()


def telegram_link(bot_username: str, code: DossierCode) -> str:
    """Opens the bot with the code; the name with or without ``@``."""
    return f"https://t.me/{bot_username.lstrip('@')}?start={start_parameter(code)}"


def web_link(public_url: str, code: DossierCode) -> str:
    """Opens the web chat with the code."""
    return f"{public_url.rstrip('/')}/?hs={code.text}"


def scanned(text: str) -> str:
    """What a scanned text says: the code of a Telegram link as ``codes.find`` reads it, all else as it is."""
    match = _TELEGRAM.fullmatch(text)
    return code_text(match[1]) if match else text

"""The ways a QR slip offers to a dossier: it opens in Telegram and the web chat, and leads to the Zalo account. Pure.

A slip names the code and nobody. Zalo has no documented link that hands a text over, so its code opens the account's
page, where the dossier's code is sent by hand or as a picture of the slip.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.dossiers.codes import DossierCode
from core.dossiers.links import telegram_link, web_link

ZALO = "https://zalo.me/"


@dataclass(frozen=True, slots=True)
class Way:
    """One code of a slip; ``direct`` when it opens the dossier itself."""

    channel: Literal["zalo", "web", "telegram"]
    url: str
    direct: bool


def ways(
    code: DossierCode, public_url: str | None, zalo_oa: str | None, telegram: str | None
) -> tuple[Way, ...]:
    """The ways there are, the likeliest first: Zalo is where people are.

    Args:
        public_url: of the web chat.
        zalo_oa: id of the official account.
        telegram: name of the bot.
    """
    found = []
    if zalo_oa:
        found.append(Way("zalo", f"{ZALO}{zalo_oa}", direct=False))
    if public_url:
        found.append(Way("web", web_link(public_url, code), direct=True))
    if telegram:
        found.append(Way("telegram", telegram_link(telegram, code), direct=True))
    return tuple(found)

"""Deeds in the catalogue's pages, as somebody's browser sends them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx

from console.catalogue import form
from core.procedures.editing.version import dumped
from core.procedures.model import Procedure
from tests.console.catalogue.test_form import fields
from tests.console.conftest import Console, Signed

MARRIAGE = "dang-ky-ket-hon"


def shipped(console: Console, ident: str = MARRIAGE) -> Procedure:
    """The procedure of the files."""
    return console.parts.catalogue()[ident]


def sent(procedure: Procedure, **changed: str) -> dict[str, Any]:
    """The edit form as it stands for a procedure, with some fields changed (``channels__0__fee__note``)."""
    told: dict[str, Any] = {}
    for name, value in fields(form.shown(dumped(procedure))):
        told.setdefault(name, []).append(value)
    return told | {name.replace("__", "."): value for name, value in changed.items()}


def seen(page: httpx.Response) -> str:
    """The revision a page stands for."""
    found = re.search(r'name="seen" value="(\d+)"', page.text)
    assert found, page.text[:500]
    return found[1]


def text(page: httpx.Response) -> str:
    """What a page says, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


async def published(
    someone: Signed, procedure: Procedure, newest: str = "0", **changed: str
) -> httpx.Response:
    """Edit and publish; gives the answer to publishing."""
    await someone.post(
        f"/thu-tuc/{procedure.id}/sua", {**sent(procedure, **changed), "seen": "0", "deed": "save"}
    )
    draft = await someone.get(f"/thu-tuc/{procedure.id}/nhap")
    told = {"seen": seen(draft), "newest": newest, "note": "theo nghị quyết", "source": "12/2026/NQ-HĐND"}
    return await someone.post(f"/thu-tuc/{procedure.id}/cong-bo", told)

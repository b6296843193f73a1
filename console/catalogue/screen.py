"""The catalogue's screen, put together."""

from __future__ import annotations

from fastapi import APIRouter

from console.catalogue import editing, past, routes, wrong
from console.screens import Screen
from core.staff.rights import Right

_all = APIRouter()
for part in (wrong, editing, past, routes):  # pages with a name of their own before those of a procedure
    _all.include_router(part.router)
screen = Screen("catalogue", "Thủ tục", "/thu-tuc", Right.SEE_CATALOGUE, _all)

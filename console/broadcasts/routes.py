"""The screen of notices: every route of it, under one entry of the menu."""

from __future__ import annotations

from console.broadcasts import compose, notice, progress, upload
from console.broadcasts.shared import BASE, router
from console.screens import Screen
from core.staff.rights import Right

__all__ = ["compose", "notice", "progress", "screen", "upload"]
screen = Screen("broadcasts", "Thông báo", BASE, Right.SEE_BROADCASTS, router)

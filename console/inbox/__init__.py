"""Conversations with citizens: the queue, one conversation, replies kept for use again."""

from fastapi import APIRouter

from console.inbox import canned, routes
from console.screens import Screen
from core.staff.rights import Right

_router = APIRouter()
_router.include_router(canned.router)  # before /hoi-dap/{number}
_router.include_router(routes.router)
screen = Screen("inbox", "Hội thoại", "/hoi-dap", Right.SEE_INBOX, _router)

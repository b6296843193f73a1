"""Who may open a page: every route names exactly one right, and a test walks through all of them as every role."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from fastapi import Depends, HTTPException, Request

from console.parts import parts_of
from core.staff.rights import Right, Staff
from core.staff.sessions import Session

COOKIE = "mot_cua_can_bo"
_SAFE = ("GET", "HEAD")


class SignedOut(Exception):
    """Nobody is signed in: the request is led to the sign-in page, and back afterwards."""


class MustChange(Exception):
    """The password is one to begin with: another has to be chosen before anything else."""


class Stale(Exception):
    """A form without this session's token: of another session, or not of ours at all."""


def need(right: Right) -> Any:
    """The dependency of a route that needs a right; gives the Staff who has it.

    Raises SignedOut, MustChange, Stale, or 403.
    """

    async def allowed(request: Request) -> Staff:
        session = await session_of(request)
        if session is None:
            raise SignedOut
        request.state.session = session
        if session.must_change and right is not Right.SIGNED_IN:
            raise MustChange
        if not session.staff.may(right):
            raise HTTPException(403)
        if request.method not in _SAFE:
            await _check_csrf(request, session)
        return session.staff

    allowed.right = right  # type: ignore[attr-defined]
    return Depends(allowed)


async def session_of(request: Request) -> Session | None:
    """Who a request comes from."""
    cookie = request.cookies.get(COOKIE)
    polled = request.method == "GET" and "hx-request" in request.headers
    return await parts_of(request).sessions.of(cookie, used=not polled) if cookie else None


async def _check_csrf(request: Request, session: Session) -> None:
    token = request.headers.get("x-csrf-token")
    if token is None:
        told = (await request.form()).get("csrf")
        token = told if isinstance(told, str) else ""
    if not secrets.compare_digest(token.encode(), session.csrf.encode()):
        raise Stale


def right_of(call: Callable[..., Any] | None) -> Right | None:
    """The right a dependency asks for; None when it is another dependency."""
    found = getattr(call, "right", None)
    return found if isinstance(found, Right) else None

"""How a page is put together: templates, menu, messages for the next page, headers."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from console import filters
from console.parts import Parts, parts_of
from console.screens import Screen
from core.staff.sessions import Session

FOLDER = Path(__file__).parent
FLASH = "mot_cua_bao"
Kind = Literal["ok", "warning", "error"]
_MOST_FLASH = 3000  # letters of a cookie


class Shell:
    """The templates of one process and the menu over them."""

    def __init__(self, parts: Parts, screens: Sequence[Screen]) -> None:
        self._screens = screens
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(filters.of(parts.zone, parts.now))
        self._environment.globals.update(province=parts.profile.province, version=_version())

    def render(self, request: Request, name: str, context: dict[str, Any]) -> str:
        """The text of a page or a part of one."""
        session: Session | None = getattr(request.state, "session", None)
        staff, csrf = (session.staff, session.csrf) if session else (None, "")
        menu = [s for s in self._screens if s.title and staff and staff.may(s.right)]
        hidden = Markup('<input type="hidden" name="csrf" value="{}">').format(csrf)
        told = {"request": request, "staff": staff, "csrf": csrf, "menu": menu, "csrf_field": lambda: hidden}
        return self._environment.get_template(name).render({**told, "flashes": _flashes(request), **context})


def page(request: Request, name: str, status: int = 200, /, **context: Any) -> HTMLResponse:
    """A page, or a part of one, from its template.

    Args:
        name: under ``console/templates``, such as ``inbox/list.html``.
        context: what the template names.
    """
    shell: Shell = request.app.state.shell
    response = HTMLResponse(shell.render(request, name, context), status)
    if FLASH in request.cookies and "hx-request" not in request.headers:
        response.delete_cookie(FLASH)
    return response


def flash(request: Request, text: str, kind: Kind = "ok") -> None:
    """Say something on this page or, after :func:`back`, on the next one."""
    said = getattr(request.state, "flashes", [])
    request.state.flashes = [*said, (kind, text)]


def back(to: str, request: Request | None = None) -> RedirectResponse:
    """Go on to another page after something was done (303), taking along what :func:`flash` said."""
    response = RedirectResponse(to, 303)
    said = getattr(request.state, "flashes", []) if request else []
    if said:
        packed = base64.urlsafe_b64encode(json.dumps(said).encode()).decode()
        response.set_cookie(FLASH, packed[:_MOST_FLASH], max_age=60, httponly=True, samesite="lax")
    return response


def problem(request: Request, status: int, title: str, text: str) -> HTMLResponse:
    """A page that says what went wrong and what to do."""
    return page(request, "problem.html", status, title=title, text=text)


def parts(request: Request) -> Parts:
    """The parts behind a request."""
    return parts_of(request)


def _flashes(request: Request) -> list[tuple[str, str]]:
    """What the page before said, then what this one says."""
    found: list[tuple[str, str]] = []
    if packed := request.cookies.get(FLASH):
        try:
            found = [(str(k), str(t)) for k, t in json.loads(base64.urlsafe_b64decode(packed))]
        except (binascii.Error, ValueError, TypeError):
            found = []  # not ours
    return [*found, *getattr(request.state, "flashes", [])]


def _version() -> str:
    """Changes with the style and the scripts, so that browsers fetch them anew."""
    newest = max(file.stat().st_mtime for file in (FOLDER / "static").rglob("*") if file.is_file())
    return f"{dt.datetime.fromtimestamp(newest, dt.UTC):%y%m%d%H%M%S}"

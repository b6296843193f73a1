"""Every page and every deed of the console, tried as every role."""

from __future__ import annotations

import re

from fastapi import FastAPI
from fastapi.routing import APIRoute

from console.guard import right_of
from core.staff.rights import MATRIX, Right, Role
from tests.console.conftest import Console

PUBLIC = {"/dang-nhap", "/dang-nhap/ma", "/healthz"}


def routes(app: FastAPI) -> list[APIRoute]:
    """Every route of the application."""
    found = [route for route in app.routes if isinstance(route, APIRoute)]
    for wrapper in app.routes:  # routers that are kept whole
        inner = getattr(getattr(wrapper, "original_router", None), "routes", [])
        found += [route for route in inner if isinstance(route, APIRoute)]
    return found


def rights(route: APIRoute) -> list[Right]:
    """The rights a route asks for."""
    return [right for d in route.dependant.dependencies if (right := right_of(d.call)) is not None]


async def test_every_route_asks_for_exactly_one_right(console: Console) -> None:
    checked = [r for r in routes(console.app) if r.path not in PUBLIC]
    assert len(checked) > 15
    for route in checked:
        assert len(rights(route)) == 1, route.path


async def test_every_role_may_do_what_the_matrix_says_and_nothing_else(console: Console) -> None:
    for role in Role:
        someone = await console.signed_in(f"vai.{role.value}", role)
        for route in routes(console.app):
            if route.path in PUBLIC or route.path == "/dang-xuat":
                continue
            may = rights(route)[0] in MATRIX[role]
            path = re.sub(r"\{[^}]*\}", "999999", route.path)
            for method in sorted(route.methods - {"HEAD"}):
                # Without the form's token a deed that is allowed is turned away too, but in other words.
                answer = await someone.client.request(method, path)
                refused = answer.status_code == 403 and "Không có quyền" in answer.text
                assert refused != may, f"{role}: {method} {route.path} gave {answer.status_code}"
                assert answer.status_code < 500, f"{role}: {method} {route.path}"


async def test_without_a_token_no_deed_is_done(console: Console) -> None:
    boss = await console.signed_in("boss", Role.ADMIN)
    for route in routes(console.app):
        for method in route.methods - {"GET", "HEAD"}:
            if route.path in PUBLIC:
                continue
            answer = await boss.client.request(method, re.sub(r"\{[^}]*\}", "999999", route.path))
            assert answer.status_code == 403, route.path
            assert "Trang đã cũ" in answer.text

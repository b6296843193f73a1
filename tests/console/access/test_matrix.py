"""Every page and every deed of the console, tried as every role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from fastapi.routing import APIRoute

from console.guard import right_of
from console.screens import all_screens
from core.staff.rights import MATRIX, Right, Role
from tests.console.conftest import Console

PUBLIC = {"/dang-nhap", "/dang-nhap/ma", "/healthz"}


@dataclass(frozen=True)
class Way:
    """One address of the console, with what it asks for."""

    path: str
    route: APIRoute

    @property
    def rights(self) -> list[Right]:
        """The rights it asks for."""
        return [r for d in self.route.dependant.dependencies if (r := right_of(d.call)) is not None]

    @property
    def example(self) -> str:
        """An address of something that is not there."""
        return re.sub(r"\{[^}]*\}", "999999", self.path)


def ways(held: Any, prefix: str = "") -> list[Way]:
    """Every address of an application or a router, those of routers within it too."""
    found: list[Way] = []
    for route in getattr(held, "routes", []):
        if isinstance(route, APIRoute):
            found.append(Way(prefix + route.path, route))
        elif inner := getattr(route, "original_router", None):  # a router that is kept whole
            found += ways(inner, prefix + route.include_context.prefix)
    return found


async def test_every_route_asks_for_exactly_one_right(console: Console) -> None:
    checked = [way for way in ways(console.app) if way.path not in PUBLIC]
    assert len(checked) > 100
    for screen in all_screens():
        assert any(way.path.startswith(screen.path) for way in checked), screen.name
    for way in checked:
        assert len(way.rights) == 1, way.path


async def test_every_role_may_do_what_the_matrix_says_and_nothing_else(console: Console) -> None:
    for role in Role:
        someone = await console.signed_in(f"vai.{role.value}", role)
        for way in ways(console.app):
            if way.path in PUBLIC or way.path == "/dang-xuat":
                continue
            may = way.rights[0] in MATRIX[role]
            for method in sorted(way.route.methods - {"HEAD"}):
                # Without the form's token a deed that is allowed is turned away too, but in other words.
                answer = await someone.client.request(method, way.example)
                refused = answer.status_code == 403 and "Không có quyền" in answer.text
                assert refused != may, f"{role}: {method} {way.path} gave {answer.status_code}"
                assert answer.status_code < 500, f"{role}: {method} {way.path}"


async def test_without_a_token_no_deed_is_done(console: Console) -> None:
    boss = await console.signed_in("boss", Role.ADMIN)
    for way in ways(console.app):
        for method in way.route.methods - {"GET", "HEAD"}:
            if way.path in PUBLIC:
                continue
            answer = await boss.client.request(method, way.example)
            assert answer.status_code == 403, way.path
            assert "Trang đã cũ" in answer.text

"""Dossiers and a portal with memory, for tests."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass, field

from core.dossiers.codes import DossierCode
from core.dossiers.model import Dossier, DossierView, Fee, Owner, Status, Step, Supplement
from core.errors import PortalError
from tests.conftest import NOW

CODE = DossierCode.parse("H15.50.05.13-261008-0975")
OTHER = DossierCode.parse("H15.50.05.13-261008-0976")
PHONE, IDENTITY = "+84905123456", "066099001234"


def view(code: DossierCode = CODE, status: Status | None = Status.PROCESSING, **more: object) -> DossierView:
    """A view in which every private field holds something to be found again."""
    fields: dict[str, object] = {
        "status_text": status.title if status else "Chờ liên thông thuế",
        "procedure_code": "2.000635",
        "procedure_name": "Cấp bản sao trích lục hộ tịch",
        "agency": "UBND phường Tuy Hòa",
        "received_at": NOW - dt.timedelta(days=20),
        "due_at": NOW + dt.timedelta(days=2),
        "owner_masked": "N*** T*** H***",
        "steps": (Step(NOW - dt.timedelta(days=19), "Thẩm định hồ sơ", "Phòng Hộ tịch", "Bà Lài"),),
        "supplements": (Supplement("Nộp bản chính giấy chứng sinh", NOW - dt.timedelta(days=3), None),),
        "fees": (Fee("Lệ phí trích lục", 8000, False),),
        "papers": ("to_khai.pdf",),
        "note": "Ghi chú riêng",
    }
    return DossierView(code=code.text, status=status, **{**fields, **more})  # type: ignore[arg-type]


def dossier(code: DossierCode = CODE, status: Status | None = Status.PROCESSING, **more: object) -> Dossier:
    """A dossier whose owner has PHONE and IDENTITY."""
    return Dossier(view(code, status, **more), Owner((PHONE,), (IDENTITY,)))


@dataclass
class FakePortal:
    """Answers from a table; slow, failing or counting as told."""

    held: dict[str, Dossier] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    error: PortalError | None = None
    delay: float = 0.0

    async def dossier(self, code: DossierCode) -> Dossier | None:
        self.calls.append(code.text)
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.error:
            raise self.error
        return self.held.get(code.text)

    def serving(self, code: DossierCode) -> object | None:
        """Serves the province and, as its former self, another."""
        return self if code.root in ("H15", "H45") else None


class Clock:
    """A clock that is moved by hand."""

    def __init__(self, now: dt.datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += dt.timedelta(**by)

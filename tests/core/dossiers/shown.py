"""Dossiers made for tests of wording: every private text is a mark that nothing else contains."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from core.dossiers.model import DossierView, Fee, Status, Step, Supplement
from core.dossiers.shown import Level, Shown
from core.worktime import Calendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = Calendar(ZONE)
CODE = "H15.50.05.13-261008-0975"
PRIVATE = (
    "QQthutuc", "QQma", "QQcoquan", "QQchu", "QQbuoc", "QQphong", "QQnguoi", "QQbosung", "QQgiay", "QQphi",
    "QQdanop", "QQketqua", "QQghichu", "7.531", "QQgiaybs",
)  # fmt: skip


def at(day: int, month: int, year: int = 2026, hour: int = 8, minute: int = 30) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=ZONE)


FULL = DossierView(
    code=CODE,
    status=Status.PROCESSING,
    status_text="Đang xử lý",
    procedure_code="QQma",
    procedure_name="QQthutuc",
    agency="QQcoquan",
    received_at=at(8, 10),
    due_at=at(13, 10, hour=17, minute=0),
    finished_at=at(12, 10),
    returned_at=at(14, 10, hour=9, minute=0),
    owner_masked="QQchu",
    steps=(Step(at(9, 10, hour=9, minute=15), "QQbuoc", "QQphong", "QQnguoi"),),
    supplements=(Supplement("QQbosung", at(9, 10), at(20, 10), ("QQgiaybs",)),),
    fees=(Fee("QQphi", 7531, False),),
    papers=("QQdanop", "QQgiay"),
    results=("QQketqua",),
    note="QQghichu",
)


def shown(
    status: Status | None = Status.PROCESSING,
    level: Level = "proved",
    *,
    now: dt.datetime | None = None,
    view: DossierView = FULL,
    **changes: Any,
) -> Shown:
    """``FULL`` with another status and changed fields, seen on 08/10/2026 at 15:00.

    Fields of Shown (due_allowed, stale …) and of the view (due_at, note …) may be changed.
    """
    own = {k: changes.pop(k) for k in list(changes) if k in Shown.__dataclass_fields__}
    text = changes.pop("status_text", status.title if status else "Chờ thuế")
    made = replace(view, status=status, status_text=text, **changes)
    moment = now or at(8, 10, hour=15, minute=0)
    known: dict[str, Any] = {"due_allowed": True, "calendar": CALENDAR, "fetched_at": moment}
    return Shown(view=made, level=level, now=moment, **{**known, **own})

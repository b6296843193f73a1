"""A dossier as every portal driver tells it. Pure.

The ten statuses are those of the national synchronisation (``TrangThaiHoSo``). They are recognised by
name; a name that is none of them is kept as it came and triggers nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import IntEnum

from nlu.vietnamese import words


class Status(IntEnum):
    """The ten national statuses by their number."""

    NEW = 1
    RECEIVED = 2
    NOT_RECEIVED = 3
    PROCESSING = 4
    SUPPLEMENT = 5
    PAYMENT = 6
    WITHDRAWN = 7
    STOPPED = 8
    DONE = 9
    RETURNED = 10

    @property
    def title(self) -> str:
        """The official Vietnamese name."""
        return TITLES[self]

    @property
    def clock_runs(self) -> bool:
        """Whether the time limit is counting: a dossier can be late only then."""
        return self in (Status.RECEIVED, Status.PROCESSING)

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to the dossier."""
        return self in (Status.NOT_RECEIVED, Status.WITHDRAWN, Status.STOPPED, Status.RETURNED)


TITLES: dict[Status, str] = {
    Status.NEW: "Mới đăng ký",
    Status.RECEIVED: "Được tiếp nhận",
    Status.NOT_RECEIVED: "Không được tiếp nhận",
    Status.PROCESSING: "Đang xử lý",
    Status.SUPPLEMENT: "Yêu cầu bổ sung giấy tờ",
    Status.PAYMENT: "Yêu cầu thực hiện nghĩa vụ tài chính",
    Status.WITHDRAWN: "Công dân yêu cầu rút hồ sơ",
    Status.STOPPED: "Dừng xử lý",
    Status.DONE: "Đã xử lý xong",
    Status.RETURNED: "Đã trả kết quả",
}
_BY_NAME = {" ".join(words(title)): status for status, title in TITLES.items()}


def status_named(name: str) -> Status | None:
    """The status a portal's name means, without regard to case, accents or spaces; None when it is none."""
    return _BY_NAME.get(" ".join(words(name)))


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to the dossier. Texts are empty where the portal says nothing."""

    at: dt.datetime | None
    what: str
    unit: str = ""
    handler: str = ""
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Supplement:
    """One request for papers: what is asked, when, and the new day of return where one was set."""

    what: str
    asked_at: dt.datetime | None
    new_due_at: dt.datetime | None
    papers: tuple[str, ...] = ()
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Fee:
    """One fee of the dossier in đồng; ``paid`` is None where the portal does not say."""

    name: str
    amount: int
    paid: bool | None = None


@dataclass(frozen=True, slots=True)
class DossierView:
    """What a portal says of one dossier, in terms of no portal. Times know their zone.

    Args:
        status: the national status, None when the portal's name is unknown.
        status_text: the name as the portal wrote it; empty when it gave none.
        owner_masked: the owner's name with all but initials hidden; None when unknown.
        fees: None when the portal could not say; empty when there are none.
        note: the portal's remark (reason of a refusal, notice of a stop), identity numbers masked.
    """

    code: str
    status: Status | None
    status_text: str
    procedure_code: str = ""
    procedure_name: str = ""
    agency: str = ""
    received_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    finished_at: dt.datetime | None = None
    returned_at: dt.datetime | None = None
    owner_masked: str | None = None
    steps: tuple[Step, ...] = ()
    supplements: tuple[Supplement, ...] = ()
    fees: tuple[Fee, ...] | None = None
    papers: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Owner:
    """What proves that a dossier is one's own. Lives only in memory, is never printed."""

    phones: tuple[str, ...] = field(default=(), repr=False)
    identities: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Dossier:
    """A view and, apart from it, what proves ownership."""

    view: DossierView
    owner: Owner = Owner()


def masked_name(name: str) -> str | None:
    """``Nguyễn Thị Hoa`` as ``N*** T*** H***``: enough to recognise one's own, nothing for a stranger."""
    parts = name.split()
    return " ".join(f"{p[0].upper()}***" for p in parts) or None

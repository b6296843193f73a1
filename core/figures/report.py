"""The report of a period: figures at a glance, and tables. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.figures.assumptions import Assumptions
from core.figures.model import Definition, percentile
from core.figures.names import FINISHED, MESSAGES, PEOPLE, RATING, SENT, SPEED
from core.figures.numbers import Numbers
from core.figures.sheet import NOTHING, As, Table, Tile, change, share, show
from core.figures.tables import dossiers, others, reminders, talks
from core.figures.wording import KINDS, NOT_MEASURED, ONLY_FOLLOWED

_SENT = tuple(f"{kind}.sent" for kind in KINDS)


@dataclass(frozen=True, slots=True)
class Report:
    """What the page shows and what is exported."""

    tiles: tuple[Tile, ...]
    tables: tuple[Table, ...]

    def table(self, name: str) -> Table | None:
        """The table with a name; None when there is none."""
        return next((one for one in self.tables if one.name == name), None)


def report(
    numbers: Numbers, names: Mapping[str, str], assumptions: Assumptions, definitions: Sequence[Definition]
) -> Report:
    """Build it.

    Args:
        names: of procedures by id.
        definitions: of the measures other subjects add.
    """
    tables = (
        *talks.tables(numbers, names, assumptions),
        others.speed(numbers),
        *dossiers.tables(numbers, assumptions.ratings),
        reminders.finished(numbers),
        *reminders.tables(numbers, assumptions.within_days),
        others.spared(numbers, assumptions),
        *others.defined(numbers, definitions),
    )
    return Report(
        (*_talks(numbers), *_service(numbers, assumptions), *_estimates(numbers, assumptions)), tables
    )


def _talks(n: Numbers) -> tuple[Tile, ...]:
    people, before = n.of(PEOPLE), n.was(PEOPLE)
    messages, then = n.of(MESSAGES), n.was(MESSAGES)
    unknown = ("declined", "failed")
    return (
        _tile("Cuộc trò chuyện", people, before, note="Một người, một kênh, một ngày", better=True),
        _tile("Tin nhắn", messages, then, note="Tin người dân gửi đến, kể cả bấm nút"),
        _tile(
            "Máy tự trả lời xong",
            share(n.of(PEOPLE, "alone"), people),
            share(n.was(PEOPLE, "alone"), before),
            "percent",
            "Trên số cuộc trò chuyện",
            True,
        ),
        _tile(
            "Hỏi lại cho rõ",
            share(n.of(MESSAGES, "asked_back"), messages),
            share(n.was(MESSAGES, "asked_back"), then),
            "percent",
            "Trên số tin nhắn",
        ),
        _tile(
            "Chưa trả lời được",
            share(n.of(MESSAGES, *unknown), messages),
            share(n.was(MESSAGES, *unknown), then),
            "percent",
            "Trên số tin nhắn",
            False,
        ),
        _tile(
            "Chuyển sang cán bộ",
            n.of(PEOPLE, "handed"),
            n.was(PEOPLE, "handed"),
            note="Số cuộc trò chuyện",
        ),
    )


def _service(n: Numbers, assumptions: Assumptions) -> tuple[Tile, ...]:
    slow, was_slow = percentile(n.keys(SPEED), 0.95), percentile(n.keys_before(SPEED), 0.95)
    ended = n.of(FINISHED, "on_time", "late")
    ended_before = n.was(FINISHED, "on_time", "late")
    mean = dossiers.mean_rating(n, assumptions.ratings)
    return (
        _tile("95 % câu trả lời trong vòng", slow, was_slow, "ms", "Thời gian máy soạn câu trả lời", False),
        _tile("Nhắc việc đã gửi", n.of(SENT, *_SENT), n.was(SENT, *_SENT), note="Không kể thông báo chung"),
        _tile(
            "Giải quyết đúng hẹn",
            share(n.of(FINISHED, "on_time"), ended),
            share(n.was(FINISHED, "on_time"), ended_before),
            "percent",
            ONLY_FOLLOWED,
            True,
        ),
        Tile(
            "Hồ sơ đang trễ hẹn",
            show(dossiers.late(n), "number") if n.stood_on else NOTHING,
            f"Trên {show(dossiers.followed(n), 'number')} hồ sơ đang theo dõi, chưa kết thúc",
        ),
        Tile(
            "Mức độ hài lòng",
            f"{show(mean, 'decimal')} / 5" if mean is not None else NOTHING,
            f"{show(n.of(RATING), 'number')} lượt đánh giá",
        ),
    )


def _estimates(n: Numbers, assumptions: Assumptions) -> tuple[Tile, ...]:
    visits, calls = others.estimate(n, assumptions)
    return (
        Tile("Lần đi lại bớt được (ước tính)", show(round(visits), "number"), NOT_MEASURED, estimated=True),
        Tile("Cuộc gọi bớt được (ước tính)", show(round(calls), "number"), NOT_MEASURED, estimated=True),
    )


def _tile(
    title: str,
    now: float | None,
    before: float | None,
    shown: As = "number",
    note: str = "",
    better: bool | None = None,
) -> Tile:
    """``better`` says whether more of it is better; None when it is neither."""
    told = change(now, before, shown)
    up = told is not None and told.startswith("+")
    moved = told is not None and told != "không đổi"
    return Tile(title, show(now, shown), note, told, (up == better) if moved and better is not None else None)

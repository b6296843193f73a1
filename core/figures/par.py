"""Which figures of this system a province may use for PAR INDEX and the index of QĐ 766/QĐ-TTg, and which not. Pure.

The six groups and their points are those of QĐ 766/QĐ-TTg. Every line says what is counted, from what, for which
period, and what this system does not know: a figure about the dossiers people follow is none about all of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from core.figures import wording
from core.figures.assumptions import Assumptions
from core.figures.names import FINISHED, INTENT, LED, PEOPLE, PROCEDURE, RATING, REMINDED, SENT, within
from core.figures.numbers import Numbers
from core.figures.sheet import As, Column, Table, Value, share, show
from core.figures.tables import dossiers
from core.procedures.model import Procedure

GROUPS: dict[str, int] = {
    "Công khai, minh bạch": 18,
    "Tiến độ giải quyết": 20,
    "Dịch vụ công trực tuyến": 12,
    "Thanh toán trực tuyến": 10,
    "Mức độ hài lòng": 18,
    "Số hóa hồ sơ": 22,
}
_STALE = dt.timedelta(days=180)
_TURNS = "Nhật ký trả lời của trợ lý"
_LOOKS = "Hệ thống một cửa điện tử, qua các lần tra hồ sơ đang theo dõi"
_OUTBOX = "Nhật ký gửi tin của trợ lý, đối chiếu với lần tra hồ sơ sau đó"
_NOBODY = "Hệ thống này không có số liệu."


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line.

    Args:
        group: of QĐ 766/QĐ-TTg.
        value: None where this system does not know.
        definition: what is counted over what.
        unknown: what the figure leaves out, said to whoever reports it.
    """

    group: str
    name: str
    value: float | None
    shown: As
    definition: str
    source: str
    unknown: str


def indicators(
    n: Numbers, procedures: Collection[Procedure], assumptions: Assumptions, today: dt.date
) -> list[Indicator]:
    """Every indicator, by group; a group of which nothing is known says so."""
    return [
        *_public(n, procedures, today),
        *_progress(n),
        *_online(n),
        *_paid(n, assumptions),
        *_content(n, assumptions),
        _digital(),
    ]


def table(found: Collection[Indicator], n: Numbers) -> Table:
    """The indicators as a sheet."""
    period = f"{n.period.first:%d/%m/%Y} – {n.period.last:%d/%m/%Y}"
    rows: list[tuple[Value, ...]] = [
        (
            i.group,
            GROUPS[i.group],
            i.name,
            show(i.value, i.shown) if i.value is not None else "Không biết",
            i.definition,
            i.source,
            period,
            i.unknown,
        )
        for i in found
    ]
    columns = (
        Column("Nhóm chỉ số (766/QĐ-TTg)", "text"),
        Column("Điểm của nhóm"),
        Column("Chỉ số hệ thống này cung cấp được", "text"),
        Column("Giá trị", "text"),
        Column("Cách tính", "text"),
        Column("Nguồn", "text"),
        Column("Kỳ", "text"),
        Column("Điều chưa biết", "text"),
    )
    note = (
        "Số liệu để tham khảo khi tự chấm PAR INDEX và chỉ số theo 766/QĐ-TTg; không thay số liệu chính thức trên Cổng "
        "Dịch vụ công quốc gia. Không có điểm nào được tự chấm ở đây."
    )
    return Table("par-index-766", "PAR INDEX - 766", note, columns, tuple(rows))


def _public(n: Numbers, procedures: Collection[Procedure], today: dt.date) -> list[Indicator]:
    group = "Công khai, minh bạch"
    fresh = sum(1 for p in procedures if today - p.checked <= _STALE)
    return [
        Indicator(
            group,
            "Thủ tục có sẵn để hỏi đáp, có ghi nguồn và ngày kiểm tra",
            len(procedures),
            "number",
            "Số thủ tục trong danh mục của trợ lý tại thời điểm xuất số liệu",
            "Danh mục thủ tục của trợ lý",
            "Không biết tỷ lệ thủ tục công khai đủ, đúng hạn trên Cơ sở dữ liệu quốc gia về TTHC.",
        ),
        Indicator(
            group,
            f"Tỷ lệ thủ tục được kiểm tra trong {_STALE.days} ngày qua",
            share(fresh, len(procedures)),
            "percent",
            "Thủ tục có ngày kiểm tra trong hạn trên tổng số thủ tục của danh mục",
            "Danh mục thủ tục của trợ lý",
            "Ngày kiểm tra do người biên tập ghi.",
        ),
        Indicator(
            group,
            "Lượt trả lời về thủ tục",
            n.of(PROCEDURE),
            "number",
            "Số tin nhắn và nút bấm được trả lời về một thủ tục cụ thể",
            _TURNS,
            "Không biết câu trả lời có được dùng để nộp hồ sơ không.",
        ),
    ]


def _progress(n: Numbers) -> list[Indicator]:
    group, ended = "Tiến độ giải quyết", n.of(FINISHED, "on_time", "late")
    return [
        Indicator(
            group,
            "Tỷ lệ hồ sơ giải quyết xong trước hoặc đúng ngày hẹn trả",
            share(n.of(FINISHED, "on_time"), ended),
            "percent",
            f"Hồ sơ chuyển sang đã xử lý xong trong kỳ và có ngày hẹn trả ({show(ended, 'number')} hồ sơ)",
            _LOOKS,
            wording.ONLY_FOLLOWED,
        ),
        Indicator(
            group,
            "Hồ sơ đang trễ hẹn",
            dossiers.late(n) if n.stood_on else None,
            "number",
            "Hồ sơ đang tính thời hạn và đã quá ngày hẹn trả, vào ngày cuối kỳ có số liệu",
            _LOOKS,
            wording.ONLY_FOLLOWED,
        ),
        Indicator(
            group,
            "Tin chủ động báo tiến độ đã gửi",
            n.of(SENT, *(f"{kind}.sent" for kind in wording.KINDS)),
            "number",
            "Tin báo thay đổi trạng thái và nhắc việc mà nền tảng đã nhận",
            "Nhật ký gửi tin của trợ lý",
            "Không biết người dân đã đọc chưa.",
        ),
    ]


def _online(n: Numbers) -> list[Indicator]:
    group = "Dịch vụ công trực tuyến"
    return [
        Indicator(
            group,
            "Câu hỏi về cách làm trực tuyến",
            n.of(INTENT, "ask_online"),
            "number",
            "Số tin nhắn mà bộ hiểu câu cho là hỏi về làm trực tuyến trước hết",
            _TURNS,
            "Không biết hồ sơ nào nộp trực tuyến, nên không tính được tỷ lệ hồ sơ trực tuyến.",
        ),
        Indicator(
            group,
            "Cuộc trò chuyện được máy trả lời xong, không cần đến nơi",
            n.of(PEOPLE, "alone"),
            "number",
            "Một người, một kênh, một ngày; mọi câu đều có câu trả lời và không chuyển cán bộ",
            _TURNS,
            "Không biết sau đó người dân có đến nơi tiếp nhận không.",
        ),
    ]


def _paid(n: Numbers, assumptions: Assumptions) -> list[Indicator]:
    group, days = "Thanh toán trực tuyến", assumptions.within_days
    keys = {k.partition(".")[2]: c for k, c in n.keys(LED).items() if k.startswith("paid.")}
    after = sum(c for k, c in keys.items() if k != "none")
    return [
        Indicator(
            group,
            "Lượt hồ sơ được nhắc thanh toán",
            n.of(REMINDED, "paid"),
            "number",
            "Hồ sơ có tin nhắc thanh toán được gửi, mỗi ngày tính một lần",
            "Nhật ký gửi tin của trợ lý",
            wording.ONLY_FOLLOWED,
        ),
        Indicator(
            group,
            f"Tỷ lệ thanh toán trong {days} ngày sau khi nhắc",
            share(sum(c for k, c in keys.items() if within(k, days)), after),
            "percent",
            f"Trên {show(after, 'number')} hồ sơ đã thanh toán sau khi được nhắc",
            _OUTBOX,
            "Không biết thanh toán trực tuyến hay tại quầy; hồ sơ chưa thanh toán không nằm trong mẫu số.",
        ),
    ]


def _content(n: Numbers, assumptions: Assumptions) -> list[Indicator]:
    group, count = "Mức độ hài lòng", n.of(RATING)
    enough = count >= assumptions.ratings
    return [
        Indicator(
            group,
            "Điểm hài lòng trung bình (1–5)",
            dossiers.mean_rating(n, assumptions.ratings),
            "decimal",
            f"Trung bình {show(count, 'number')} lượt đánh giá; dưới {assumptions.ratings} lượt thì không nêu",
            "Đánh giá của người dân qua trợ lý",
            "Chỉ người đã lưu hồ sơ được mời đánh giá; không thay khảo sát SIPAS.",
        ),
        Indicator(
            group,
            "Tỷ lệ hài lòng (4 và 5 điểm)",
            share(n.of(RATING, "4", "5"), count) if enough else None,
            "percent",
            "Lượt chấm 4 hoặc 5 điểm trên tổng số lượt",
            "Đánh giá của người dân qua trợ lý",
            "Không biết ý kiến của người không đánh giá.",
        ),
    ]


def _digital() -> Indicator:
    return Indicator(
        "Số hóa hồ sơ",
        "Không có chỉ số nào",
        None,
        "number",
        _NOBODY,
        "–",
        "Việc số hóa hồ sơ, kết quả chỉ hệ thống một cửa điện tử biết; trợ lý không thấy giấy tờ của hồ sơ.",
    )

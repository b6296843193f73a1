"""What the citizen reads about codes that are not looked up here. Pure: the same code, the same words.

Faulty codes, codes of other provinces and of ministries without a configured portal. Nothing is ever
guessed from what exists: a suggestion only puts the day of the code in its order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from core.dossiers.codes import DossierCode, Fault, FaultyCode, find
from core.messages import Button, Message

EXAMPLE = "H15.50.05.13-261008-0975"
PORTAL = Button("Tra cứu trên Cổng DVC quốc gia", url="$portal")
_FAULTS: dict[Fault, str] = {
    "no_day": "thiếu phần ngày tiếp nhận",
    "bad_day": "phần ngày tiếp nhận không phải một ngày có thật",
    "future": "phần ngày tiếp nhận là một ngày chưa tới",
}


def about_codes(
    codes: Sequence[DossierCode | FaultyCode],
    roots: Sequence[str],
    former: Mapping[str, str],
    today: dt.date | None = None,
) -> Message:
    """What can be said of codes without looking anything up.

    Args:
        codes: what was found in the message, at least one.
        roots: identifiers whose dossiers this province keeps, former ones included.
        former: former identifiers with the name of the province that used them.
        today: the day in the province; without it no other order of the day is suggested.
    """
    meant = {c.text: _meant(c, today) for c in codes if isinstance(c, FaultyCode)}
    lines = [_line(code, roots, former, meant.get(code.text)) for code in codes]
    if any(isinstance(code, DossierCode) for code in codes):
        lines.append(
            "Anh/chị nhập mã trên tại Cổng Dịch vụ công quốc gia để tra cứu, hoặc hỏi quầy đã nhận hồ sơ."
        )
    else:
        lines.append(
            f"Anh/chị xem lại mã in trên Giấy tiếp nhận và hẹn trả kết quả, có dạng {EXAMPLE}"
            " (sáu số ở giữa là năm, tháng, ngày tiếp nhận)."
        )
    suggestions = tuple(Button(text, f"d:show:{text}") for text in dict.fromkeys(meant.values()) if text)
    return Message("\n".join(lines), (*suggestions, PORTAL))


def _line(
    code: DossierCode | FaultyCode, roots: Sequence[str], former: Mapping[str, str], meant: str | None
) -> str:
    if isinstance(code, FaultyCode):
        said = f"Mã “{code.text}” chưa đúng: {_FAULTS[code.fault]}."
        if meant is None:
            return said
        return f"{said} Phần ngày viết theo thứ tự năm-tháng-ngày; có phải ý anh/chị là {meant}?"
    said = f"Mã hồ sơ {code.text}, tiếp nhận ngày {code.received:%d/%m/%Y}"
    if code.root in former:
        return f"{said}: do {former[code.root]} cũ cấp, nay thuộc $province."
    if code.root in roots:
        return f"{said}: thuộc $province."
    if code.of_ministry:
        return f"{said}: do một bộ, ngành trung ương cấp, không phải $province."
    return f"{said}: do tỉnh, thành phố khác cấp (đầu mã {code.root}), không phải $province."


def _meant(code: FaultyCode, today: dt.date | None) -> str | None:
    """The code with its day in the right order; None when no order, or more than one, gives a real day."""
    if today is None or code.fault == "no_day":
        return None
    agency, day, number = code.text.rsplit("-", 2)
    year, month_day = day[:-4], day[-4:]
    orders = {
        year + month_day[2:] + month_day[:2],  # year, day, month
        day[4:] + day[2:4] + day[:2],  # day, month, year
    }
    codes = [found for order in orders - {day} for found in find(f"{agency}-{order}-{number}", today)]
    well_formed = [found.text for found in codes if isinstance(found, DossierCode)]
    return well_formed[0] if len(well_formed) == 1 else None

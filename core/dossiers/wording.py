"""What the citizen reads about a dossier. Pure: the same code always gives the same words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.dossiers.codes import DossierCode, Fault, FaultyCode
from core.messages import Button, Message

EXAMPLE = "H15.50.05.13-261008-0975"
_FAULTS: dict[Fault, str] = {
    "no_day": "thiếu phần ngày tiếp nhận",
    "bad_day": "phần ngày tiếp nhận không phải một ngày có thật",
    "future": "phần ngày tiếp nhận là một ngày chưa tới",
}


def about_codes(
    codes: Sequence[DossierCode | FaultyCode], roots: Sequence[str], former: Mapping[str, str]
) -> Message:
    """What can be said of codes without looking anything up.

    Args:
        codes: what was found in the message, at least one.
        roots: identifiers whose dossiers this province keeps, former ones included.
        former: former identifiers with the name of the province that used them.
    """
    lines = [_line(code, roots, former) for code in codes]
    if any(isinstance(code, DossierCode) for code in codes):
        lines.append(
            "Hiện tôi chưa tra cứu được hồ sơ ngay trong cuộc trò chuyện này. Anh/chị nhập mã trên tại Cổng Dịch vụ"
            " công quốc gia, hoặc hỏi quầy đã nhận hồ sơ."
        )
    else:
        lines.append(
            f"Anh/chị xem lại mã in trên Giấy tiếp nhận và hẹn trả kết quả, có dạng {EXAMPLE}"
            " (sáu số ở giữa là năm, tháng, ngày tiếp nhận)."
        )
    return Message("\n".join(lines), (Button("Tra cứu hồ sơ", url="$portal"),))


def _line(code: DossierCode | FaultyCode, roots: Sequence[str], former: Mapping[str, str]) -> str:
    if isinstance(code, FaultyCode):
        return f"Mã “{code.text}” chưa đúng: {_FAULTS[code.fault]}."
    said = f"Mã hồ sơ {code.text}, tiếp nhận ngày {code.received:%d/%m/%Y}"
    if code.root in former:
        return f"{said}: do {former[code.root]} cũ cấp, nay thuộc $province."
    if code.root in roots:
        return f"{said}: thuộc $province."
    if code.of_ministry:
        return f"{said}: do một bộ, ngành trung ương cấp, không phải $province."
    return f"{said}: do tỉnh, thành phố khác cấp (đầu mã {code.root}), không phải $province."

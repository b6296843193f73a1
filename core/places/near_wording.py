"""What the citizen reads about counters near a position or in a commune. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus, urlsplit

from core.messages import Button, Message
from core.places.nearest import Near
from core.places.units import Found, Unit

# NĐ 118/2025/NĐ-CP: a dossier may be handed in at any place inside the province.
ANYWHERE = (
    "Anh/chị nộp được ở bất kỳ Trung tâm Phục vụ hành chính công cấp xã nào trong $province"
    " (Nghị định 118/2025/NĐ-CP)."
)
NOT_KEPT = "Vị trí anh/chị gửi chỉ dùng để tính lần này; tôi không lưu và không gửi cho ai."
ASK = "Anh/chị nhắn tên xã, phường đang ở (kèm huyện cũ nếu trùng tên), ví dụ “xã Hòa Thịnh, huyện Tây Hòa”."
UNKNOWN = "Vị trí các quầy của $province gần chỗ anh/chị tôi chưa có trong dữ liệu."
_TITLE = "Trung tâm Phục vụ hành chính công"
_SHARE = Button("Chia sẻ vị trí", location=True)


@dataclass(frozen=True, slots=True)
class Maps:
    """A map outside of ours, opened by the citizen: it is told the name of a place, never where they are.

    Args:
        base: where a query is put behind, see ``Profile.maps``.
        province: put behind the name of a commune.
    """

    base: str
    province: str

    def search(self, unit: Unit) -> Button:
        """Looks the counter of a unit up by name."""
        query = quote_plus(f"{_TITLE} {unit.name}, {self.province}")
        return Button(f"Bản đồ: {unit.name}", url=self.base + query)

    def show(self, one: Near) -> Button:
        """Shows a recorded counter; of a point that stands for a commune only the name is looked up."""
        if one.location.kind == "commune_centre":
            return self.search(one.unit)
        query = quote_plus(f"{one.location.lat:.5f},{one.location.lon:.5f}")
        return Button(f"Bản đồ: {one.unit.name}", url=self.base + query)

    def note(self) -> str:
        """What pressing such a button means."""
        host = urlsplit(self.base).hostname or self.base
        return f"Nút bản đồ mở trang ngoài ({host}): trang đó chỉ nhận tên nơi cần tìm, không nhận vị trí của anh/chị từ tôi."


def near(found: Sequence[Near], maps: Maps) -> Message:
    """The units near a position; the point that stands for a commune is never passed off as a counter.

    Args:
        found: nearest first, at least one.
    """
    centres = all(one.location.kind == "commune_centre" for one in found)
    lines = [_line(one, noted=centres) for one in found]
    if centres:
        head = (
            "Xã, phường gần vị trí của anh/chị nhất, theo đường chim bay tới điểm đại diện của xã, phường trên bản đồ hành chính"
            " (CHƯA phải vị trí quầy; vị trí từng quầy tôi chưa có):"
        )
    else:
        head = "Gần vị trí của anh/chị nhất, theo đường chim bay:"
    sources = dict.fromkeys(f"{o.location.source}, xem ngày {o.location.checked:%d/%m/%Y}" for o in found)
    text = "\n".join([head, *lines, ANYWHERE, maps.note(), NOT_KEPT, f"Nguồn vị trí: {'; '.join(sources)}."])
    return Message(text, tuple(maps.show(one) for one in found))


def none_near() -> Message:
    """No recorded position is near enough to be called so."""
    return Message("\n".join([UNKNOWN, ANYWHERE, ASK, NOT_KEPT]))


def outside() -> Message:
    """The position is surely not in the province."""
    text = (
        "Vị trí này nằm ngoài $province nên tôi không biết quầy nào ở gần; tôi chỉ phục vụ $province.\n"
        "Nếu cần nộp hồ sơ ở $province, " + ASK[0].lower() + ASK[1:]
    )
    return Message(f"{text}\n{NOT_KEPT}", (Button("Cổng DVC quốc gia", url="$portal"),))


def unreadable() -> Message:
    """The platform sent no position with the message."""
    return Message(f"Tôi chưa đọc được vị trí trong tin này. {ASK}\n{ANYWHERE}", (_SHARE,))


def in_communes(found: Sequence[Found], maps: Maps) -> Message:
    """The counters of communes named by a citizen."""
    names = "; ".join(f"{_TITLE} {f.unit.name}" for f in found)
    known = [f for f in found if f.unit.location and f.unit.location.kind == "counter"]
    lines = [f"Quầy ở nơi anh/chị nhắn: {names}."]
    if len(known) < len(found):
        lines.append("Địa chỉ, điện thoại và giờ làm việc từng quầy tôi chưa có dữ liệu đã xác minh.")
    lines += [ANYWHERE, maps.note()]
    return Message("\n".join(lines), tuple(maps.search(f.unit) for f in found))


def _line(one: Near, noted: bool) -> str:
    """One unit; ``noted``: what its point stands for is said above already."""
    if one.location.kind == "counter":
        return f"• {_TITLE} {one.unit.name}: khoảng {_exact(one.km)}"
    note = "" if noted else ", tính tới điểm đại diện của xã, chưa phải vị trí quầy"
    return f"• {one.unit.name}: khoảng {_rough(one.km)}{note}"


def _exact(km: float) -> str:
    return f"{round(km * 10) * 100} m" if km < 0.95 else f"{km:.1f} km".replace(".", ",")


def _rough(km: float) -> str:
    """Whole kilometres: more would promise a precision that a point for a whole commune does not have."""
    return f"{max(round(km), 1)} km"

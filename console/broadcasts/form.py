"""Between what was typed into the form of a notice and the notice. Pure: nothing typed is ever lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import get_args
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from core.broadcasts.model import MAX_LINKS, Audience, Content, Link, Whom
from core.dossiers.model import Status
from core.errors import StaffError

_LOCAL = "%Y-%m-%dT%H:%M"  # as browsers write it
_TYPED = (_LOCAL, "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M")  # and as people do where there is no such field


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields as they stand in the form.

    Args:
        links: MAX_LINKS pairs of name and address.
        send_at, expires_at: as typed, in the province's time.
        office: id, or empty for the province.
    """

    title: str = ""
    text: str = ""
    whom: str = "subscribers"
    units: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = (("", ""),) * MAX_LINKS
    send_at: str = ""
    expires_at: str = ""
    emergency: bool = False
    why: str = ""
    office: str = ""


def typed(form: FormData) -> Typed:
    """What arrived."""
    pairs = [(_one(form, f"link_label_{n}"), _one(form, f"link_url_{n}")) for n in range(1, MAX_LINKS + 1)]
    return Typed(
        title=_one(form, "title"),
        text=_one(form, "text"),
        whom=_one(form, "whom") or "subscribers",
        units=_all(form, "units"),
        offices=_all(form, "offices"),
        fields=_all(form, "fields"),
        procedures=_all(form, "procedures"),
        statuses=_all(form, "statuses"),
        links=tuple(pairs),
        send_at=_one(form, "send_at"),
        expires_at=_one(form, "expires_at"),
        emergency=bool(_one(form, "emergency")),
        why=_one(form, "why"),
        office=_one(form, "office"),
    )


def typed_from(content: Content, zone: ZoneInfo) -> Typed:
    """The form of a notice that is changed."""
    audience = content.audience
    pairs = [(link.label, link.url) for link in content.links]
    return Typed(
        content.title,
        content.text,
        audience.whom,
        audience.units,
        tuple(str(ident) for ident in audience.offices),
        audience.fields,
        audience.procedures,
        tuple(str(int(status)) for status in audience.statuses),
        tuple((pairs + [("", "")] * MAX_LINKS)[:MAX_LINKS]),
        _written(content.send_at, zone),
        _written(content.expires_at, zone),
        content.emergency,
        content.why,
        "" if content.office is None else str(content.office),
    )


def content(form: Typed, zone: ZoneInfo) -> Content:
    """The notice. Raises StaffError naming the field that cannot be read."""
    return Content(
        title=" ".join(form.title.split()),
        text=form.text.replace("\r\n", "\n").strip(),
        audience=_audience(form),
        links=tuple(
            Link(label.strip(), _address(url)) for label, url in form.links if label.strip() or url.strip()
        ),
        send_at=_moment(form.send_at, "send_at", zone),
        expires_at=_moment(form.expires_at, "expires_at", zone),
        emergency=form.emergency,
        why=form.why.strip() if form.emergency else "",
        office=_number(form.office, "office") if form.office else None,
    )


def sketch(form: Typed) -> Content:
    """As much of the notice as a preview needs, however unfinished it is."""
    links = [(label.strip(), url.strip()) for label, url in form.links]
    return Content(
        title=" ".join(form.title.split()) or "(chưa có tiêu đề)",
        text=form.text.replace("\r\n", "\n").strip() or "(chưa có nội dung)",
        links=tuple(Link(label, _address(url)) for label, url in links if label and url),
        emergency=form.emergency,
        office=int(form.office) if form.office.isdecimal() and len(form.office) < 10 else None,
    )


def _audience(form: Typed) -> Audience:
    """What belongs to the chosen kind of audience; what was chosen for another one is left out."""
    if form.whom not in get_args(Whom):
        raise StaffError("Chọn người nhận.", "audience")
    if form.whom == "subscribers":
        return Audience("subscribers", units=form.units)
    if form.whom == "listed":
        return Audience("listed")
    known = {int(status) for status in Status}
    numbers = [_number(number, "audience") for number in form.statuses]
    return Audience(
        "followers",
        offices=tuple(_number(ident, "offices") for ident in form.offices),
        procedures=form.procedures,
        fields=form.fields,
        statuses=tuple(Status(number) for number in numbers if number in known),
    )


def _address(url: str) -> str:
    """An address as typed; people leave its beginning out."""
    url = url.strip()
    return url if not url or "://" in url else f"https://{url}"


def _moment(text: str, field: str, zone: ZoneInfo) -> dt.datetime | None:
    text = text.strip()
    if not text:
        return None
    for form in _TYPED:
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=zone)
        except ValueError:
            continue
    raise StaffError("Ghi ngày giờ dạng 31/12/2026 08:00.", field)


def _written(moment: dt.datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):{_LOCAL}}" if moment else ""


def _number(text: str, field: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise StaffError("Lựa chọn này không còn dùng được; chọn lại.", field)
    return int(text)


def _one(form: FormData, name: str) -> str:
    found = form.get(name, "")
    return found if isinstance(found, str) else ""


def _all(form: FormData, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in form.getlist(name) if isinstance(value, str) and value))

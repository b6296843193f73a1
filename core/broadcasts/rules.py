"""What a province asks of notices: the ``broadcasts:`` section of its profile, and what a notice must be. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from core.broadcasts.model import MAX_LINKS, MAX_TEXT, MAX_TITLE, MAX_WHY, Content, Link
from core.errors import StaffError

_LABEL, _URL = 60, 500  # letters
_EXPLAINED = 10  # letters that a reason takes at least
_SOON = dt.timedelta(minutes=10)  # a notice has to have this long before it expires


class Sending(BaseModel):
    """The ``broadcasts:`` of a profile.

    Args:
        approve_above: a notice to more people than this needs a second person.
        expires_hours: how long a notice may still go after it began, where its author said nothing.
        most_days: how far ahead a notice may be planned, and how long it may go.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    approve_above: Annotated[int, Field(ge=0, le=1_000_000)] = 50
    expires_hours: Annotated[int, Field(ge=1, le=24 * 60)] = 72
    most_days: Annotated[int, Field(ge=1, le=366)] = 60

    def expiry(self, content: Content, begins: dt.datetime) -> dt.datetime:
        """When what has not gone yet never goes."""
        return content.expires_at or begins + dt.timedelta(hours=self.expires_hours)


def needs_approval(content: Content, recipients: int, sending: Sending) -> bool:
    """Whether a second person has to let it go."""
    return content.emergency or recipients > sending.approve_above


def check(content: Content, sending: Sending, now: dt.datetime) -> None:
    """Raises StaffError naming the first field that is wrong."""
    _check_words(content)
    for number, link in enumerate(content.links, 1):
        _check_link(number, link)
    _check_audience(content)
    _check_times(content, sending, now)


def _check_words(content: Content) -> None:
    for name, said, most, what in (
        ("title", content.title, MAX_TITLE, "tiêu đề"),
        ("text", content.text, MAX_TEXT, "nội dung"),
    ):
        if not said.strip():
            raise StaffError(f"Chưa có {what}.", name)
        if len(said) > most:
            raise StaffError(f"Phần {what} dài {len(said)} ký tự, nhiều nhất {most}.", name)
    if "\n" in content.title.strip():
        raise StaffError("Tiêu đề chỉ một dòng.", "title")
    if len(content.links) > MAX_LINKS:
        raise StaffError(f"Nhiều nhất {MAX_LINKS} liên kết.", "links")
    if len(content.why) > MAX_WHY:
        raise StaffError(f"Lý do dài {len(content.why)} ký tự, nhiều nhất {MAX_WHY}.", "why")
    if content.emergency and len(content.why.strip()) < _EXPLAINED:
        raise StaffError("Thông báo khẩn gửi cả ngoài giờ: ghi rõ lý do.", "why")


def _check_link(number: int, link: Link) -> None:
    if not link.label.strip() or len(link.label) > _LABEL:
        raise StaffError(f"Liên kết {number}: tên từ 1 đến {_LABEL} ký tự.", "links")
    if not _is_page(link.url):
        raise StaffError(
            f"Liên kết {number}: địa chỉ phải bắt đầu bằng https:// và trỏ tới một trang.", "links"
        )


def _is_page(url: str) -> bool:
    """Whether an address opens a page by https, without names or passwords in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = len(url) <= _URL and not any(c.isspace() or not c.isprintable() for c in url)
    return plain and parts.scheme == "https" and "." in (parts.hostname or "") and "@" not in parts.netloc


def _check_audience(content: Content) -> None:
    audience = content.audience
    chosen = audience.offices or audience.procedures or audience.fields or audience.statuses
    if audience.whom == "followers" and not chosen:
        raise StaffError(
            "Người theo dõi hồ sơ chỉ đồng ý nhận tin về hồ sơ của mình: chọn cơ quan, lĩnh vực, thủ tục hoặc"
            " tình trạng mà thông báo nói tới; thông báo chung thì gửi cho người đã đồng ý nhận.",
            "audience",
        )


def _check_times(content: Content, sending: Sending, now: dt.datetime) -> None:
    begins, most = max(content.send_at or now, now), dt.timedelta(sending.most_days)
    if begins > now + most:
        raise StaffError(f"Hẹn gửi trong vòng {sending.most_days} ngày tới.", "send_at")
    ends = content.expires_at
    if ends is not None and ends < begins + _SOON:
        raise StaffError("Hết hạn phải sau lúc gửi ít nhất 10 phút.", "expires_at")
    if ends is not None and ends > begins + most:
        raise StaffError(f"Hết hạn trong vòng {sending.most_days} ngày sau khi gửi.", "expires_at")

"""Small phrases about a dossier: days, terms, opening hours. Pure."""

from __future__ import annotations

import datetime as dt

from core.dossiers.shown import Shown

LONG_LATE = 60  # working days after which counting them says nothing any more
_FAR = 400  # days: beyond this no working days are counted
_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def tidy(text: str, limit: int = 600) -> str:
    """A portal's text on one line, without its full stop, cut where it runs on."""
    line = " ".join(text.split()).rstrip(" .;,")
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def day(moment: dt.datetime, shown: Shown) -> str:
    """``13/10/2026`` in the province."""
    return f"{moment.astimezone(shown.calendar.zone):%d/%m/%Y}"


def hour_day(moment: dt.datetime, shown: Shown) -> str:
    """``09:15 ngày 09/10/2026``; only the day where the portal gave no hour (midnight)."""
    local = moment.astimezone(shown.calendar.zone)
    return f"{local:%d/%m/%Y}" if local.time() == dt.time() else f"{local:%H:%M} ngày {local:%d/%m/%Y}"


def lateness(shown: Shown) -> str:
    """``quá hẹn 2 ngày làm việc``. Only for a dossier that is late."""
    assert shown.due is not None
    due, today = shown.due.date(), shown.today
    if due == today:
        return f"quá giờ hẹn hôm nay ({shown.due:%H:%M})"
    if (today - due).days > _FAR:
        return f"quá hẹn từ lâu (từ ngày {due:%d/%m/%Y})"
    days = shown.calendar.working_days(due, today)
    if days > LONG_LATE:
        return f"quá hẹn từ lâu (từ ngày {due:%d/%m/%Y})"
    return f"quá hẹn {days} ngày làm việc" if days else f"quá hẹn từ ngày {due:%d/%m/%Y}"


def days_left(shown: Shown) -> int | None:
    """Working days until the day of return while the time limit runs; None when that cannot be said."""
    running = shown.status is not None and shown.status.clock_runs
    if not running or shown.due is None or shown.late or (shown.due.date() - shown.today).days > _FAR:
        return None
    return shown.calendar.working_days(shown.today, shown.due.date())


def due_soon(shown: Shown) -> bool:
    """Whether the day of return is today or the next working day."""
    left = days_left(shown)
    return left is not None and left <= 1


def term(shown: Shown) -> str:
    """What stands behind the day of return: ``còn 3 ngày làm việc``, ``hôm nay``; empty when nothing can."""
    if shown.late:
        return f"đã {lateness(shown)}"
    left = days_left(shown)
    if left is None or shown.due is None:
        return ""
    ahead = (shown.due.date() - shown.today).days
    if ahead == 0:
        return "hôm nay"
    if left == 0:
        return f"còn {ahead} ngày, đều là ngày nghỉ"
    return f"ngày mai, còn {left} ngày làm việc" if ahead == 1 else f"còn {left} ngày làm việc"


def due_said(shown: Shown) -> str | None:
    """``13/10/2026 (còn 3 ngày làm việc)``; None when there is no day of return to say."""
    if shown.due is None:
        return None
    said = f"{shown.due:%d/%m/%Y}"
    return f"{said} ({tail})" if (tail := term(shown)) else said


def opening(shown: Shown) -> list[str]:
    """Usual hours, when the office opens next if it is closed now, and how sure that is."""
    if not shown.calendar.hours:
        return ["Giờ làm việc tôi chưa biết; anh/chị gọi hỏi trước khi đi."]
    lines = [f"Giờ làm việc: {spans_said(shown)}, thứ Hai đến thứ Sáu, trừ ngày lễ."]
    if closed := reopening(shown):
        lines.append(closed)
    if not shown.hours_verified:
        lines.append(
            "Đây là giờ hành chính thông thường, chưa xác minh cho riêng nơi này; anh/chị gọi hỏi trước khi đi."
        )
    return lines


def spans_said(shown: Shown) -> str:
    """``sáng 07:00–11:30, chiều 13:30–17:00``; empty when the hours are unknown."""
    return ", ".join(
        f"{'sáng' if opens.hour < 12 else 'chiều'} {opens:%H:%M}–{closes:%H:%M}"
        for opens, closes in shown.calendar.hours
    )


def weekday(day: dt.date) -> str:
    """``thứ Hai`` … ``Chủ nhật``."""
    return _WEEKDAYS[day.weekday()]


def reopening(shown: Shown) -> str | None:
    """When the office opens again; None when it is open or its hours are unknown."""
    calendar, now = shown.calendar, shown.now.astimezone(shown.calendar.zone)
    if not calendar.hours:
        return None
    opens = calendar.next_open(now)
    if opens <= now:
        return None
    today, reopens = now.date(), opens.date()
    if reopens == today:
        return f"Bây giờ đang ngoài giờ làm việc, mở cửa lúc {opens:%H:%M} hôm nay."
    between = (today + dt.timedelta(n) for n in range(1, (reopens - today).days))
    if name := calendar.holiday(today):
        why = f"Hôm nay nghỉ ({name})"
    elif not calendar.is_working_day(today):
        why = f"Hôm nay {_WEEKDAYS[today.weekday()]}, nghỉ"
    else:
        why = "Hôm nay đã hết giờ làm việc"
    feast = " sau ngày nghỉ lễ" if any(map(calendar.holiday, between)) else ""
    return f"{why}; mở cửa lại{feast} lúc {opens:%H:%M} {_WEEKDAYS[opens.weekday()]}, ngày {opens:%d/%m/%Y}."

"""How what we say first stands: outbox, pace, clock, costs. Nothing personal is in it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.db.reminder_tables import DeliveryRow, OutboxRow, PaceRow, TaskRow, TickRow
from core.profile import Profile
from core.reminders.purse import Purse
from core.reminders.wording import TITLES

STALE = dt.timedelta(minutes=15)  # since something the clock does every few seconds or minutes ended well
SLOW = {"tidy": dt.timedelta(hours=3)}  # what is done less often
RECENT = dt.timedelta(days=30)  # finished messages that are counted
_STATES = {
    "pending": "chờ gửi",
    "claimed": "sắp gửi",
    "sending": "đang gửi",
    "sent": "đã gửi",
    "unknown": "không rõ đã đến chưa",
    "failed": "không gửi được",
    "gone": "người nhận đã chặn hoặc rời đi",
    "dropped": "bỏ vì không còn đúng",
    "expired": "quá hạn",
    "held": "tạm dừng theo thông báo",
}


async def collect(engine: AsyncEngine, profile: Profile, now: dt.datetime) -> dict[str, Any]:
    """Everything, as JSON takes it. Errors of the database are raised as they are."""
    zone, costs = ZoneInfo(profile.timezone), profile.reminders.costs
    purse = Purse(engine, lambda: now, zone, costs.month)
    async with engine.connect() as connection:
        told = {
            "outbox": await _outbox(connection, now),
            "oldest_due": await _oldest(connection, now),
            "channels": await _channels(connection, now),
            "ticks": await _ticks(connection, now),
            "steps": await _steps(connection, now, zone),
            "tasks": await connection.scalar(
                select(func.count()).select_from(TaskRow).where(TaskRow.done_at.is_(None))
            ),
        }
    return {**told, "month": purse.month, "spent": await purse.spent(), "ceiling": costs.month}


async def _outbox(connection: AsyncConnection, now: dt.datetime) -> list[dict[str, Any]]:
    row = OutboxRow
    open_or_recent = row.finished_at.is_(None) | (row.finished_at >= now - RECENT)
    query = (
        select(row.channel, row.kind, row.state, func.count())
        .where(open_or_recent)
        .group_by(row.channel, row.kind, row.state)
        .order_by(row.channel, row.kind, row.state)
    )
    found = (await connection.execute(query)).all()
    return [{"channel": c, "kind": k, "state": s, "count": n} for c, k, s, n in found]


async def _oldest(connection: AsyncConnection, now: dt.datetime) -> str | None:
    query = select(func.min(OutboxRow.due_at)).where(OutboxRow.finished_at.is_(None), OutboxRow.due_at <= now)
    return _iso(await connection.scalar(query))


async def _channels(connection: AsyncConnection, now: dt.datetime) -> dict[str, Any]:
    rows = (await connection.execute(select(*PaceRow.__table__.c).order_by(PaceRow.channel))).all()
    return {
        r.channel: {
            "reserved_until": _iso(r.free_at) if r.free_at > now else None,
            "paused_until": _iso(r.paused_until) if r.paused_until and r.paused_until > now else None,
        }
        for r in rows
    }


async def _ticks(connection: AsyncConnection, now: dt.datetime) -> dict[str, Any]:
    rows = (await connection.execute(select(*TickRow.__table__.c).order_by(TickRow.name))).all()
    return {
        r.name: {
            "well_at": _iso(r.well_at),
            "stale": r.well_at is None or now - r.well_at > SLOW.get(r.name, STALE),
            "result": r.result,
        }
        for r in rows
    }


async def _steps(connection: AsyncConnection, now: dt.datetime, zone: ZoneInfo) -> list[dict[str, Any]]:
    """This month's steps, as the ledger has them."""
    first = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    row = DeliveryRow
    query = (
        select(row.step, row.outcome, func.count(), func.coalesce(func.sum(row.cost), 0))
        .where(row.at >= first)
        .group_by(row.step, row.outcome)
        .order_by(row.step, row.outcome)
    )
    found = (await connection.execute(query)).all()
    return [{"step": s, "outcome": o, "count": n, "cost": int(c)} for s, o, n, c in found]


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def lines(told: dict[str, Any], profile: Profile) -> list[str]:
    """The same as an operator reads it."""
    zone = ZoneInfo(profile.timezone)
    oldest = f"; tin đến giờ cũ nhất từ {_said(told['oldest_due'], zone)}" if told["oldest_due"] else ""
    said = [f"Tin chủ động (chưa xong, và xong trong {RECENT.days} ngày){oldest}:"]
    titles = {str(kind): title for kind, title in TITLES.items()}
    for row in told["outbox"]:
        kind, state = titles.get(row["kind"], row["kind"]), _STATES.get(row["state"], row["state"])
        said.append(f"  {row['channel']} | {kind} | {state}: {row['count']}")
    for name, channel in told["channels"].items():
        until = channel["paused_until"]
        said.append(f"Kênh {name}: {f'TẠM DỪNG đến {_said(until, zone)}' if until else 'đang gửi'}")
    for name, tick in told["ticks"].items():
        well = _said(tick["well_at"], zone) if tick["well_at"] else "chưa lần nào"
        late = "  QUÁ LÂU, cần xem lại" if tick["stale"] else ""
        said.append(f"Việc định kỳ {name}: xong tốt lần cuối {well}{late}")
    for row in told["steps"]:
        said.append(f"  Tháng này {row['step']} | {row['outcome']}: {row['count']} lần, {_dong(row['cost'])}")
    ceiling = _dong(told["ceiling"]) if told["ceiling"] else "0 đ (không gửi tin trả phí)"
    said.append(f"Chi phí tháng {told['month']}: {_dong(told['spent'])} / mức tối đa {ceiling}")
    said.append(f"Việc của quầy chưa làm: {told['tasks']}")
    return said


def _said(moment: str, zone: ZoneInfo) -> str:
    return f"{dt.datetime.fromisoformat(moment).astimezone(zone):%H:%M %d/%m/%Y}"


def _dong(amount: int) -> str:
    return f"{amount:,} đ".replace(",", ".")

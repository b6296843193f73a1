"""How the running assistant stands, for whoever operates it: inbox, channels, tokens, quotas.

No secret and nothing personal is in it; all the same ``/statusz`` answers this machine only. Behind a proxy
the server puts the forwarded address in place of the proxy's, so that strangers are turned away there too.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import httpx
from fastapi import APIRouter, HTTPException, Request

from bot.channels.contract import Channel
from core.conversations.inbox import Inbox
from core.db.engine import AWAY
from core.errors import AssistantError
from core.settings import Settings

PATH = "/statusz"
_HERE = ("127.0.0.1", "::1")
_WAIT = 10.0


class Looked(Protocol):
    """What is looked at."""

    @property
    def inbox(self) -> Inbox: ...

    @property
    def channels(self) -> Sequence[Channel]: ...


async def collect(inbox: Inbox, channels: Sequence[Channel]) -> dict[str, Any]:
    """The state of one process; the inbox is shared by all."""
    told = await asyncio.gather(*(channel.status() for channel in channels))
    return {
        "inbox": await _counts(inbox),
        "channels": dict(zip((channel.name for channel in channels), told, strict=True)),
    }


async def _counts(inbox: Inbox) -> dict[str, Any] | None:
    try:
        counts = dataclasses.asdict(await inbox.waiting())
    except AWAY:
        return None  # the database is away, and that is what it says
    oldest = counts["oldest"]
    return {**counts, "oldest": oldest.isoformat() if oldest else None}


def routes(looked: Callable[[], Looked | None]) -> APIRouter:
    """``GET /statusz``; ``looked`` gives None until the application has started."""
    router = APIRouter(include_in_schema=False)

    @router.get(PATH)
    async def status(request: Request) -> dict[str, Any]:
        if request.client is None or request.client.host not in _HERE:
            raise HTTPException(404)
        now = looked()
        if now is None:
            raise HTTPException(503)
        return await collect(now.inbox, now.channels)

    return router


def fetch(settings: Settings) -> dict[str, Any]:
    """Ask the running application of this machine. Raises AssistantError when it does not answer."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    try:
        response = httpx.get(f"http://{host}:{settings.port}{PATH}", timeout=_WAIT, trust_env=False)
        response.raise_for_status()
        told = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise AssistantError(
            f"trợ lý không trả lời ở {host}:{settings.port} ({type(error).__name__}); bắt đầu bằng: make run"
        ) from None
    return dict(told)


def lines(told: dict[str, Any]) -> list[str]:
    """A status as an operator reads it."""
    return [_inbox(told.get("inbox")), *(_channel(n, s) for n, s in (told.get("channels") or {}).items())]


def _inbox(counts: dict[str, Any] | None) -> str:
    if counts is None:
        return "Hộp thư đến: cơ sở dữ liệu không trả lời"
    since = f", cũ nhất từ {counts['oldest']}" if counts["oldest"] else ""
    return (
        f"Hộp thư đến: {counts['waiting']} tin chưa xong (đang xử lý {counts['working']}{since}), "
        f"{counts['parked']} tin phải bỏ, {counts['maybe_twice']} tin có thể đã gửi hai lần"
    )


def _channel(name: str, told: dict[str, Any]) -> str:
    parts = []
    if "mode" in told:
        parts.append(f"{told['mode']}, {'đã kết nối' if told['connected'] else 'CHƯA kết nối'}")
    if told.get("waiting"):
        parts.append(f"{told['waiting']} tin còn chờ phía nền tảng")
    if told.get("last_error"):
        parts.append(f"lỗi gần nhất: {told['last_error']}")
    if token := told.get("token"):
        parts.append(f"mã truy cập dùng được đến {token['works_until'] or '(không có)'}")
        if token["remedy"]:
            parts.append(f"CẦN chạy {token['remedy']}")
    if quota := told.get("quota"):
        parts.append(_quota(quota))
    if "templates" in told:
        parts.append(_templates(told["templates"]))
    return f"{name}: {'; '.join(parts)}"


def _templates(templates: dict[str, Any] | None) -> str:
    if templates is None:
        return "không dùng tin mẫu (chưa đặt ZALO_TEMPLATES_FILE)"
    left = "chưa rõ" if templates["left_today"] is None else templates["left_today"]
    said = f"tin mẫu dùng được: {', '.join(templates['ready']) or 'không có'}, hôm nay còn {left} tin"
    wrong = [f"{kind}: {why}" for kind, why in templates["wrong"].items()]
    return f"{said}; CẦN sửa tin mẫu {' | '.join(wrong)}" if wrong else said


def _quota(quota: dict[str, Any]) -> str:
    if "of" in quota:
        used = "không rõ số" if quota["used"] is None else quota["used"]
        return f"đã dùng {used}/{quota['of']} tin của tháng"
    left = "nền tảng chưa cho biết" if quota["fewest_left"] is None else quota["fewest_left"]
    return f"hôm nay gọi được {quota['calls_today']} lần, số tin miễn phí còn ít nhất: {left}"

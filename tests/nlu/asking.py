"""Put questions to a running Rasa with the shipped catalogue, as the conversation does."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence

import httpx

from bot.rasa import Rasa, Turn
from core.training.evaluation import Outcome

_DECLINED = (
    "chưa tìm thấy thủ tục",
    "nằm ngoài những gì tôi trả lời được",
    "chưa có trong danh mục",
)
_numbers = itertools.count()


async def outcomes(url: str, texts: Sequence[str], at_once: int = 4) -> list[Outcome]:
    """What the assistant makes of each text, each in a conversation of its own."""
    gate = asyncio.Semaphore(at_once)
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        rasa = Rasa(client, url)

        async def one(text: str) -> Outcome:
            async with gate:
                turn = await rasa.turn(f"evaluation:{next(_numbers)}", text, None)
                parsed = await rasa.parse(text)
            return _outcome(turn, parsed)

        return list(await asyncio.gather(*map(one, texts)))


def _outcome(turn: Turn, parsed: dict[str, object]) -> Outcome:
    entities = parsed.get("entities") or []
    assert isinstance(entities, list)
    intent = parsed.get("intent") or {}
    assert isinstance(intent, dict)
    aspects = [e["value"] for e in entities if e.get("entity") == "aspect"]
    said = "\n".join(m.text for m in turn.messages)
    return Outcome(
        intent.get("name"),
        tuple(dict.fromkeys(aspects)),
        tuple(h["id"] for h in turn.hits),
        turn.procedure if turn.decided else None,
        any(mark in said for mark in _DECLINED),
        turn.hits[0]["score"] if turn.hits else 0.0,
        "Tôi chỉ phục vụ" in said,
    )

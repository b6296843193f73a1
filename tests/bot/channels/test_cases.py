"""Every channel by its table ``cases/<channel>.yml``: captured payload in, result out; message in, calls out.

``inbound``: ``event`` (JSON) or ``raw`` is posted to the webhook as signed ``by`` (``right`` when left out,
``nobody``, or a wrong secret), ``times`` over, ``cut`` to a share of its bytes on the way. Then ``status`` (200)
and everything that ``happens`` (nothing) are compared. ``outbound``: ``message`` is sent; ``calls`` are compared
as they went out, ``answers`` are the platform's, and ``error`` is what the sender must be told, all other
fields of a SendError being unset. Nothing reaches a host that is not the channel's.

YAML tags: ``!times [text, n]``, ``!join [texts]``, ``!nfd text``.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import pathlib
import unicodedata
from typing import Any

import pytest
import yaml

from core.errors import SendError
from core.messages import Address, Message
from tests.bot.channels.rigs import RIGS, client_of

FOLDER = pathlib.Path(__file__).parent / "cases"
UNSET = {
    "retry_after": None,
    "gone": False,
    "unknown": False,
    "outside_window": False,
    "configuration": False,
    "not_before": None,
}
_INBOUND = {"label", "event", "raw", "by", "secret", "stamp", "cut", "path", "headers", "times", "status", "happens", "calls"}  # fmt: skip
_OUTBOUND = {"label", "to", "message", "answers", "calls", "error"}


class Loader(yaml.SafeLoader):
    """YAML with the tags above."""


Loader.add_constructor(
    "!times", lambda loader, node: (lambda v: v[0] * v[1])(loader.construct_sequence(node))
)
Loader.add_constructor("!join", lambda loader, node: "".join(loader.construct_sequence(node, deep=True)))
Loader.add_constructor(
    "!nfd", lambda loader, node: unicodedata.normalize("NFD", loader.construct_scalar(node))
)


def table(channel: str, section: str) -> list[Any]:
    """The cases of a section as parameters. Raises ValueError for a case with a key nobody reads."""
    known = _INBOUND if section == "inbound" else _OUTBOUND
    found = yaml.load((FOLDER / f"{channel}.yml").read_text(encoding="utf-8"), Loader)[section]
    for case in found:
        if strange := case.keys() - known:
            raise ValueError(f"{channel}, {case['label']}: {strange}")
    return [pytest.param(channel, case, id=f"{channel}: {case['label']}") for case in found]


@pytest.mark.parametrize(("channel", "case"), [p for c in RIGS for p in table(c, "inbound")])
async def test_what_comes_in(channel: str, case: dict[str, Any]) -> None:
    rig = RIGS[channel]()
    raw = case["raw"].encode() if "raw" in case else json.dumps(case["event"], ensure_ascii=False).encode()
    headers = {**rig.signed(raw, case), **case.get("headers", {})}
    posted = raw[: int(len(raw) * case.get("cut", 1))]
    async with client_of(rig.router) as client:
        for _ in range(case.get("times", 1)):
            answer = await client.post(case.get("path", rig.path), content=posted, headers=headers)
            assert answer.status_code == case.get("status", 200), answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
    for _ in range(20):  # what goes out beside the answer
        await asyncio.sleep(0)
    assert rig.log.happened == case.get("happens", [])
    assert [str(r.url).rpartition("/")[2] for r in rig.wire.requests] == case.get("calls", [])


@pytest.mark.parametrize(("channel", "case"), [p for c in RIGS for p in table(c, "outbound")])
async def test_what_goes_out(channel: str, case: dict[str, Any]) -> None:
    rig = RIGS[channel]()
    rig.wire.answers.extend(case.get("answers", []))
    message = Message.from_dict(case.get("message", {"text": "Chào"}))
    address, error, calls = Address(channel, str(case.get("to", 7))), None, []
    try:
        calls = await rig.send(address, message)
    except SendError as caught:
        error = caught
    assert (error is not None) == ("error" in case), error
    if error is not None:
        wanted = {**UNSET, **(case["error"] or {})}
        if wanted["not_before"]:
            wanted["not_before"] = dt.datetime.fromisoformat(wanted["not_before"])
        assert {name: getattr(error, name) for name in UNSET} == wanted
        assert "tok" not in str(error).replace("token refused", "").replace("TOKEN", "")
        calls = getattr(rig, "calls", list)()
    if "calls" in case:
        assert calls == case["calls"]

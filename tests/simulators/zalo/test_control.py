"""The controls, and the command that starts the simulator."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
import time
from typing import get_args

import httpx
import pytest
import typer
from typer.testing import CliRunner

from simulators.zalo.__main__ import main
from simulators.zalo.control import Act
from tests.conftest import ROOT, free_port
from tests.simulators.zalo.made import JPEG, BotClient, Oa, Receiver, inside, world


async def test_people_act_and_what_was_sent_is_told() -> None:
    made = world()
    receiver = Receiver().attach(made)
    async with inside(made) as http:
        person = (await http.post("/_control/people", json={"name": "Lan"})).json()
        acts = f"/_control/people/{person['id']}/acts"
        doings = get_args(Act.model_fields["do"].annotation)
        for do in doings:
            body = {"do": do, "text": "a", "data": base64.b64encode(JPEG).decode()}
            assert (await http.post(acts, json=body)).status_code == 200
        assert (await http.post("/_control/push")).json() == {"taken": len(doings)}
        assert len((await http.get("/_control/events")).json()) == len(receiver.got)
        await http.patch(f"/_control/people/{person['id']}", json={"follows": True})
        await Oa(http, made).cs(person["id"], "Chào chị")
        (sent,) = (await http.get("/_control/sent", params={"to": person["id"]})).json()
        assert sent["message"] == {"text": "Chào chị"}
        assert (await http.get("/_control/calls")).json() == {"oa.cs": 1}
        assert (await http.post("/_control/people/1/acts", json={"do": "write"})).status_code == 404
        assert (await http.patch("/_control/people/1", json={})).status_code == 404
        assert (await http.post(acts, json={"do": "dance"})).status_code == 422


async def test_clock_tokens_hook_failures_and_templates() -> None:
    made = world()
    async with inside(made) as http:
        moved = await http.post("/_control/clock", json={"now": "2026-12-01T08:00:00", "advance_seconds": 60})
        assert moved.json()["now"] == "2026-12-01T08:01:00+07:00"
        state = (await http.post("/_control/hook", json={"url": "http://testserver/hook"})).json()
        assert state["hook"]["url"] == "http://testserver/hook"
        pair = (await http.post("/_control/tokens/issue")).json()
        assert (await http.get("/_control/state")).json()["tokens"] == pair
        await http.post("/_control/tokens/expire")
        oa = Oa(http, made)
        assert (await oa.cs("1"))["error"] == -220
        told = await http.post("/_control/failures", json={"kind": "code", "code": -204, "times": None})
        assert told.json()["waiting"][0]["code"] == -204
        assert (await oa.cs("1"))["error"] == -204
        assert (await http.delete("/_control/failures")).json()["waiting"] == []
        assert len((await http.get("/_control/failures")).json()["kinds"]) == 12
        made_template = await http.post("/_control/templates", json={"id": "9", "params": {"a": "name"}})
        assert made_template.json()["listParams"][0]["maxLength"] == 30


async def test_the_bot_is_controlled_too() -> None:
    made = world()
    async with inside(made) as http:
        for do in ("write", "photo", "sticker", "voice", "unsupported"):
            assert (
                await http.post("/_control/bot/chats/c1/acts", json={"do": do, "text": "a"})
            ).status_code == 200
        await BotClient(http, made).say("c1", "b")
        (sent,) = (await http.get("/_control/bot/sent", params={"chat": "c1"})).json()
    assert sent["content"]["text"] == "b"
    assert len(made.bot.updates) == 5


def test_the_command_serves_and_says_where() -> None:
    port = free_port()
    command = [sys.executable, "-m", "simulators.zalo", "--port", str(port), "--today", "2026-10-08T08:00"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ}, text=True
    ) as running:
        try:
            assert running.stdout
            assert f"http://127.0.0.1:{port}" in running.stdout.readline()
            assert _patiently(f"http://127.0.0.1:{port}/_control/state")["now"].startswith("2026-10-08T08:0")
        finally:
            running.terminate()
            running.wait(10)


def _patiently(address: str) -> dict[str, str]:
    for _ in range(200):
        try:
            return dict(httpx.get(address).json())
        except httpx.ConnectError:
            time.sleep(0.02)
    raise AssertionError("nobody listens")


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), (["--today", "hôm qua"], 2)])
def test_the_command_explains_itself(arguments: list[str], code: int) -> None:
    app = typer.Typer()
    app.command()(main)
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == code
    assert "--today" in re.sub(r"\x1b\[[0-9;]*m", "", done.output)

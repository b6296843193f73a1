"""The controls, and the command that starts the simulator."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
import time

import httpx
import pytest
import typer
from typer.testing import CliRunner

from core.dossiers.model import TITLES, Status
from simulators.portal import texts
from simulators.portal.__main__ import main
from tests.conftest import ROOT, free_port
from tests.simulators.portal.made import Dvcqg, Igate, in_status, inside, world


async def test_the_clock_is_read_set_and_advanced() -> None:
    async with inside(world()) as http:
        clock = (await http.get("/_control/clock")).json()
        assert clock == {"now": "2026-11-23T10:00:00+07:00", "open": True, "offset_seconds": 0.0}
        for asked, now in (
            ({"advance_hours": 2}, "2026-11-23T12:00:00+07:00"),
            ({"advance_working_hours": 4}, "2026-11-25T07:30:00+07:00"),
            ({"now": "2027-02-01T08:00:00"}, "2027-02-01T08:00:00+07:00"),
            ({"now": "2027-02-01T08:00:00Z"}, "2027-02-01T15:00:00+07:00"),
            ({"advance_hours": -8}, "2027-02-01T07:00:00+07:00"),
        ):
            assert (await http.post("/_control/clock", json=asked)).json()["now"] == now
        for bad in ({"now": "hôm qua"}, {"hours": 1}, []):
            assert (await http.post("/_control/clock", json=bad)).status_code == 422


async def test_examples_are_true() -> None:
    made = world()
    async with inside(made) as http:
        examples = (await http.get("/_control/examples")).json()
        assert set(examples) == {*TITLES.values(), texts.UNKNOWN_STATUS}
        client = Dvcqg(http, made)
        await client.login()
        for title, rows in examples.items():
            assert rows
            for row in rows:
                whole = (await http.get(f"/_control/dossiers/{row['code']}")).json()
                assert whole["status_name"] == title
                assert whole["owner"]["identity"].endswith(row["identity_last4"])
                record = await client.dossier(row["code"])
                assert record["SoDienThoai"].endswith(row["phone_last4"])


async def test_a_dossier_is_changed_for_both_protocols() -> None:
    made = world()
    dossier = in_status(made, Status.PROCESSING)
    async with inside(made) as http:
        address = f"/_control/dossiers/{dossier.code}"
        changed = (await http.post(address, json={"status": 3, "note": "Sai thẩm quyền"})).json()
        assert (changed["status"], changed["events"][-1]["what"]) == (3, "Sai thẩm quyền")
        client, staff = Dvcqg(http, made), Igate(http, made)
        await client.login()
        await staff.login()
        record = await client.dossier(dossier.code)
        assert record["TrangThaiHoSo"] in ("3", Status.NOT_RECEIVED.title)
        assert record["GhiChu"] == "Sai thẩm quyền"
        (row,) = (await staff.get("/dossier/search", code=dossier.code, dossier_status="9")).json()["content"]
        assert row["code"] == dossier.code
        assert (await http.post(address, json={"status": 11})).status_code == 422
        assert (await http.post("/_control/dossiers/x", json={"status": 4})).status_code == 404
        assert (await http.get("/_control/dossiers/x")).status_code == 404


async def test_a_payment_ends_the_wait() -> None:
    made = world()
    dossier = in_status(made, Status.PAYMENT)
    async with inside(made) as http:
        address = f"/_control/dossiers/{dossier.code}"
        before = (await http.get(address)).json()
        after = (await http.post(address, json={"pay": True})).json()
    assert (before["status"], before["paid"], after["status"], after["paid"]) == (6, False, 4, True)


async def test_failures_sessions_and_calls() -> None:
    made = world()
    code = next(made.newest()).code
    async with inside(made) as http:
        client = Igate(http, made)
        await client.login()
        asked = {"kind": "too_many", "protocol": "igate", "times": None, "seconds": 3}
        assert (await http.post("/_control/failures", json=asked)).json()["waiting"][0]["kind"] == "too_many"
        assert (await client.public(code)).status_code == 429
        told = (await http.get("/_control/failures")).json()
        assert (told["struck"], len(told["kinds"])) == ({"too_many": 1}, 16)
        assert (await http.delete("/_control/failures")).json()["waiting"] == []
        assert (await client.public(code)).status_code == 200
        assert (await http.post("/_control/failures", json={"kind": "fire"})).status_code == 422
        assert (await client.get("/dossier/search", code="x")).status_code == 200
        await http.post("/_control/sessions/expire")
        assert (await client.get("/dossier/search", code="x")).status_code == 401
        counts = (await http.get("/_control/calls")).json()
    assert counts == {"igate.token": 1, "igate.lookup": 2, "igate.search": 2}


def test_the_command_serves_and_says_where() -> None:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "simulators.portal",
        "--port",
        str(port),
        "--seed",
        "3",
        "--today",
        "2026-10-08",
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ}, text=True
    ) as running:
        try:
            assert running.stdout
            line = running.stdout.readline()
            assert f"http://127.0.0.1:{port}" in line
            now = dt.datetime.fromisoformat(_patiently(f"http://127.0.0.1:{port}/_control/clock")["now"])
            assert (
                dt.timedelta()
                <= now - dt.datetime.fromisoformat("2026-10-08T08:00:00+07:00")
                < dt.timedelta(minutes=1)
            )
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

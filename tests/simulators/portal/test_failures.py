"""Every failure as a client sees it over a real connection."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from core.dossiers.model import Status, status_named
from simulators.portal.failures import Failure, Kind, Protocol
from simulators.portal.server import create
from simulators.portal.world import World
from tests.simulators.portal.made import Dvcqg, Igate, in_status, world

Serve = Callable[[object], Awaitable[str]]
PROTOCOLS: tuple[Protocol, ...] = ("dvcqg", "igate")


@dataclasses.dataclass
class Bench:
    """One dossier, asked for over a real port."""

    world: World
    http: httpx.AsyncClient
    protocol: Protocol
    code: str
    session: str

    async def ask(self, code: str | None = None) -> httpx.Response:
        """Look the dossier up, as staff."""
        if self.protocol == "dvcqg":
            client = Dvcqg(self.http, self.world)
            client.session = self.session
            return await client.post("TraCuuHoSo", mahoso=code or self.code)
        staff = Igate(self.http, self.world)
        staff.token = self.session
        return await staff.get("/dossier/search", code=code or self.code)

    async def record(self) -> dict[str, Any]:
        """The one record of the answer."""
        body = (await self.ask()).json()
        (found,) = body["result"] if self.protocol == "dvcqg" else body["content"]
        return dict(found)

    def fail(self, kind: Kind, **more: Any) -> None:
        self.world.failures.add(Failure(kind, self.protocol, **more))


@pytest.fixture(params=PROTOCOLS)
async def bench(request: pytest.FixtureRequest, serve: Serve) -> AsyncIterator[Bench]:
    """A portal on a real port, signed in."""
    made = world()
    code = in_status(made, Status.SUPPLEMENT).code
    async with httpx.AsyncClient(base_url=await serve(create(made)), timeout=5) as http:
        session = made.open_session() if request.param == "dvcqg" else made.open_token()
        yield Bench(made, http, request.param, code, session)


@asynccontextmanager
async def well_again(bench: Bench) -> AsyncIterator[None]:
    """A failure that counts one strikes once."""
    yield
    assert bench.world.failures.waiting == []
    assert (await bench.ask()).status_code == 200


async def test_late(bench: Bench) -> None:
    bench.fail(Kind.LATENCY, seconds=0.3)
    async with well_again(bench):
        began = time.perf_counter()
        assert (await bench.ask()).json()
        assert time.perf_counter() - began >= 0.3
        bench.fail(Kind.LATENCY, seconds=0.5)
        bench.http.timeout = httpx.Timeout(0.1)
        with pytest.raises(httpx.ReadTimeout):
            await bench.ask()
        bench.http.timeout = httpx.Timeout(5)


async def test_server_error(bench: Bench) -> None:
    bench.fail(Kind.SERVER_ERROR)
    async with well_again(bench):
        assert (await bench.ask()).status_code == 500


async def test_a_page_instead_of_json(bench: Bench) -> None:
    bench.fail(Kind.HTML)
    async with well_again(bench):
        response = await bench.ask()
        assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "bảo trì" in response.text


async def test_no_json(bench: Bench) -> None:
    for kind in (Kind.TRUNCATED, Kind.EMPTY_BODY, Kind.INVALID_UTF8):
        bench.fail(kind)
        async with well_again(bench):
            response = await bench.ask()
            assert response.status_code == 200
            assert response.headers["content-type"].startswith("application/json")
            with pytest.raises(ValueError, match=r"Expecting|Unterminated|Invalid|decode"):
                response.json()


async def test_another_encoding_than_said(bench: Bench) -> None:
    good = (await bench.ask()).json()
    bench.fail(Kind.WRONG_ENCODING)
    async with well_again(bench):
        content = (await bench.ask()).content
        with pytest.raises(UnicodeDecodeError):
            content.decode()
        assert json.loads(content.decode("utf-16")) == good


async def test_mojibake(bench: Bench) -> None:
    good = await bench.ask()
    bench.fail(Kind.MOJIBAKE)
    async with well_again(bench):
        bad = await bench.ask()
        assert bad.json()
        assert "á»" in bad.text
        assert bad.text.encode("latin-1") == good.content


async def test_expired_session(bench: Bench) -> None:
    bench.fail(Kind.EXPIRED)
    response = await bench.ask()
    refused = response.json().get("error_code") == -1 or response.status_code == 401
    assert refused
    assert not bench.world.sessions
    assert not bench.world.tokens


async def test_too_many(bench: Bench) -> None:
    bench.fail(Kind.TOO_MANY, seconds=7)
    async with well_again(bench):
        response = await bench.ask()
        assert (response.status_code, response.headers["retry-after"]) == (429, "7")


async def test_reset(bench: Bench) -> None:
    bench.fail(Kind.RESET)
    async with well_again(bench):
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await bench.ask()


async def test_future_dates(bench: Bench) -> None:
    good = await bench.record()
    bench.fail(Kind.FUTURE_DATES)
    async with well_again(bench):
        bad = await bench.record()
        for key in (
            ("NgayTiepNhan", "NgayHenTra")
            if bench.protocol == "dvcqg"
            else ("acceptedDate", "appointmentDate")
        ):
            assert int(bad[key][:4]) == int(good[key][:4]) + 8


async def test_nulls(bench: Bench) -> None:
    good = await bench.record()
    bench.fail(Kind.NULLS)
    async with well_again(bench):
        bad = await bench.record()
        kept = {key for key, value in bad.items() if value is not None}
        assert kept <= {
            "MaHoSo",
            "TrangThaiHoSo",
            "code",
            "id",
            "dossierStatus",
            "dossierTaskStatus",
            "dossierMenuTaskRemind",
        }
        assert None in bad.values()
        assert len(bad) < len(good)


async def test_another_dossier(bench: Bench) -> None:
    bench.fail(Kind.OTHER_CODE)
    async with well_again(bench):
        other = await bench.record()
        assert other.get("MaHoSo", other.get("code")) != bench.code


async def test_unknown_status(bench: Bench) -> None:
    bench.fail(Kind.UNKNOWN_STATUS)
    async with well_again(bench):
        record = await bench.record()
        said = record.get("TrangThaiHoSo") or record["dossierStatus"]["name"]
        assert said
        assert status_named(said) is None


async def test_missing_status(bench: Bench) -> None:
    bench.fail(Kind.MISSING_STATUS)
    async with well_again(bench):
        assert not {"TrangThaiHoSo", "dossierStatus", "dossierTaskStatus"} & (await bench.record()).keys()


def test_every_kind_is_tested() -> None:
    source = pathlib.Path(__file__).read_text(encoding="utf-8")
    assert [k.name for k in Kind if f"Kind.{k.name}" not in source] == []


async def test_which_answers_are_struck(bench: Bench) -> None:
    other = bench.world.other(bench.code)
    bench.fail(Kind.SERVER_ERROR, code=other, times=2)
    assert [(await bench.ask(c)).status_code for c in (bench.code, other, other, other)] == [
        200,
        500,
        500,
        200,
    ]
    bench.world.failures.add(Failure(Kind.SERVER_ERROR, times=None))
    assert [(await bench.ask()).status_code for _ in range(3)] == [500] * 3
    bench.world.failures.clear()
    wrong: Protocol = "igate" if bench.protocol == "dvcqg" else "dvcqg"
    bench.world.failures.add(Failure(Kind.SERVER_ERROR, wrong))
    assert (await bench.ask()).status_code == 200
    bench.world.failures.clear(wrong)
    bench.fail(Kind.SERVER_ERROR, where="login")
    assert (await bench.ask()).status_code == 200
    path = "/dvcqg/login" if bench.protocol == "dvcqg" else Igate.TOKEN
    assert (await bench.http.post(path)).status_code == 500
    assert bench.world.failures.struck["error_500"] == 6

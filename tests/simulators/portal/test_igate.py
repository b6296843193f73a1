"""iGate: tokens, the four GETs, and every way in which one thing is written."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from typing import Any

from core.dossiers.model import Status, status_named
from simulators.portal.world import TOKEN_SECONDS
from tests.simulators.portal.made import Igate, at, in_status, inside, world

SLICE = ["content", "last", "number", "size", "numberOfElements", "first", "empty"]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0[07]00")


def name_of(value: Any) -> str:
    """A name in either of its forms."""
    return value if isinstance(value, str) else next(v["name"] for v in value if v["languageId"] == 228)


async def test_a_token_as_keycloak_gives_it() -> None:
    seconds = [0.0]
    made = world(monotonic=lambda: seconds[0])
    async with inside(made) as http:
        client = Igate(http, made)
        answer = await client.login()
        assert answer["token_type"] == "Bearer"
        assert answer["expires_in"] == TOKEN_SECONDS
        assert (await client.get("/dossier/search", code="x")).status_code == 200
        seconds[0] = float(TOKEN_SECONDS)
        late = await client.get("/dossier/search", code="x")
        assert (late.status_code, late.json()["error"]) == (401, "invalid_token")
        client.token = ""
        none = await client.get("/dossier/search", code="x")
        assert (none.status_code, none.json()["error"]) == (401, "unauthorized")
        wrong = await http.post(client.TOKEN, data={"grant_type": "client_credentials"}, auth=("ai", "đó"))
        assert (wrong.status_code, wrong.json()["error"]) == (401, "unauthorized_client")
        grant = await http.post(
            client.TOKEN, data={"grant_type": "password"}, auth=(made.client, made.secret)
        )
        assert (grant.status_code, grant.json()["error"]) == (400, "unsupported_grant_type")


async def test_the_public_lookup_names_nobody_who_could_be_called() -> None:
    made = world()
    async with inside(made) as http:
        client = Igate(http, made)
        for dossier in list(made.dossiers())[::40]:
            response = await client.public(dossier.code.lower())
            assert response.headers["content-type"] == "application/json"
            assert list(response.json()) == SLICE
            (row,) = response.json()["content"]
            assert (row["id"], row["code"]) == (dossier.ident, dossier.code)
            assert set(row["applicant"]["data"]) == {"fullname", "ownerFullname"}
            text = response.content.decode()
            assert dossier.owner.identity not in text
            assert dossier.owner.phone[1:] not in text
            assert dossier.owner.address not in text
        nothing = await client.public("H15.50.05.13-261008-9999")
        assert nothing.content == (
            b'{"content":[],"last":true,"number":0,"size":10,"numberOfElements":0,"first":true,"empty":true}'
        )


async def test_one_thing_is_written_in_many_ways() -> None:
    made = world()
    seen: Counter[str] = Counter()
    async with inside(made) as http:
        client = Igate(http, made)
        await client.login()
        rows = (await client.get("/dossier/search", size=1000)).json()["content"]
    for row in rows:
        dossier = made.find(row["code"])
        assert dossier
        state = made.state(dossier)
        status, task = row["dossierStatus"], row["dossierTaskStatus"]
        said = name_of(task["name"] if isinstance(status, int) else status["name"])
        assert status_named(said) is state.status
        assert said == state.last.name
        for moment, wanted in ((row["appliedDate"], dossier.handed_in), (row["appointmentDate"], state.due)):
            assert (moment is None) == (wanted is None)
            assert wanted is None or (TIME.fullmatch(moment) and dt.datetime.fromisoformat(moment) == wanted)
        seen[f"status {type(status).__name__}"] += 1
        seen[f"task {type(task['name']).__name__ if task else None}"] += 1
        seen[f"translate {type(row['procedure']['translate']).__name__}"] += 1
        seen[f"agency {type(row['agency']['name']).__name__}"] += 1
        seen[f"zone {row['appliedDate'][-5:]}"] += 1
        seen[f"phone {row['applicant']['data']['phoneNumber'][0]}"] += 1
        seen[f"due {row['dueDate'] is None}"] += 1
        if isinstance(row["agency"]["name"], list):
            seen[f"first language {row['agency']['name'][0]['languageId']}"] += 1
    assert len(seen) == 17
    assert min(seen.values()) > 50, seen


async def test_the_search_finds_by_every_condition() -> None:
    made = world()
    some = in_status(made, Status.PROCESSING)
    due = made.state(some).due
    assert due
    async with inside(made) as http:
        client = Igate(http, made)
        await client.login()

        async def found(**query: Any) -> list[dict[str, Any]]:
            response = await client.get("/dossier/search", size=1000, spec="slice", **query)
            return list(response.json()["content"])

        assert [r["id"] for r in await found(code=some.code)] == [some.ident]
        assert [r["id"] for r in await found(identity_number=some.owner.identity)] == [some.ident]
        assert some.ident in {r["id"] for r in await found(applicant_name=some.owner.name.upper())}
        assert some.ident in {r["id"] for r in await found(dossier_status="2,5")}
        assert some.ident not in {r["id"] for r in await found(dossier_status="4")}
        day = due.date().isoformat()
        of_day = await found(appointment_from=day, appointment_to=day, sort="appointmentDate,asc")
        times = [dt.datetime.fromisoformat(r["appointmentDate"]) for r in of_day]
        assert some.ident in {r["id"] for r in of_day}
        assert times == sorted(times)
        assert {t.astimezone(due.tzinfo).date() for t in times} == {due.date()}
        accepted = await found(accepted_from="2026-11-20T00:00:00.000+0700")
        assert accepted
        assert all(dt.datetime.fromisoformat(r["acceptedDate"]) >= at(2026, 11, 20) for r in accepted)
        for bad in ({"dossier_status": "x"}, {"appointment_from": "x"}, {"page": -1}, {"size": "x"}):
            assert (await client.get("/dossier/search", **bad)).status_code == 400


async def test_pages_follow_one_another() -> None:
    made = world()
    async with inside(made) as http:
        client = Igate(http, made)
        await client.login()
        pages = [
            (await client.get("/dossier/search", page=n, size=700, spec="page")).json() for n in range(4)
        ]
    assert [p["numberOfElements"] for p in pages] == [700, 700, 600, 0]
    assert [p["last"] for p in pages] == [False, False, True, True]
    assert [p["first"] for p in pages] == [True, False, False, False]
    assert pages[0]["totalElements"] == 2000
    assert len({r["id"] for p in pages for r in p["content"]}) == 2000


async def test_one_dossier_whole_and_its_fees() -> None:
    made = world()
    waiting = in_status(made, Status.PAYMENT)
    async with inside(made) as http:
        client = Igate(http, made)
        await client.login()
        whole = (await client.get(f"/dossier/{waiting.ident}/--online")).json()
        assert whole["applicant"]["data"]["identityNumber"] == waiting.owner.identity
        assert [t["isCurrent"] for t in whole["task"]][-1] == 1
        assert len(whole["task"]) == len(made.state(waiting).events)
        assert [f["formName"] for f in whole["dossierFormFile"]] == list(waiting.kind.papers)
        fees = await client.get("/dossier-fee/--by-dossiers", dossier_ids=waiting.ident, required="")
        (row,) = fees.json()
        assert (row["amount"], row["paid"], row["dossier"]) == (waiting.kind.fee, 0, {"id": waiting.ident})
        made.pay(waiting)
        (row,) = (await client.get("/dossier-fee/--by-dossiers", dossier_ids=waiting.ident)).json()
        assert row["paid"] == row["amount"]
        assert (await client.get("/dossier/000000000000000000000000/--online")).status_code == 404
        assert (await client.get("/dossier-fee/--by-dossiers", dossier_ids="")).content == b"[]"


async def test_texts_are_sent_as_they_are() -> None:
    made = world()
    dossier = next(made.newest())
    async with inside(made) as http:
        response = await Igate(http, made).public(dossier.code)
    assert json.dumps(dossier.kind.name, ensure_ascii=False).encode() in response.content
    assert b"\\u" not in response.content

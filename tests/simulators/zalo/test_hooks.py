"""Events: their shape, signature, retries, and what forgers post."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.zalo import attacks
from simulators.zalo.server import create
from tests.simulators.zalo.made import JPEG, Oa, Receiver, inside, world, wrote

Serve = Callable[[object], Awaitable[str]]


def right(made: Any, headers: dict[str, str], raw: bytes) -> bool:
    """The check of the platform's documentation, in both variants."""
    timestamp = headers.get("x-zevent-timestamp") or json.loads(raw).get("timestamp", "0")
    secret = made.identity.oa_secret if made.switches.signature_secret == "oa" else made.identity.app_secret
    whole = made.identity.app.encode() + raw + timestamp.encode() + secret.encode()
    return headers.get("x-zevent-signature") == f"mac={hashlib.sha256(whole).hexdigest()}"


async def test_every_kind_of_event() -> None:
    made = world()
    receiver = Receiver().attach(made)
    people = made.people
    hoa = people.add()
    people.write(hoa, "tra cứu")
    people.tap(hoa, "#tra_cuu")
    people.image(hoa, JPEG, "biên nhận")
    people.location(hoa, 13.08, 109.29)
    people.sticker(hoa)
    people.audio(hoa)
    people.file(hoa)
    for kind in ("link", "gif", "video", "business_card"):
        people.other(hoa, kind)
    people.follow(hoa)
    people.follow(hoa, follows=False)
    people.submit(hoa)
    people.receive(hoa, "m1")
    people.see(hoa, "m1", "m2")
    people.claim_rights(hoa)
    people.staff(hoa, "Chào chị")
    assert await made.push() == 18
    by_name = {b["event_name"]: b for b in receiver.bodies}
    assert len(by_name) == 17
    assert {b["app_id"] for b in receiver.bodies} == {made.identity.app}
    assert all(isinstance(b["timestamp"], str) for b in receiver.bodies)
    assert receiver.bodies[1]["message"]["text"] == "#tra_cuu"
    place = by_name["user_send_location"]["message"]["attachments"][0]["payload"]["coordinates"]
    assert place == {"latitude": "13.08", "longitude": "109.29"}
    assert by_name["unfollow"]["follower"] == {"id": hoa.id}
    assert by_name["user_submit_info"]["info"]["phone"] == "84987654321"
    assert by_name["user_submit_info"]["sender"] == {"id": hoa.id}
    assert by_name["user_seen_message"]["message"] == {"msg_ids": ["m1", "m2"]}
    assert by_name["oa_send_text"]["recipient"] == {"id": hoa.id}
    assert by_name["oa_send_text"]["admin_id"] == "1001"
    assert all(right(made, *got) for got in receiver.got)


async def test_a_picture_is_served() -> None:
    made = world()
    event = made.people.image(made.people.add(), JPEG)
    url = event.body["message"]["attachments"][0]["payload"]["url"]
    async with inside(made) as http:
        got = await http.get(url.removeprefix(made.media.base))
        assert (got.content, got.headers["content-type"]) == (JPEG, "image/jpeg")
        assert (await http.get("/media/unknown")).status_code == 404


@pytest.mark.parametrize("secret", ["oa", "app"])
@pytest.mark.parametrize("timestamp", ["body", "header"])
async def test_all_variants_of_the_signature(
    secret: Literal["oa", "app"], timestamp: Literal["body", "header"]
) -> None:
    made = world(signature_secret=secret, signature_timestamp=timestamp)
    receiver = Receiver().attach(made)
    wrote(made, "Đăng ký khai sinh")
    await made.push()
    ((headers, raw),) = receiver.got
    assert right(made, headers, raw)
    assert ("x-zevent-timestamp" in headers) == (timestamp == "header")


async def test_the_ladder_and_its_end() -> None:
    made = world()
    receiver = Receiver().attach(made)
    receiver.answers.extend([500, 302, 404, 500, 500, 201])
    wrote(made)
    for wait in (0, 30, 300, 900, 1800, 3600):
        made.clock.advance(seconds=wait - 1 if wait else 0)
        if wait:
            assert await made.push() == 0
            made.clock.advance(seconds=1)
        await made.push()
    assert [h.get("num_retry") for h, _ in receiver.got] == [None, "1", "2", "3", "4", "5"]
    assert len({raw for _, raw in receiver.got}) == 1
    assert made.hooks.disabled
    wrote(made)
    await made.push()
    assert (len(receiver.got), len(made.hooks.lost)) == (6, 2)
    made.hooks.configure("http://testserver/hook")
    wrote(made)
    assert await made.push() == 1


async def test_a_retry_that_is_taken_ends_the_ladder_and_events_can_repeat() -> None:
    made = world()
    receiver = Receiver().attach(made)
    receiver.answers.append(503)
    wrote(made)
    await made.push()
    made.clock.advance(seconds=30)
    assert await made.push() == 1
    made.hooks.repeat(made.hooks.events[0])
    assert await made.push() == 1
    assert {b["message"]["msg_id"] for b in receiver.bodies} == {made.hooks.events[0].msg_id}


async def test_two_seconds_are_the_limit(serve: Serve) -> None:
    async def slow(_: Request) -> Response:
        await asyncio.sleep(0.2)
        return Response()

    made = world()
    made.hooks.seconds = 0.05
    made.hooks.configure(await serve(Starlette(routes=[Route("/", slow, methods=["POST"])])))
    wrote(made)
    assert await made.push() == 0
    assert made.hooks.events[0].answers == [0]
    made.hooks.seconds = 2.0
    made.clock.advance(seconds=30)
    assert await made.push() == 1


async def test_our_own_sends_come_back() -> None:
    for echo, count in ((True, 1), (False, 0)):
        made = world(echo=echo)
        person = wrote(made)
        async with inside(made) as http:
            answer = await Oa(http, made).cs(person, "Chào bạn")
        echoes = [e for e in made.hooks.events if e.name == "oa_send_text"]
        assert len(echoes) == count
        assert all(e.msg_id == answer["data"]["message_id"] for e in echoes)


async def test_forgeries_are_wrong_in_one_way_each() -> None:
    made = world()
    wrote(made)
    event, hooks = made.hooks.events[0], made.hooks

    def low(post: attacks.Post) -> dict[str, str]:
        return {k.lower(): v for k, v in post.headers.items()}

    assert right(made, low(attacks.genuine(event)), event.raw)
    for bad in (attacks.unsigned(event), attacks.forged(hooks, event), attacks.altered(event, text="khác")):
        assert not right(made, low(bad), bad.body)
    cut = attacks.truncated(event)
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(cut.body)
    for good in (attacks.stale(hooks, event), attacks.oversized(hooks, event), attacks.signed(hooks, {})):
        assert right(made, low(good), good.body)
    assert len(attacks.oversized(hooks, event).body) > 2 * 1024 * 1024
    receiver = Receiver()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(receiver.app())) as client:
        assert (await cut.send(client, "http://testserver/hook")).status_code == 200
    assert receiver.got[0][1] == cut.body


async def test_a_pump_posts_by_itself(serve: Serve) -> None:
    made, receiver = world(), Receiver()
    made.hooks.configure(await serve(receiver.app()) + "/hook")
    made.media.base = await serve(create(made, pump=0.01))
    wrote(made)
    async with asyncio.timeout(5):
        while not receiver.got:
            await asyncio.sleep(0.01)
    assert receiver.bodies[0]["event_name"] == "user_send_text"


async def test_submitted_forms_may_name_the_person_as_recipient() -> None:
    made = world(submit_from_oa=True)
    person = made.people.add()
    assert made.people.submit(person, phone="84911111111").body["recipient"] == {"id": person.id}

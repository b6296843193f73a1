"""ZBS templates by phone and by UID."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.zalo.made import DATA, Oa, Receiver, inside, world, wrote


async def test_a_template_is_sent_paid_and_reported() -> None:
    made = world()
    receiver = Receiver().attach(made)
    made.people.add()
    async with inside(made) as http:
        oa = Oa(http, made)
        answer = (await oa.zbs())["data"]
        assert answer["quota"] == {"dailyQuota": "500", "remainingQuota": "499"}
        assert made.zbs.balance == 1_000_000 - 800
        query = {"message_id": answer["msg_id"], "phone": "84987654321"}
        assert (await oa.get("/message/status", query))["data"]["status"] == 0
        assert await made.push() == 0
        made.clock.advance(seconds=3)
        assert await made.push() == 1
        assert (await oa.get("/message/status", query))["data"]["status"] == 1
        assert (await oa.get("/message/status", {**query, "phone": "84"}))["data"]["status"] == -1
        assert (await oa.get("/message/quota", {}))["data"]["remainingQuota"] == "499"
        assert (await oa.get("/template/info/v2", {"template_id": "1"}))["data"]["price_sdt"] == "800"
    ((headers, _),) = receiver.got
    (body,) = receiver.bodies
    assert headers["x-zevent-server"] == "ZNS"
    assert (body["sender"]["id"], body["recipient"]["id"]) == (made.identity.oa, "84987654321")
    assert body["message"]["tracking_id"] == "nhac-1"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"phone": "0987654321"}, -108),
        ({"phone": "84900000000"}, -118),
        ({"tracking_id": None}, -1121),
        ({"tracking_id": "a" * 49}, -1121),
        ({"template_id": "2"}, -109),
        ({"template_data": {**DATA, "ngay_hen": ""}}, -1122),
        ({"template_data": {**DATA, "ngay_hen": "2026-11-24"}}, -1123),
        ({"template_data": {**DATA, "ngay_hen": "08:00 24/11/2026"}}, 0),
        ({"template_data": {**DATA, "ten_thu_tuc": "a" * 31}}, -1124),
        ({"template_data": None}, -1122),
        ({"mode": "development"}, 0),
    ],
)
async def test_parameters_are_checked(change: dict[str, Any], code: int) -> None:
    made = world()
    made.people.add()
    async with inside(made) as http:
        assert (await Oa(http, made).zbs(**change))["error"] == code
    assert len(made.sent) == (code == 0)


async def test_what_stops_a_template() -> None:
    made = world()
    person = made.people.add()
    template = made.zbs.templates["1"]
    async with inside(made) as http:
        oa = Oa(http, made)
        for change, undo, code in (
            ({"approved": False}, {"approved": True}, -131),
            ({"quota": 0}, {"quota": None}, -147),
            ({"price_phone": 2_000_000}, {"price_phone": 800}, -115),
        ):
            for name, value in change.items():
                setattr(template, name, value)
            assert (await oa.zbs())["error"] == code
            for name, value in undo.items():
                setattr(template, name, value)
        for refusal in (-114, -119, -139, -141):
            person.template_refusal = refusal
            assert (await oa.zbs())["error"] == refusal
        person.template_refusal = 0
        made.zbs.daily = 1
        assert [(await oa.zbs())["error"] for _ in range(2)] == [0, -144]
        made.clock.advance(hours=12)
        assert (await oa.zbs())["error"] == -133
        made.clock.advance(hours=8, minutes=5)
        assert (await oa.zbs())["error"] == 0


async def test_by_uid_no_window_and_no_tracking_id() -> None:
    made = world()
    person = made.people.add()
    template = made.zbs.templates["1"]
    async with inside(made) as http:
        oa = Oa(http, made)
        assert (await oa.uid(person))["error"] == 0
        assert made.zbs.balance == 1_000_000 - 560
        made.zbs.linked = False
        assert (await oa.uid(person))["error"] == -320
        made.zbs.linked, made.zbs.balance = True, 0
        assert (await oa.uid(person))["error"] == -321
        template.by_uid = False
        assert (await oa.uid(person))["error"] == -249
        template.by_uid, template.tag = True, 3
        made.clock.advance(hours=13)
        assert (await oa.uid(person))["error"] == -234
        person.blocked = True
        assert (await oa.uid(person))["error"] == -217
    assert [s.channel for s in made.sent] == ["uid_template"]
    assert wrote(made).last_interaction == made.clock.now()

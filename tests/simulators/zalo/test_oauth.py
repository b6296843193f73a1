"""Consent, the first pair, rotation."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.simulators.zalo.made import Oa, challenge, inside, world, wrote


async def test_consent_gives_a_code_that_gives_a_pair() -> None:
    made = world()
    async with inside(made) as http:
        query = {
            "app_id": made.identity.app,
            "redirect_uri": made.identity.callback,
            "code_challenge": challenge(),
            "state": "s1",
        }
        back = await http.get("/v4/oa/permission", params=query)
        assert back.status_code == 302
        told = parse_qs(urlsplit(back.headers["location"]).query)
        assert (told["state"], told["oa_id"]) == (["s1"], [made.identity.oa])
        oa = Oa(http, made)
        answer = await oa.exchange(told["code"][0])
        assert set(answer) == {"access_token", "refresh_token", "expires_in"}
        assert answer["expires_in"] == "90000"
        assert (await oa.exchange(told["code"][0]))["error"] == -14005
        for wrong, code in (({"app_id": "1"}, -14002), ({"redirect_uri": "https://x"}, -14003)):
            refused = (await http.get("/v4/oa/permission", params={**query, **wrong})).json()
            assert (refused["error"], bool(refused["error_name"])) == (code, True)


async def test_a_code_lives_ten_minutes_and_needs_its_verifier() -> None:
    made = world()
    async with inside(made) as http:
        oa = Oa(http, made)
        assert (await oa.exchange(made.tokens.consent(challenge()), "another"))["error"] == -14003
        code = made.tokens.consent(challenge())
        made.clock.advance(minutes=10)
        assert (await oa.exchange(code))["error"] == -14005


async def test_a_refresh_token_serves_once_and_kills_the_old_pair() -> None:
    made = world()
    person = wrote(made)
    async with inside(made) as http:
        oa = Oa(http, made)
        assert (await oa.cs(person))["error"] == 0
        new = await oa.renew()
        assert (await oa.cs(person))["error"] == -216
        assert (await oa.renew())["error"] == -14014
        oa.pair = made.tokens.history[-1]
        assert oa.pair.access == new["access_token"]
        assert (await oa.cs(person))["error"] == 0
        assert made.tokens.refusals == [-14014]


@pytest.mark.parametrize("code", [-216, -220])
async def test_an_access_token_lives_25_hours_and_a_refresh_token_three_months(code: int) -> None:
    made = world(expired_code=code)
    person = wrote(made)
    async with inside(made) as http:
        oa = Oa(http, made)
        made.clock.advance(seconds=89_999)
        assert (await oa.cs(person))["error"] == 0
        made.clock.advance(seconds=1)
        assert (await oa.cs(person))["error"] == code
        assert (await oa.zbs())["error"] == -124
        await oa.renew()
        oa.pair = made.tokens.history[-1]
        made.clock.advance(days=90)
        assert (await oa.renew())["error"] == -14014


async def test_what_is_wrong_is_told_with_200() -> None:
    made = world()
    async with inside(made) as http:
        oa = Oa(http, made)
        assert (await oa.token("wrong", grant_type="refresh_token"))["error"] == -14004
        assert (await oa.token(grant_type="password"))["error"] == -14018
        assert (await oa.token(app_id="1", grant_type="refresh_token"))["error"] == -14002


async def test_the_token_is_a_bare_header() -> None:
    made = world()
    person = wrote(made)
    body = {"recipient": {"user_id": person.id}, "message": {"text": "a"}}
    async with inside(made) as http:
        oa = Oa(http, made)
        for headers in (
            {"x": "y"},
            {"access_token": f"Bearer {oa.pair.access}"},
            {"Authorization": oa.pair.access},
        ):
            assert (await oa.post("/v3.0/oa/message/cs", body, **headers))["error"] == -216
    assert made.sent == []

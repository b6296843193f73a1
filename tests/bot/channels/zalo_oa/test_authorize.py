"""The first pair: consent, code, exchange, stored."""

from __future__ import annotations

import datetime as dt

import httpx
import pytest
import typer
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from bot.channels.zalo_oa import authorize
from bot.channels.zalo_oa.authorize import Authorizer, Setup, code_of, command
from bot.channels.zalo_oa.oauth import Challenge, OAuth, OAuthAway, OAuthRefused, challenge, consent_url
from bot.channels.zalo_oa.vault import Vault
from core.db import engine as engines
from core.errors import AssistantError
from simulators.zalo.server import create
from simulators.zalo.tokens import challenge_of
from simulators.zalo.world import World
from tests.bot.channels.zalo_oa.conftest import CONFIG, IDENTITY, SECRET


@pytest.fixture
def vault(engine: AsyncEngine, world: World) -> Vault:
    return Vault(engine, SECRET, "zalo", world.clock.now)


def client_of(world: World) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(create(world)))


async def test_consent_code_and_the_stored_pair(world: World, vault: Vault) -> None:
    proof = challenge()
    async with client_of(world) as client:
        answer = await client.get(consent_url(CONFIG, IDENTITY.callback, proof))
        assert answer.status_code == 302
        await Authorizer(CONFIG, vault, client).with_code(answer.headers["location"], proof)
        kept = await vault.read()
        assert kept is not None
        assert (kept.access, kept.refresh) == (world.tokens.current.access, world.tokens.current.refresh)
        assert kept.expires_at - kept.renewed_at == dt.timedelta(hours=25)
        with pytest.raises(AssistantError, match="refused"):
            await Authorizer(CONFIG, vault, client).with_code(answer.headers["location"], proof)
    assert await vault.read() == kept


async def test_the_refresh_token_of_the_console_is_proved_before_it_replaces_anything(
    world: World, vault: Vault
) -> None:
    issued = world.tokens.issue()
    async with client_of(world) as client:
        authorizer = Authorizer(CONFIG, vault, client)
        await authorizer.with_refresh_token(f" {issued.refresh}\n")
        kept = await vault.read()
        for wrong in ("", "mistyped", issued.refresh):
            with pytest.raises(AssistantError):
                await authorizer.with_refresh_token(wrong)
    assert kept is not None
    assert kept.access == world.tokens.current.access
    assert await vault.read() == kept


def test_what_may_be_pasted() -> None:
    assert code_of(" abc_-1 ", "s") == "abc_-1"
    assert code_of("code=abc&state=s", "s") == "abc"
    assert code_of("https://a.vn/cb?code=abc&oa_id=1", "s") == "abc"
    for wrong in ("", "two words", "https://a.vn/cb?code=abc&state=other", "code=&state=s"):
        with pytest.raises(AssistantError):
            code_of(wrong, "s")


OAUTH = [
    ("pair", httpx.Response(200, json={"access_token": "a", "refresh_token": "r", "expires_in": "90000"}), None),
    ("error", httpx.Response(200, json={"error": -14014}), OAuthRefused),
    ("busy", httpx.Response(200, json={"error": -32}), OAuthAway),
    ("no pair", httpx.Response(200, json={"access_token": "a"}), OAuthAway),
    ("page", httpx.Response(200, text="<html>"), OAuthAway),
    ("500", httpx.Response(500, json={"error": -1}), OAuthAway),
    ("list", httpx.Response(200, json=[]), OAuthAway),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "error"), [c[1:] for c in OAUTH], ids=[c[0] for c in OAUTH])
async def test_answers_of_the_token_endpoint(answer: httpx.Response, error: type[Exception] | None) -> None:
    seen: list[httpx.Request] = []

    def answered(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer

    async with httpx.AsyncClient(transport=httpx.MockTransport(answered)) as client:
        oauth = OAuth(client, CONFIG)
        if error:
            with pytest.raises(error):
                await oauth.refresh("r0")
        else:
            assert (await oauth.refresh("r0")).lasts == dt.timedelta(hours=25)
    assert seen[0].headers["secret_key"] == CONFIG.app_secret
    assert seen[0].content == f"refresh_token=r0&grant_type=refresh_token&app_id={CONFIG.app_id}".encode()


@pytest.mark.parametrize(
    ("error", "sure"),
    [(httpx.ConnectError(""), True), (httpx.ReadTimeout(""), False)],
    ids=["before", "after"],
)
async def test_whether_a_failure_may_have_used_the_token_up(error: httpx.HTTPError, sure: bool) -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise error

    async with httpx.AsyncClient(transport=httpx.MockTransport(broken)) as client:
        with pytest.raises(OAuthAway) as away:
            await OAuth(client, CONFIG).refresh("r0")
    assert away.value.sure is sure


def test_the_command(world: World, tmp_path, monkeypatch) -> None:
    proof = Challenge("verifier-" * 6, "", "state")
    made = Challenge(proof.verifier, challenge_of(proof.verifier), "state")
    monkeypatch.setattr(authorize, "challenge", lambda: made)
    real = httpx.AsyncClient
    monkeypatch.setattr(
        authorize.httpx, "AsyncClient", lambda **_: real(transport=httpx.ASGITransport(create(world)))
    )
    code = world.tokens.consent(made.challenge)
    app = typer.Typer()
    app.command("zalo-authorize")(
        command(
            lambda: Setup(
                CONFIG, engines.create(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}"), SECRET, IDENTITY.callback
            )
        )
    )
    done = CliRunner().invoke(app, [], input=f"{IDENTITY.callback}?code={code}&state=state\n")
    assert done.exit_code == 0, done.output
    assert made.challenge in done.output
    assert made.verifier not in done.output
    assert authorize.DONE in done.output
    pasted = CliRunner().invoke(app, ["--refresh-token"], input=f"{world.tokens.current.refresh}\n")
    assert pasted.exit_code == 0, pasted.output
    assert len(world.tokens.history) == 2

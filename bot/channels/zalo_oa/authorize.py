"""``python -m bot zalo-authorize``: an administrator of the account consents; the first pair is stored.

Register it with ``app.command("zalo-authorize")(command(setup))`` where ``setup`` reads the settings.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import httpx
import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.zalo_oa.api import TIMEOUT
from bot.channels.zalo_oa.config import NAME, Config
from bot.channels.zalo_oa.oauth import Challenge, OAuth, OAuthAway, OAuthRefused, Pair, challenge, consent_url
from bot.channels.zalo_oa.vault import Vault
from core.db.migrate import upgrade
from core.errors import AssistantError
from core.secret import Secret

EXPLAIN = """Mở địa chỉ sau bằng tài khoản quản trị của Official Account và bấm đồng ý:

{url}

Trang quản lý ứng dụng (developers.zalo.me, mục Official Account) phải có sẵn:
  Callback URL:   {callback}
  Code challenge: {challenge}

Sau khi đồng ý, trình duyệt được chuyển về Callback URL. Chép cả địa chỉ đó (hoặc phần code=…) vào đây
trong vòng 10 phút."""
DONE = "Đã lưu mã truy cập của Official Account. Các tiến trình đang chạy tự dùng mã mới."


@dataclass(frozen=True, slots=True)
class Setup:
    """What the command needs from the settings; ``callback`` is the callback URL of the console."""

    config: Config
    engine: AsyncEngine
    secret: Secret
    callback: str


class Authorizer:
    """Stores what the operator brings."""

    def __init__(self, config: Config, vault: Vault, client: httpx.AsyncClient) -> None:
        self._oauth, self._vault = OAuth(client, config), vault

    async def with_code(self, said: str, proof: Challenge) -> None:
        """Exchange the code (or the whole address it came in) and store the pair. Raises AssistantError."""
        code = code_of(said, proof.state)
        await self._store(lambda: self._oauth.exchange(code, proof.verifier))

    async def with_refresh_token(self, token: str) -> None:
        """Renew the pair of the console's API Explorer, which proves it, and store it. Raises AssistantError."""
        token = token.strip()
        if not token:
            raise AssistantError("zalo-authorize: empty refresh token")
        # Not stored before it is proved: a slip of the hand must not replace a pair that works.
        await self._store(lambda: self._oauth.refresh(token))

    async def _store(self, ask: Callable[[], Awaitable[Pair]]) -> None:
        try:
            pair = await ask()
        except OAuthRefused as error:
            raise AssistantError(
                f"zalo-authorize: Zalo refused it ({error}); a code lives 10 minutes and works once, a refresh "
                "token works once; check ZALO_APP_ID, ZALO_APP_SECRET, the callback URL and the challenge"
            ) from None
        except OAuthAway as error:
            raise AssistantError(f"zalo-authorize: no answer from Zalo ({error}); begin again") from None
        await self._vault.put(pair)


def code_of(said: str, state: str) -> str:
    """The code in what was pasted: itself, ``code=…``, or the address Zalo led back to.

    Raises:
        AssistantError: there is none, or the address belongs to another attempt.
    """
    said = said.strip()
    if "code=" not in said:
        if not said or not said.isprintable() or " " in said:
            raise AssistantError("zalo-authorize: no code in what was pasted")
        return said
    query = parse_qs(urlsplit(said).query or said.lstrip("?"))
    given = query.get("state", [state])[0]
    if not secrets.compare_digest(given.encode(), state.encode()):
        raise AssistantError("zalo-authorize: this address belongs to another attempt; begin again")
    code = query.get("code", [""])[0]
    if not code:
        raise AssistantError("zalo-authorize: no code in what was pasted")
    return code


def command(setup: Callable[[], Setup]) -> Callable[[bool], None]:
    """The command for typer; ``setup`` is called when it runs."""

    def zalo_authorize(
        paste: Annotated[
            bool,
            typer.Option(
                "--refresh-token", help="Take the refresh token of the console's API Explorer instead."
            ),
        ] = False,
    ) -> None:
        """Let the assistant send as the Zalo Official Account: consent once, then it renews by itself."""
        asyncio.run(_run(setup(), paste))

    return zalo_authorize


async def _run(made: Setup, paste: bool) -> None:
    def clock() -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    try:
        await upgrade(made.engine)
        vault = Vault(made.engine, made.secret, NAME, clock)
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            authorizer = Authorizer(made.config, vault, client)
            if paste:
                await authorizer.with_refresh_token(typer.prompt("Refresh token", hide_input=True))
            else:
                proof = challenge()
                url = consent_url(made.config, made.callback, proof)
                typer.echo(EXPLAIN.format(url=url, callback=made.callback, challenge=proof.challenge))
                await authorizer.with_code(typer.prompt("Địa chỉ hoặc code"), proof)
        typer.echo(DONE)
    finally:
        await made.engine.dispose()

"""OAuth v4: ``/v4/oa/permission`` (the page of consent) and ``/v4/oa/access_token``."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from simulators.zalo.answering import respond
from simulators.zalo.failures import Call
from simulators.zalo.refusals import Refusal
from simulators.zalo.world import World


def routes(world: World) -> list[Route]:
    """The addresses of https://oauth.zaloapp.com."""

    async def permission(request: Request) -> Response:
        query = dict(request.query_params)
        call = Call("oauth", "permission", arguments=query)

        async def produce() -> Any:
            if query.get("app_id") != world.identity.app:
                raise Refusal(-14002)
            if query.get("redirect_uri") != world.identity.callback:
                raise Refusal(-14003)
            return None

        response = await respond(world, request, call, produce)
        if call.error != 0:
            return response
        back = {"code": world.tokens.consent(query.get("code_challenge", "")), "oa_id": world.identity.oa}
        if "state" in query:
            back["state"] = query["state"]
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(back)}", 302)

    async def token(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        call = Call("oauth", "token", arguments={"grant_type": form.get("grant_type", "")})

        async def produce() -> Any:
            return _pair(world, request, form)

        return await respond(world, request, call, produce)

    return [
        Route("/v4/oa/permission", permission),
        Route("/v4/oa/access_token", token, methods=["POST"]),
    ]


def _pair(world: World, request: Request, form: dict[str, str]) -> dict[str, str]:
    """A new pair; what is wrong is kept in ``tokens.refusals``."""
    try:
        if form.get("app_id") != world.identity.app:
            raise Refusal(-14002)
        if not hmac.compare_digest(request.headers.get("secret_key", ""), world.identity.app_secret):
            raise Refusal(-14004)
        match form.get("grant_type"):
            case "authorization_code":
                pair = world.tokens.exchange(form.get("code", ""), form.get("code_verifier", ""))
            case "refresh_token":
                pair = world.tokens.renew(form.get("refresh_token", ""))
            case _:
                raise Refusal(-14018)
    except Refusal as refusal:
        world.tokens.refusals.append(refusal.code)
        raise
    return pair.as_dict()

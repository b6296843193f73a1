"""The HTTP face of the Bot Platform: ``/bot<token>/<method>``, https://bot-api.zaloplatforms.com.

Wrong arguments are answered ``ok:false`` with HTTP 200; a wrong token has a real 401, a used up plan a real 429.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.zalo.answering import json_body, respond
from simulators.zalo.bot import TEXT, Bot, BotHook, BotSent
from simulators.zalo.failures import Call
from simulators.zalo.refusals import Refusal
from simulators.zalo.world import World

Method = Callable[[Bot, dict[str, Any]], Awaitable[Any]]
_ABSENT = {"reply_markup", "buttons", "keyboard", "quick_replies", "inline_keyboard"}


def routes(world: World) -> list[Route]:
    """One route for all methods."""

    async def handle(request: Request) -> Response:
        token, method = request.path_params["token"], request.path_params["method"]
        arguments = await json_body(request)
        kept = {k: v for k, v in arguments.items() if k != "secret_token"}
        call = Call("bot", method, str(arguments.get("chat_id", "")), kept)

        async def produce() -> Any:
            if not hmac.compare_digest(token.encode(), world.bot.token.encode()):
                raise Refusal(401, "Unauthorized", 401)
            if method not in METHODS:
                raise Refusal(404, "Not Found", 404)
            return {"ok": True, "result": await METHODS[method](world.bot, arguments)}

        return await respond(world, request, call, produce)

    return [Route("/bot{token}/{method}", handle, methods=["GET", "POST"])]


async def _me(bot: Bot, _: dict[str, Any]) -> Any:
    ident = bot.token.partition(":")[0]
    return {"id": ident, "account_name": "bot.motcua", "account_type": "BASIC", "can_join_groups": False}


async def _get_updates(bot: Bot, arguments: dict[str, Any]) -> Any:
    """One update, not a list; 408 when none came in time."""
    if bot.hook:
        raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
    if not bot.updates:
        bot.arrived.clear()
        try:
            await asyncio.wait_for(bot.arrived.wait(), min(float(arguments.get("timeout") or 0), 60))
        except (TimeoutError, ValueError):
            raise Refusal(408, "Request timeout") from None
    return bot.updates.popleft()


async def _set_webhook(bot: Bot, arguments: dict[str, Any]) -> Any:
    url, secret = str(arguments.get("url", "")), str(arguments.get("secret_token", ""))
    if not url.startswith(("https://", "http://127.0.0.1", "http://localhost", "http://testserver")):
        raise Refusal(400, "Bad Request: url must be https")
    if not 8 <= len(secret) <= 256:
        raise Refusal(400, "Bad Request: secret_token must have 8 to 256 characters")
    bot.hook = BotHook(url, secret, int(bot.clock.ms()))
    return await _webhook_info(bot, {})


async def _delete_webhook(bot: Bot, _: dict[str, Any]) -> Any:
    bot.hook = None
    return {"url": "", "updated_at": int(bot.clock.ms())}


async def _webhook_info(bot: Bot, _: dict[str, Any]) -> Any:
    return {"url": bot.hook.url if bot.hook else "", "updated_at": bot.hook.updated_at if bot.hook else 0}


def _send(method: str, needed: str, optional: str = "") -> Method:
    """A method that sends; ``needed`` and ``optional`` are texts or addresses."""

    async def send(bot: Bot, arguments: dict[str, Any]) -> Any:
        absent = _ABSENT & arguments.keys()
        if absent:
            raise Refusal(400, f"Bad Request: {min(absent)} is not supported")
        value = arguments.get(needed)
        if not isinstance(value, str) or not value.strip():
            raise Refusal(400, f"Bad Request: {needed} is empty")
        for name in (needed, optional):
            if name in ("text", "caption") and len(str(arguments.get(name, ""))) > TEXT:
                raise Refusal(400, f"Bad Request: {name} is longer than {TEXT} characters")
        if method == "sendPhoto" and not value.startswith("https://"):
            raise Refusal(400, "Bad Request: photo must be an https url")
        chat = str(arguments.get("chat_id", ""))
        bot.spend(chat)
        sent = BotSent(method, chat, arguments, bot.ids.hexadecimal())
        bot.sent.append(sent)
        return {"message_id": sent.id, "date": int(bot.clock.ms())}

    return send


async def _chat_action(bot: Bot, arguments: dict[str, Any]) -> Any:
    if arguments.get("action") != "typing":
        raise Refusal(400, "Bad Request: action is not supported")
    if arguments.get("chat_id") not in bot.chats:
        raise Refusal(400, "Bad Request: chat not found")
    bot.typing.append(str(arguments["chat_id"]))
    return True


METHODS: dict[str, Method] = {
    "getMe": _me,
    "getUpdates": _get_updates,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _webhook_info,
    "sendMessage": _send("sendMessage", "text"),
    "sendPhoto": _send("sendPhoto", "photo", "caption"),
    "sendSticker": _send("sendSticker", "sticker"),
    "sendVoice": _send("sendVoice", "voice_url"),
    "sendChatAction": _chat_action,
}

"""The HTTP face of the simulated Bot API: ``/bot<token>/<method>`` and ``/file/bot<token>/<path>``."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.shared import pumping
from simulators.telegram.state import BotApiError, Webhook, World

Method = Callable[[World, dict[str, Any]], Awaitable[Any]]
_JSON = {"reply_markup", "allowed_updates", "commands"}
_SILENCE = 30.0  # seconds, longer than anybody waits
_MAX_DOWNLOAD = 20 * 1024 * 1024
_ME = {"id": 1, "is_bot": True, "first_name": "Một cửa", "username": "motcua_bot"}


def create(world: World, pump: float | None = None) -> Starlette:
    """The ASGI application over one World.

    Args:
        pump: every so many seconds waiting updates are posted to the webhook; None leaves it to :func:`push`.
    """

    client = httpx.AsyncClient(trust_env=False)

    async def post() -> None:
        if world.webhook and world.updates:
            await push(world, client)

    async def call(request: Request) -> Response:
        token, method = request.path_params["token"], request.path_params["method"]
        if token != world.token:
            return _error(BotApiError(401, "Unauthorized"))
        if method not in METHODS:
            return _error(BotApiError(404, "Not Found: method not found"))
        world.calls[method] += 1
        arguments = await _arguments(request)
        try:
            failure = world.failure(int(arguments["chat_id"])) if method == "sendMessage" else None
            return await _answer(world, METHODS[method], arguments, failure)
        except BotApiError as error:
            return _error(error)

    async def download(request: Request) -> Response:
        data = world.files.get(request.path_params["path"].removeprefix("photos/"))
        if request.path_params["token"] != world.token or data is None:
            return _error(BotApiError(404, "Not Found"))
        await asyncio.sleep(world.slow_files)
        return Response(data, media_type="application/octet-stream")

    return Starlette(
        routes=[
            Route("/bot{token}/{method}", call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", download),
        ],
        lifespan=pumping(post, pump),
    )


async def _answer(world: World, method: Method, arguments: dict[str, Any], failure: str | None) -> Response:
    if failure == "502":
        return Response("<html>Bad Gateway</html>", 502, media_type="text/html")
    if failure == "429":
        raise BotApiError(429, "Too Many Requests: retry after 1", retry_after=1)
    if failure == "lost":
        await asyncio.sleep(_SILENCE)
        return Response(status_code=504)
    result = await method(world, arguments)
    if failure == "drop":
        await asyncio.sleep(_SILENCE)  # delivered, but the answer never comes
    return JSONResponse({"ok": True, "result": result})


async def _arguments(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").startswith("application/json"):
        loaded = await request.json()
        return dict(loaded)
    form = parse_qsl((await request.body()).decode())
    return {key: _value(key, value) for key, value in form}


def _value(key: str, text: str) -> Any:
    """A field of a form: lists and objects are JSON, everything else is text."""
    return json.loads(text) if text[:1] in ("{", "[") and key in _JSON else text


def _error(error: BotApiError) -> JSONResponse:
    body: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return JSONResponse(body, error.code)


async def _me(_: World, __: dict[str, Any]) -> Any:
    return _ME


async def _chat_action(world: World, arguments: dict[str, Any]) -> Any:
    chat = int(arguments["chat_id"])
    if chat not in world.people:
        raise BotApiError(400, "Bad Request: chat not found")
    world.typing.append(chat)
    return True


async def _get_updates(world: World, arguments: dict[str, Any]) -> Any:
    if world.webhook:
        raise BotApiError(409, "Conflict: can't use getUpdates method while webhook is active")
    if world.poller and not world.poller.done():
        raise BotApiError(409, "Conflict: terminated by other getUpdates request")
    world.poller = asyncio.current_task()
    offset = int(arguments.get("offset") or 0)
    while world.updates and world.updates[0]["update_id"] < offset:
        world.updates.popleft()
    if not world.updates:
        world.arrived.clear()
        try:
            await asyncio.wait_for(world.arrived.wait(), float(arguments.get("timeout") or 0))
        except TimeoutError:
            return []
    return list(world.updates)


async def _set_webhook(world: World, arguments: dict[str, Any]) -> Any:
    world.webhook = Webhook(str(arguments["url"]), arguments.get("secret_token"))
    return True


async def _delete_webhook(world: World, _: dict[str, Any]) -> Any:
    world.webhook = None
    return True


async def _set_commands(world: World, arguments: dict[str, Any]) -> Any:
    """The menu: names of 1 to 32 small letters, digits and underscores, descriptions of 1 to 256 letters."""
    commands = arguments.get("commands") or []
    if len(commands) > 100:
        raise BotApiError(400, "Bad Request: too many commands")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command"))):
            raise BotApiError(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", "")).strip()) <= 256:
            raise BotApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands = {command["command"]: command["description"] for command in commands}
    return True


async def _webhook_info(world: World, _: dict[str, Any]) -> Any:
    hook = world.webhook
    info: dict[str, Any] = {"url": hook.url if hook else "", "has_custom_certificate": False}
    info["pending_update_count"] = len(world.updates)
    if hook and hook.last_error:
        info["last_error_message"] = hook.last_error
    return info


async def _send_message(world: World, arguments: dict[str, Any]) -> Any:
    markup = arguments.get("reply_markup") or {}
    paid = arguments.get("allow_paid_broadcast") in (True, "true")
    sent = world.deliver(int(arguments["chat_id"]), str(arguments.get("text", "")), markup, paid=paid)
    chat = {"id": sent.chat, "type": "private"}
    return {"message_id": sent.message_id, "date": 1_795_000_000, "chat": chat, "text": sent.text}


async def _answer_callback(world: World, arguments: dict[str, Any]) -> Any:
    world.answered_callbacks.append(str(arguments["callback_query_id"]))
    return True


async def _get_file(world: World, arguments: dict[str, Any]) -> Any:
    ident = str(arguments.get("file_id", ""))
    if ident not in world.files:
        raise BotApiError(400, "Bad Request: invalid file_id")
    size = len(world.files[ident])
    if size > _MAX_DOWNLOAD:
        raise BotApiError(400, "Bad Request: file is too big")
    found = {"file_id": ident, "file_unique_id": f"unique-{ident}", "file_size": size}
    return {**found, "file_path": f"photos/{ident}"}


METHODS: dict[str, Method] = {
    "getMe": _me,
    "setMyCommands": _set_commands,
    "sendChatAction": _chat_action,
    "getUpdates": _get_updates,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _webhook_info,
    "sendMessage": _send_message,
    "getFile": _get_file,
    "answerCallbackQuery": _answer_callback,
}


async def push(world: World, client: httpx.AsyncClient, tries: int = 3) -> None:
    """Post every waiting update to the webhook; anything but 2xx is sent again with the same id."""
    assert world.webhook is not None, "no webhook is set"
    headers = {"X-Telegram-Bot-Api-Secret-Token": world.webhook.secret} if world.webhook.secret else {}
    while world.updates:
        update = world.updates[0]
        for _ in range(tries):
            response = await client.post(world.webhook.url, json=update, headers=headers)
            if response.is_success:
                break
            world.webhook.last_error = f"Wrong response from the webhook: {response.status_code}"
        world.updates.popleft()

"""Official Account OpenAPI, https://openapi.zalo.me: messages, quota, uploads, people."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.zalo import media, messages
from simulators.zalo.answering import json_body, respond
from simulators.zalo.clock import milliseconds
from simulators.zalo.failures import Call
from simulators.zalo.people import Person
from simulators.zalo.refusals import Api, Refusal
from simulators.zalo.world import FREE, World

Handler = Callable[[World, dict[str, Any]], Any]
_LAST_OFFSET = 9951


def routes(world: World) -> list[Route]:
    """The addresses; ``/v2.0/oa/upload/…`` take forms, everything else JSON or ``?data=``."""
    return [
        post(world, "/v3.0/oa/message/cs", "cs", _cs),
        post(world, "/v3.0/oa/message/transaction", "transaction", _closed),
        post(world, "/v3.0/oa/message/promotion", "promotion", _closed),
        post(world, "/v3.0/oa/message/template", "template", _template),
        post(world, "/v3.0/oa/quota/message", "quota", _quota),
        post(world, "/v2.0/oa/message", "broadcast", _broadcast),
        get(world, "/v3.0/oa/user/getlist", "user_list", _user_list),
        get(world, "/v3.0/oa/user/detail", "user_detail", _user_detail),
        get(world, "/v2.0/oa/getoa", "getoa", _getoa),
        *(_upload(world, kind) for kind in ("image", "gif", "file")),
    ]


def post(world: World, path: str, method: str, handler: Handler, api: Api = "oa") -> Route:
    """A method that takes JSON."""

    async def handle(request: Request) -> Response:
        arguments = await json_body(request)
        return await answer(world, request, Call(api, method, _user(arguments), arguments), handler)

    return Route(path, handle, methods=["POST"])


def get(world: World, path: str, method: str, handler: Handler) -> Route:
    """A method that takes ``?data=<JSON>``."""

    async def handle(request: Request) -> Response:
        try:
            loaded = json.loads(request.query_params.get("data", "{}"))
        except ValueError:
            loaded = {}
        arguments = loaded if isinstance(loaded, dict) else {}
        return await answer(world, request, Call("oa", method, _user(arguments), arguments), handler)

    return Route(path, handle)


async def answer(world: World, request: Request, call: Call, handler: Handler) -> Response:
    """Count, look at the token, do the deed, wrap it."""

    async def produce() -> Any:
        world.count_request()
        guard(world, request, call.api)
        return {"data": handler(world, call.arguments), "error": 0, "message": "Success"}

    return await respond(world, request, call, produce)


def guard(world: World, request: Request, api: Api) -> None:
    """The header ``access_token``, bare. ZBS answers everything wrong with -124."""
    try:
        world.tokens.check(request.headers.get("access_token"))
    except Refusal:
        if api == "zbs":
            raise Refusal(-124) from None
        raise


def _user(arguments: dict[str, Any]) -> str:
    recipient = arguments.get("recipient")
    inner = recipient.get("user_id") if isinstance(recipient, dict) else None
    return str(inner or arguments.get("user_id") or arguments.get("phone") or "")


def _cs(world: World, arguments: dict[str, Any]) -> Any:
    """Consultation message, POST /v3.0/oa/message/cs."""
    person = world.recipient(_user(arguments))
    message = arguments.get("message")
    kind = messages.check(message, world.media, world.switches)
    assert isinstance(message, dict)
    charged = world.spend(person)
    sent = world.keep("oa", person.id, message, charged)
    if world.switches.echo:
        told = {"msg_id": sent.id, **({"text": sent.text} if sent.text else {})}
        world.people.answered(person, kind, told)
    quota = _left(person) if not charged else {}
    return {
        "message_id": sent.id,
        "user_id": person.id,
        "sent_time": milliseconds(sent.at),
        "quota": quota,
    }


def _left(person: Person) -> dict[str, str]:
    if person.free_left is None:
        return {}
    return {"quota_type": "reply", "remain": str(person.free_left)}


def _closed(world: World, _: dict[str, Any]) -> Any:
    """Shut down on 01-03-2026."""
    raise Refusal(world.switches.closed_code)


def _template(world: World, arguments: dict[str, Any]) -> Any:
    """ZBS template by UID, POST /v3.0/oa/message/template; without ``tracking_id``."""
    person = world.recipient(_user(arguments))
    template = world.zbs.find(arguments.get("template_id"))
    if not template.by_uid:
        raise Refusal(-249)
    template.check(arguments.get("template_data"))
    if not world.zbs.linked:
        raise Refusal(-320)
    if template.tag == 3 and world.clock.night():
        raise Refusal(-234)
    if world.zbs.balance < template.price_uid:
        raise Refusal(-321)
    world.spend_quota()
    world.zbs.spend(template, template.price_uid)
    sent = world.keep("uid_template", person.id, arguments, charged=True)
    return {"message_id": sent.id, "user_id": person.id, "sent_time": milliseconds(sent.at)}


def _quota(world: World, arguments: dict[str, Any]) -> Any:
    """POST /v3.0/oa/quota/message."""
    person = world.recipient(_user(arguments))
    last = person.last_interaction
    total = world.switches.free_messages
    free = last is not None and world.clock.now() - last <= FREE
    remain = person.free_left if free else 0
    return {
        "last_interaction": milliseconds(last) if last else "0",
        "cs_reply": {"remain": -1 if remain is None else remain, "total": -1 if total is None else total},
        "promotion": {"remain": 0, "total": 0},
    }


def _broadcast(world: World, arguments: dict[str, Any]) -> Any:
    """Broadcast, POST /v2.0/oa/message: article attachments only; a send to one person is -240."""
    recipient = arguments.get("recipient")
    if not isinstance(recipient, dict) or "target" not in recipient:
        raise Refusal(-240)
    message = arguments.get("message")
    attachment = message.get("attachment") if isinstance(message, dict) else None
    payload = attachment.get("payload") if isinstance(attachment, dict) else None
    elements = payload.get("elements") if isinstance(payload, dict) else None
    articles = [e for e in elements or () if isinstance(e, dict) and e.get("media_type") == "article"]
    if (
        not articles
        or len(articles) != len(elements or ())
        or (isinstance(message, dict) and "text" in message)
    ):
        raise Refusal(-201, "only articles can be broadcast")
    return {"message_id": world.ids.hexadecimal()}


def _user_list(world: World, arguments: dict[str, Any]) -> Any:
    """GET /v3.0/oa/user/getlist; at most 50 a page, offset at most 9951."""
    offset, count = arguments.get("offset", 0), arguments.get("count", 0)
    if not isinstance(offset, int) or not isinstance(count, int) or not 1 <= count <= 50:
        raise Refusal(-201)
    if not 0 <= offset <= _LAST_OFFSET:
        raise Refusal(-210, "offset")
    known = list(world.people.known)
    page = [{"user_id": ident} for ident in known[offset : offset + count]]
    return {"total": len(known), "count": len(page), "offset": offset, "users": page}


def _user_detail(world: World, arguments: dict[str, Any]) -> Any:
    """GET /v3.0/oa/user/detail."""
    person = world.people.known.get(_user(arguments))
    if person is None:
        raise Refusal(-201, "user_id is invalid")
    last = person.last_interaction
    return {
        "user_id": person.id,
        "user_id_by_app": person.app_id,
        "display_name": person.name,
        "user_alias": "",
        "is_sensitive": False,
        "user_last_interaction_date": last.strftime("%d/%m/%Y") if last else "",
        "user_is_follower": person.follows,
        "avatar": f"{world.media.base}/media/avatar",
    }


def _getoa(world: World, _: dict[str, Any]) -> Any:
    """GET /v2.0/oa/getoa; type 4 is government."""
    return {"oa_id": world.identity.oa, "name": world.identity.name, "oa_type": "4", "is_verified": True}


def _upload(world: World, kind: str) -> Route:
    """POST /v2.0/oa/upload/image, /gif and /file; the part is named ``file``."""

    async def handle(request: Request) -> Response:
        file = media.from_form(request.headers.get("content-type", ""), await request.body())
        name = "token" if kind == "file" else "attachment_id"
        told = {"name": file.name, "size": len(file.data)} if file else {}

        def keep(inside: World, _: dict[str, Any]) -> Any:
            return {name: inside.media.upload(kind, file)}

        return await answer(world, request, Call("oa", f"upload_{kind}", "", told), keep)

    return Route(f"/v2.0/oa/upload/{kind}", handle, methods=["POST"])

"""ZBS Template Message by phone, https://business.openapi.zalo.me."""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.zalo.answering import respond
from simulators.zalo.clock import milliseconds
from simulators.zalo.failures import Call
from simulators.zalo.oa import guard, post
from simulators.zalo.refusals import Refusal
from simulators.zalo.templates import Template
from simulators.zalo.world import Sent, World

_PHONE = re.compile(r"84[0-9]{9}")
_TRACKING = 48
_STATES = {
    -1: "The message doesn't exist",
    0: "The message has not been delivered to the user",
    1: "The message has been delivered to the user",
}


def routes(world: World) -> list[Route]:
    """The addresses."""
    return [
        post(world, "/message/template", "template", _send, api="zbs"),
        _query(world, "/message/status", "status"),
        _query(world, "/message/quota", "quota"),
        _query(world, "/template/info/v2", "info"),
    ]


def _query(world: World, path: str, method: str) -> Route:
    async def handle(request: Request) -> Response:
        query = dict(request.query_params)

        async def produce() -> Any:
            world.count_request()
            guard(world, request, "zbs")
            return {"error": 0, "message": "Success", "data": _ANSWERS[method](world, query)}

        return await respond(world, request, Call("zbs", method, query.get("phone", ""), query), produce)

    return Route(path, handle)


def _send(world: World, arguments: dict[str, Any]) -> Any:
    """POST /message/template; ``mode: "development"`` sends without being paid for."""
    phone, tracking = str(arguments.get("phone", "")), arguments.get("tracking_id")
    if not _PHONE.fullmatch(phone):
        raise Refusal(-108)
    if not isinstance(tracking, str) or not 1 <= len(tracking) <= _TRACKING:
        raise Refusal(-1121)
    template = world.zbs.find(arguments.get("template_id"))
    template.check(arguments.get("template_data"))
    _may_receive(world, phone, template)
    development = arguments.get("mode") == "development"
    world.zbs.spend(template, 0 if development else template.price_phone)
    sent = world.keep("template", phone, arguments, charged=not development)
    world.zbs.phones[sent.id] = phone
    _report(world, sent, tracking)
    return {
        "msg_id": sent.id,
        "sent_time": milliseconds(sent.at),
        "sending_mode": "1",
        "quota": world.zbs.quota(),
    }


def _may_receive(world: World, phone: str, template: Template) -> None:
    person = world.people.by_phone(phone)
    if person is None:
        raise Refusal(-118)
    if person.template_refusal:
        raise Refusal(person.template_refusal)
    if template.tag in world.switches.night_tags and world.clock.night():
        raise Refusal(-133)


def _report(world: World, sent: Sent, tracking: str) -> None:
    """The delivery report: ``user_received_message`` with ``X-ZEvent-Server: ZNS``, a little later."""
    seconds = world.zbs.report_seconds
    if seconds is None:
        return
    delivered = str(int(milliseconds(sent.at)) + int(seconds * 1000))
    world.zbs.delivered[sent.id] = delivered
    body = {
        "sender": {"id": world.identity.oa},
        "recipient": {"id": sent.to},
        "event_name": "user_received_message",
        "message": {"delivery_time": delivered, "msg_id": sent.id, "tracking_id": tracking},
        "app_id": world.identity.app,
        "timestamp": delivered,
    }
    world.hooks.emit(body, server="ZNS", seconds=seconds)


def _status(world: World, query: dict[str, str]) -> Any:
    """GET /message/status?message_id=&phone=: -1 unknown, 0 on its way, 1 delivered."""
    ident = query.get("message_id", "")
    if world.zbs.phones.get(ident) != query.get("phone"):
        return {"status": -1, "message": _STATES[-1]}
    at = world.zbs.delivered.get(ident)
    if at is None or int(at) > int(world.clock.ms()):
        return {"status": 0, "message": _STATES[0]}
    return {"delivery_time": at, "status": 1, "message": _STATES[1]}


def _quota(world: World, _: dict[str, str]) -> Any:
    return world.zbs.quota()


def _info(world: World, query: dict[str, str]) -> Any:
    template = world.zbs.templates.get(query.get("template_id", ""))
    if template is None:
        raise Refusal(-109)
    return template.told()


_ANSWERS = {"status": _status, "quota": _quota, "info": _info}

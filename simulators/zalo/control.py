"""The strings behind the scene, below ``/_control``: clock, people, webhook, tokens, failures, what was sent."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any, Literal

from pydantic import Base64Bytes
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.shared import Asked, controls
from simulators.zalo.failures import Failure, Kind
from simulators.zalo.hooks import Event
from simulators.zalo.people import Person
from simulators.zalo.refusals import Api
from simulators.zalo.world import World


class ClockAsked(Asked):
    """A moment (Vietnam's without zone), or seconds ahead."""

    now: dt.datetime | None = None
    advance_seconds: float = 0.0


class FailureAsked(Asked):
    """See :class:`simulators.zalo.failures.Failure`; ``times`` null means until cleared."""

    kind: Kind
    api: Api | None = None
    method: str | None = None
    user: str | None = None
    times: int | None = 1
    after: int = 0
    seconds: float = 1.0
    code: int = -200


class PersonAsked(Asked):
    """A new citizen, or what becomes of one."""

    name: str | None = None
    phone: str | None = None
    follows: bool | None = None
    blocked: bool | None = None
    banned: bool | None = None
    restricted: bool | None = None
    dormant: bool | None = None
    template_refusal: int | None = None


class Act(Asked):
    """What a citizen does; ``text`` is also a payload, a caption, a text of staff; ``data`` is base64."""

    do: Literal[
        "write", "tap", "image", "location", "sticker", "audio", "file", "follow", "unfollow", "submit",
        "see", "receive", "claim_rights", "staff",
    ]  # fmt: skip
    text: str = ""
    data: Base64Bytes = b""
    latitude: float = 13.08
    longitude: float = 109.29
    msg_id: str = ""


class HookAsked(Asked):
    """The webhook of the OA; setting it enables it."""

    url: str


class TemplateAsked(Asked):
    """See :class:`simulators.zalo.templates.Template`."""

    id: str
    params: dict[str, Literal["name", "code", "status", "date", "currency", "url"]]
    approved: bool = True
    tag: Literal[1, 2, 3] = 1


class BotAct(Asked):
    """What somebody does in a chat of the bot."""

    do: Literal["write", "photo", "sticker", "voice", "unsupported"]
    text: str = ""
    data: Base64Bytes = b""


def routes(world: World) -> list[Route]:
    """All control addresses."""
    return controls(
        world,
        [
            ("state", "GET", _state),
            ("clock", "POST", _clock),
            ("failures", "GET", _failures),
            ("failures", "POST", _add_failure),
            ("failures", "DELETE", _clear_failures),
            ("people", "POST", _add_person),
            ("people/{id}", "PATCH", _change_person),
            ("people/{id}/acts", "POST", _act),
            ("templates", "POST", _add_template),
            ("hook", "POST", _hook),
            ("push", "POST", _push),
            ("tokens/issue", "POST", _issue),
            ("tokens/expire", "POST", _expire),
            ("sent", "GET", _sent),
            ("calls", "GET", _calls),
            ("events", "GET", _events),
            ("bot/chats/{id}/acts", "POST", _bot_act),
            ("bot/sent", "GET", _bot_sent),
        ],
    )


async def _state(world: World, _: Request) -> Response:
    hooks, pair = world.hooks, world.tokens.current
    return JSONResponse(
        {
            "now": world.clock.now().isoformat(),
            "app_id": world.identity.app,
            "app_secret": world.identity.app_secret,
            "oa_id": world.identity.oa,
            "oa_secret": world.identity.oa_secret,
            "bot_token": world.bot.token,
            "tokens": dataclasses.asdict(pair) if pair else None,
            "hook": {"url": hooks.url, "disabled": hooks.disabled, "waiting": len(hooks.waiting), "lost": len(hooks.lost)},
            "people": [_person(p) for p in world.people.known.values()],
        }
    )  # fmt: skip


async def _clock(world: World, request: Request) -> Response:
    asked = ClockAsked.model_validate_json(await request.body())
    if asked.now:
        world.clock.set(asked.now)
    world.clock.advance(seconds=asked.advance_seconds)
    return JSONResponse({"now": world.clock.now().isoformat()})


async def _failures(world: World, _: Request) -> Response:
    waiting = [dataclasses.asdict(f) for f in world.failures.waiting]
    return JSONResponse({"kinds": list(Kind), "waiting": waiting, "struck": world.failures.struck})


async def _add_failure(world: World, request: Request) -> Response:
    asked = FailureAsked.model_validate_json(await request.body())
    world.failures.waiting.append(Failure(**asked.model_dump()))
    return await _failures(world, request)


async def _clear_failures(world: World, request: Request) -> Response:
    world.failures.clear()
    return await _failures(world, request)


async def _add_person(world: World, request: Request) -> Response:
    asked = PersonAsked.model_validate_json(await request.body() or b"{}")
    return JSONResponse(_person(world.people.add(**asked.model_dump(exclude_none=True))))


async def _change_person(world: World, request: Request) -> Response:
    person = world.people.known.get(request.path_params["id"])
    if person is None:
        return _unknown()
    asked = PersonAsked.model_validate_json(await request.body())
    for name, value in asked.model_dump(exclude_none=True).items():
        setattr(person, name, value)
    return JSONResponse(_person(person))


async def _act(world: World, request: Request) -> Response:
    person = world.people.known.get(request.path_params["id"])
    if person is None:
        return _unknown()
    return JSONResponse(_do(world, person, Act.model_validate_json(await request.body())).body)


def _do(world: World, person: Person, act: Act) -> Event:
    people = world.people
    match act.do:
        case "write" | "tap":
            return people.write(person, act.text)
        case "image":
            return people.image(person, act.data, act.text)
        case "location":
            return people.location(person, act.latitude, act.longitude)
        case "sticker":
            return people.sticker(person)
        case "audio":
            return people.audio(person)
        case "file":
            return people.file(person)
        case "follow" | "unfollow":
            return people.follow(person, act.do == "follow")
        case "submit":
            return people.submit(person)
        case "see":
            return people.see(person, act.msg_id)
        case "receive":
            return people.receive(person, act.msg_id)
        case "claim_rights":
            return people.claim_rights(person)
        case "staff":
            return people.staff(person, act.text)


async def _add_template(world: World, request: Request) -> Response:
    asked = TemplateAsked.model_validate_json(await request.body())
    made = world.zbs.add(asked.id, dict(asked.params), approved=asked.approved, tag=asked.tag)
    return JSONResponse(made.told())


async def _hook(world: World, request: Request) -> Response:
    world.hooks.configure(HookAsked.model_validate_json(await request.body()).url)
    return await _state(world, request)


async def _push(world: World, _: Request) -> Response:
    return JSONResponse({"taken": await world.push()})


async def _issue(world: World, _: Request) -> Response:
    return JSONResponse(dataclasses.asdict(world.tokens.issue()))


async def _expire(world: World, _: Request) -> Response:
    world.tokens.expire()
    return JSONResponse({"ok": True})


async def _sent(world: World, request: Request) -> Response:
    to = request.query_params.get("to")
    told = [dataclasses.asdict(s) | {"at": s.at.isoformat()} for s in world.sent if to in (None, s.to)]
    return JSONResponse(told)


async def _calls(world: World, _: Request) -> Response:
    return JSONResponse(dict(world.counts()))


async def _events(world: World, _: Request) -> Response:
    return JSONResponse([{"body": e.body, "answers": e.answers} for e in world.hooks.events])


async def _bot_act(world: World, request: Request) -> Response:
    chat, act = request.path_params["id"], BotAct.model_validate_json(await request.body())
    if act.do == "write":
        return JSONResponse(world.bot.write(chat, act.text))
    if act.do == "photo":
        return JSONResponse(world.bot.photo(chat, act.data, act.text))
    return JSONResponse(world.bot.update(chat, act.do, {}))


async def _bot_sent(world: World, request: Request) -> Response:
    chat = request.query_params.get("chat")
    return JSONResponse([dataclasses.asdict(s) for s in world.bot.sent if chat in (None, s.chat)])


def _person(person: Person) -> dict[str, Any]:
    last = person.last_interaction
    return dataclasses.asdict(person) | {"last_interaction": last.isoformat() if last else None}


def _unknown() -> Response:
    return JSONResponse({"detail": "no such person"}, 404)

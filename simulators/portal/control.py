"""The strings behind the scene, below ``/_control``: clock, failures, sessions, examples, single dossiers, pushes."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.dossiers.model import Status
from simulators.portal import texts
from simulators.portal.dossiers import Dossier
from simulators.portal.failures import Failure, Kind, Protocol, Where
from simulators.portal.lifecycle import Event
from simulators.portal.states import State
from simulators.portal.world import World
from simulators.shared import Asked, controls


class ClockAsked(Asked):
    """A moment, or hours ahead. Without a zone the province's is meant."""

    now: dt.datetime | None = None
    advance_hours: float = 0.0
    advance_working_hours: float = Field(0.0, ge=0)


class FailureAsked(Asked):
    """See :class:`simulators.portal.failures.Failure`; ``times`` null means until cleared."""

    kind: Kind
    protocol: Protocol | None = None
    times: int | None = Field(1, ge=1)
    code: str | None = None
    where: Where = "data"
    seconds: float = Field(1.0, ge=0)


class DossierAsked(Asked):
    """A status from now on, or the payment of the fees."""

    status: Status | None = None
    note: str = ""
    pay: bool = False


class PushAsked(Asked):
    """Whom to tell at once of changes; null for nobody."""

    to: str | None = Field(None, pattern=r"^https?://")


def routes(world: World) -> list[Route]:
    """All control addresses."""
    return controls(
        world,
        [
            ("clock", "GET", _clock),
            ("clock", "POST", _set_clock),
            ("failures", "GET", _failures),
            ("failures", "POST", _add_failure),
            ("failures", "DELETE", _clear_failures),
            ("sessions/expire", "POST", _expire),
            ("examples", "GET", _examples),
            ("dossiers/{code}", "GET", _dossier),
            ("dossiers/{code}", "POST", _change),
            ("calls", "GET", _calls),
            ("push", "GET", _push),
            ("push", "POST", _set_push),
        ],
    )


async def _clock(world: World, _: Request) -> Response:
    now = world.now()
    open_ = world.calendar.next_open(now) == now
    return JSONResponse(
        {"now": now.isoformat(), "open": open_, "offset_seconds": world.offset.total_seconds()}
    )


async def _set_clock(world: World, request: Request) -> Response:
    asked = ClockAsked.model_validate_json(await request.body())
    if asked.now:
        world.set_clock(asked.now)
    world.advance(asked.advance_hours, asked.advance_working_hours)
    return await _clock(world, request)


async def _failures(world: World, _: Request) -> Response:
    waiting = [dataclasses.asdict(f) for f in world.failures.waiting]
    return JSONResponse({"kinds": list(Kind), "waiting": waiting, "struck": world.failures.struck})


async def _add_failure(world: World, request: Request) -> Response:
    asked = FailureAsked.model_validate_json(await request.body())
    world.failures.add(Failure(**asked.model_dump()))
    return await _failures(world, request)


async def _clear_failures(world: World, request: Request) -> Response:
    world.failures.clear()
    return await _failures(world, request)


async def _expire(world: World, _: Request) -> Response:
    world.expire()
    return JSONResponse({"ok": True})


async def _examples(world: World, _: Request) -> Response:
    """The two newest dossiers of each status, and of names that are none of the ten."""
    kept: dict[str, list[dict[str, Any]]] = {status.title: [] for status in Status}
    kept[texts.UNKNOWN_STATUS] = []
    for dossier in world.newest():
        state = world.state(dossier)
        rows = kept.setdefault(state.last.name, [])
        if len(rows) < 2:
            rows.append(_example(state))
        if all(len(found) == 2 for found in kept.values()):
            break
    return JSONResponse(kept)


def _example(state: State) -> dict[str, Any]:
    owner = state.dossier.owner
    return {
        "code": state.dossier.code,
        "procedure": state.dossier.kind.name,
        "late": state.late,
        "identity_last4": owner.identity[-4:],
        "phone_last4": owner.phone[-4:],
    }


async def _dossier(world: World, request: Request) -> Response:
    dossier = world.find(request.path_params["code"])
    return JSONResponse(_everything(world, dossier)) if dossier else _unknown()


async def _change(world: World, request: Request) -> Response:
    dossier = world.find(request.path_params["code"])
    if not dossier:
        return _unknown()
    asked = DossierAsked.model_validate_json(await request.body())
    if asked.pay:
        world.pay(dossier)
    if asked.status:
        world.change(dossier, asked.status, asked.note)
    world.pushing.tell(dossier.code)
    return JSONResponse(_everything(world, dossier))


def _everything(world: World, dossier: Dossier) -> dict[str, Any]:
    state = world.state(dossier)
    return {
        "code": dossier.code,
        "id": dossier.ident,
        "status": int(state.status) if state.status else None,
        "status_name": state.last.name,
        "handed_in": dossier.handed_in.isoformat(),
        "received": _iso(state.entered(Status.RECEIVED)),
        "due": _iso(state.due),
        "late": state.late,
        "finished": _iso(state.entered(Status.DONE)),
        "returned": _iso(state.entered(Status.RETURNED)),
        "paid": state.paid,
        "fee": dossier.kind.fee,
        "online": dossier.online,
        "term_working_days": dossier.kind.term,
        "procedure": {"code": dossier.kind.code, "name": dossier.kind.name},
        "agency": {"code": dossier.agency.code, "name": dossier.agency.name, "desk": dossier.agency.desk},
        "owner": dataclasses.asdict(dossier.owner) | {"birthday": dossier.owner.birthday.isoformat()},
        "events": [_event(e) for e in state.events],
    }


def _event(event: Event) -> dict[str, Any]:
    told = dataclasses.asdict(event)
    return told | {"at": event.at.isoformat(), "due": _iso(event.due)}


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _unknown() -> Response:
    return JSONResponse({"detail": "no such dossier"}, 404)


async def _calls(world: World, _: Request) -> Response:
    return JSONResponse(dict(world.calls))


async def _push(world: World, _: Request) -> Response:
    return JSONResponse({"to": world.pushing.to, "answers": dict(world.pushing.answers)})


async def _set_push(world: World, request: Request) -> Response:
    world.pushing.to = PushAsked.model_validate_json(await request.body()).to
    return await _push(world, request)

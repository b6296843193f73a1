"""VNPT iGate 2.0: a token from Keycloak, a public lookup, the staff search, one dossier, its fees."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.portal import igate_records as records
from simulators.portal.answering import Answer, respond
from simulators.portal.failures import Call
from simulators.portal.states import State
from simulators.portal.world import TOKEN_SECONDS, World

_NO_TOKEN = {
    "error": "unauthorized",
    "error_description": "Full authentication is required to access this resource",
}
_BAD_TOKEN = {"error": "invalid_token", "error_description": "Access token expired"}
_BAD_CLIENT = {
    "error": "unauthorized_client",
    "error_description": "Invalid client or Invalid client credentials",
}
_BAD_GRANT = {"error": "unsupported_grant_type", "error_description": "Unsupported grant_type"}
_NOT_FOUND = {"status": 404, "error": "Not Found", "message": "dossier not found"}
_BAD_QUERY = {"status": 400, "error": "Bad Request", "message": "bad parameter"}
_LARGEST_PAGE = 1000

Ask = Callable[[World, Request, str], Answer]


def routes(world: World) -> list[Route]:
    """The token endpoint and the four GETs, all below ``/igate``."""

    async def token(request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        call = Call("igate", "token", login=True)
        return await respond(world, request, call, lambda _: _token(world, request, form))

    def get(
        path: str, name: str, ask: Ask, code_of: Callable[[World, Request], str], open_: bool = False
    ) -> Route:
        async def endpoint(request: Request) -> Response:
            def answer(code: str) -> Answer:
                refused = None if open_ else _refused(world, request)
                return refused or ask(world, request, code)

            return await respond(world, request, Call("igate", name, code_of(world, request)), answer)

        return Route(path, endpoint, methods=["GET"], name=name)

    realm = "/igate/auth/realms/digo/protocol/openid-connect/token"
    return [
        Route(realm, token, methods=["POST"]),
        get("/igate/pa/dossier-search/dvc", "lookup", _lookup, _code_asked, open_=True),
        get("/igate/pa/dossier/search", "search", _search, _code_asked),
        get("/igate/pa/dossier/{id}/--online", "detail", _detail, _code_of_id),
        get("/igate/pa/dossier-fee/--by-dossiers", "fees", _fees, _code_of_first),
    ]


def _token(world: World, request: Request, form: dict[str, list[str]]) -> Answer:
    if _basic(request) != f"{world.client}:{world.secret}":
        return Answer(_BAD_CLIENT, 401)
    if form.get("grant_type") != ["client_credentials"]:
        return Answer(_BAD_GRANT, 400)
    body = {"access_token": world.open_token(), "expires_in": TOKEN_SECONDS, "refresh_expires_in": 0}
    return Answer(body | {"token_type": "Bearer", "not-before-policy": 0, "scope": "email profile"})


def _basic(request: Request) -> str:
    scheme, _, said = request.headers.get("authorization", "").partition(" ")
    try:
        return base64.b64decode(said).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _refused(world: World, request: Request) -> Answer | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return Answer(_NO_TOKEN, 401)
    return None if world.signed_in(world.tokens, token) else Answer(_BAD_TOKEN, 401)


def _code_asked(_: World, request: Request) -> str:
    return request.query_params.get("code", "").strip()


def _code_of_id(world: World, request: Request) -> str:
    dossier = world.find_id(request.path_params["id"])
    return dossier.code if dossier else ""


def _code_of_first(world: World, request: Request) -> str:
    idents = request.query_params.get("dossier-ids", "").split(",")
    return next((d.code for ident in idents if (d := world.find_id(ident))), "")


def _lookup(world: World, request: Request, code: str) -> Answer:
    dossier = world.find(code)
    rows = [records.public(world.state(dossier))] if dossier else []
    return _slice(rows, request.query_params)


def _search(world: World, request: Request, code: str) -> Answer:
    query = request.query_params
    dossier = world.find(code) if code else None
    candidates = ([dossier] if dossier else []) if code else world.dossiers()
    try:
        wanted = _filter(query)
        states = [s for s in map(world.state, candidates) if wanted(s)]
    except ValueError:
        return Answer(_BAD_QUERY, 400)
    by, _, order = query.get("sort", "").partition(",")
    if by == "appointmentDate":
        far = dt.datetime.max.replace(tzinfo=dt.UTC)
        states.sort(key=lambda s: s.due or far, reverse=order == "desc")
    return _slice(states, query, records.staff)


def _detail(world: World, _: Request, code: str) -> Answer:
    dossier = world.find(code)
    return Answer(records.detail(world.state(dossier))) if dossier else Answer(_NOT_FOUND, 404)


def _fees(world: World, request: Request, code: str) -> Answer:
    idents = request.query_params.get("dossier-ids", "").split(",")
    asked = [d for ident in idents if (d := world.find_id(ident))]
    if asked and asked[0].code != code:  # struck by "other_code"
        other = world.find(code)
        asked = [other] if other else []
    return Answer([row for dossier in asked for row in records.fees(world.state(dossier))])


def _filter(query: QueryParams) -> Callable[[State], bool]:
    """All conditions of a staff search. Raises ValueError for a status or a moment it cannot read."""
    tests = list(_tests(query))
    return lambda state: all(test(state) for test in tests)


def _tests(query: QueryParams) -> Iterator[Callable[[State], bool]]:
    if identity := query.get("identity-number"):
        yield lambda s: s.dossier.owner.identity == identity
    if name := query.get("applicant-name"):
        yield lambda s: name.casefold() in f"{s.dossier.owner.name} {s.dossier.owner.title}".casefold()
    if statuses := query.get("dossier-status"):
        numbers = {int(n) for n in statuses.split(",")}
        yield lambda s: records.number_of(s) in numbers
    moments: tuple[tuple[str, Callable[[State], dt.datetime | None]], ...] = (
        ("appointment", lambda s: s.due),
        ("accepted", lambda s: next((e.at for e in s.events if e.due), None)),
    )
    for what, of in moments:
        yield from _spans(query, what, of)


def _spans(
    query: QueryParams, what: str, of: Callable[[State], dt.datetime | None]
) -> Iterator[Callable[[State], bool]]:
    """Conditions ``<what>-from`` and ``<what>-to``; a day without time is meant whole."""
    if said := query.get(f"{what}-from"):
        first = _moment(said)
        yield lambda s: (at := of(s)) is not None and at >= first
    if said := query.get(f"{what}-to"):
        last = _moment(said) + (dt.timedelta(1) if len(said) == len("2026-10-08") else dt.timedelta())
        yield lambda s: (at := of(s)) is not None and at < last


def _moment(said: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(said.replace(" ", "+"))
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone(dt.timedelta(hours=7)))


def _slice(rows: list[Any], query: QueryParams, write: Callable[[Any], Any] = lambda row: row) -> Answer:
    """A Spring slice; with ``spec=page`` also the totals."""
    try:
        number, size = int(query.get("page", 0)), int(query.get("size", 10))
    except ValueError:
        return Answer(_BAD_QUERY, 400)
    if number < 0 or not 1 <= size <= _LARGEST_PAGE:
        return Answer(_BAD_QUERY, 400)
    content = [write(row) for row in rows[number * size : (number + 1) * size]]
    body: dict[str, Any] = {
        "content": content,
        "last": (number + 1) * size >= len(rows),
        "number": number,
        "size": size,
        "numberOfElements": len(content),
        "first": number == 0,
        "empty": not content,
    }
    if query.get("spec") == "page":
        body |= {"totalElements": len(rows), "totalPages": -(-len(rows) // size)}
    return Answer(body)

"""VNPT iGate 2.0: OAuth client credentials, then Spring pages of dossiers.

The staff search gives the id of a dossier, which its detail and its fees are asked by. Statuses are
told by name only: the numbers differ between installations.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import structlog

from core.dossiers.codes import DossierCode
from core.dossiers.model import Dossier, DossierView, Fee, Owner, Status, Step, masked_name
from core.dossiers.portals import reading
from core.dossiers.portals.connections import IgateConnection
from core.dossiers.portals.http import Caller, Rejected, Unauthorised
from core.dossiers.portals.reading import Times, free, localized, part, text
from core.dossiers.portals.sessions import Session, SessionStore
from core.errors import PortalError, PortalRefused

log = structlog.get_logger()
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_PUBLIC = {"page": "0", "size": "10", "spec": "slice"}
_STAFF = {"page": "0", "size": "20", "spec": "slice", "sort": "appointmentDate,asc"}
_RESERVE = 0.1  # share of the time limit kept for giving an answer without the parts that did not come


class Igate:
    """A portal on iGate 2.0; keeps the promises of ``contract.Portal``.

    Without client credentials the public look-up is asked, which proves nobody the owner.
    """

    def __init__(
        self,
        connection: IgateConnection,
        caller: Caller,
        sessions: SessionStore,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._to, self._caller, self._sessions, self._clock = connection, caller, sessions, clock
        self._limit = connection.limits.total

    async def dossier(self, code: DossierCode) -> Dossier | None:
        """As :meth:`core.dossiers.portals.contract.Portal.dossier`."""
        if self._to.client_id is None:
            page = await self._caller.lookup(lambda _: self._get("/pa/dossier-search/dvc", _PUBLIC, code))
            row = self._row(page, code)
            return self._read(code, row, {}, None, owner_known=False) if row else None
        found = await self._caller.lookup(lambda until: self._by_staff(code, until))
        if found is None:
            return None
        row, detail, fees = found
        return self._read(code, row, self._same(detail, row, code), fees, owner_known=True)

    async def _by_staff(self, code: DossierCode, until: float) -> tuple[dict[str, Any], Any, Any] | None:
        """The row of the search, the detail and the fees; the last two None when they did not come."""
        token = await self._sessions.get(self._to.id, self._sign_in)
        try:
            page = await self._get("/pa/dossier/search", _STAFF, code, token)
        except Unauthorised as error:
            if error.status != 401:
                raise
            token = await self._sessions.get(self._to.id, self._sign_in, refused=token)
            page = await self._get("/pa/dossier/search", _STAFF, code, token)
        row = self._row(page, code)
        if row is None:
            return None
        if not _ID.fullmatch(number := text(row.get("id"))):
            return row, None, None
        ends = until - _RESERVE * self._limit
        detail, fees = await asyncio.gather(
            self._extra("detail", ends, token, f"/pa/dossier/{number}/--online", {}),
            self._extra("fees", ends, token, "/pa/dossier-fee/--by-dossiers", {"dossier-ids": number}),
        )
        return row, detail, fees

    async def _get(
        self, path: str, params: Mapping[str, str], code: DossierCode | None = None, token: str | None = None
    ) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        asked = {**params, "code": code.text} if code else params
        return await self._caller.read("GET", self._to.gateway + path, headers=headers, params=asked)

    async def _extra(self, what: str, ends: float, token: str, path: str, params: Mapping[str, str]) -> Any:
        """Something a dossier can be shown without; None when it did not come in time."""
        try:
            async with asyncio.timeout_at(ends):
                return await self._get(path, params, None, token)
        except (PortalError, TimeoutError) as error:
            log.warning("portal_part_missing", portal=self._to.id, part=what, error=type(error).__name__)
            return None

    async def _sign_in(self) -> Session:
        secret = self._to.client_secret.get_secret_value() if self._to.client_secret else ""
        try:
            answer = await self._caller.read(
                "POST",
                f"{self._to.sso}/auth/realms/{self._to.realm}/protocol/openid-connect/token",
                form={"grant_type": "client_credentials"},
                # RFC 6749 2.3.1: both are form-encoded before they become the parts of Basic.
                auth=(quote(self._to.client_id or "", safe=""), quote(secret, safe="")),
            )
        except Rejected as error:
            raise PortalRefused(f"portal {self._to.id}: sign-in refused (HTTP {error.status})") from None
        if not (token := text(part(answer, "access_token"))):
            self._caller.confused("sign-in gave no token")
        lasts = text(part(answer, "expires_in"))
        seconds = min(int(lasts), 86_400) if lasts.isascii() and lasts.isdigit() else 60
        return Session(token, dt.timedelta(seconds=max(seconds - 30, seconds / 2)))

    def _row(self, page: Any, code: DossierCode) -> dict[str, Any] | None:
        """The row with exactly this code; None when the search surely knows none."""
        content = part(page, "content")
        if not isinstance(content, list):
            self._caller.confused("answer is no page of dossiers")
        rows = reading.rows(content)
        for key in ("code", "nationCode"):
            same = [one for one in rows if reading.is_code(one.get(key), code)]
            if len({text(one.get("id")) for one in same}) > 1:
                self._caller.confused("several dossiers with one code")
            if same:
                reading.demand_letters(self._to.id, same[0])
                return same[0]
        if len(rows) < len(content) or not all(_names_itself(one) for one in rows):
            self._caller.confused("dossier without a code")
        if not all(_is_like(one, code) for one in rows):
            self._caller.confused("answered with another dossier")
        if rows and part(page, "last") is False:
            self._caller.confused("more similar dossiers than one page holds")
        return None

    def _same(self, detail: Any, row: dict[str, Any], code: DossierCode) -> dict[str, Any]:
        """The detail when it is of this dossier; empty when it does not say of which it is."""
        if not isinstance(detail, dict):
            return {}
        if _names_itself(detail):
            if not any(reading.is_code(detail.get(key), code) for key in ("code", "nationCode")):
                self._caller.confused("answered with another dossier")
        elif text(detail.get("id")) != text(row.get("id")):
            return {}
        reading.demand_letters(self._to.id, detail)
        return detail

    def _read(
        self, code: DossierCode, row: dict[str, Any], detail: dict[str, Any], fees: Any, owner_known: bool
    ) -> Dossier:
        told = {**row, **{key: value for key, value in detail.items() if value not in (None, "", [], {})}}
        times, applicant = Times(self._clock()), part(told, "applicant", "data")
        status, said = reading.status(_status_name(detail, row), self._to.status_names)
        name = text(part(applicant, "ownerFullname")) or text(part(applicant, "fullname"))
        steps, remark = self._steps(told, times)
        view = DossierView(
            code=code.text,
            status=status,
            status_text=said,
            procedure_code=text(part(told, "procedure", "code")),
            procedure_name=localized(told.get("procedure")),
            agency=localized(told.get("agency")),
            received_at=times.past(told.get("acceptedDate")),
            due_at=times.due(told.get("appointmentDate"), told.get("acceptedDate")),
            finished_at=times.past(told.get("completedDate")),
            returned_at=_returned(status, steps),
            owner_masked=masked_name(name) if owner_known else None,
            steps=steps,
            fees=self._fees(fees, text(row.get("id"))),
            papers=_papers(told.get("dossierFormFile")),
            note=remark,
        )
        if not owner_known:
            return Dossier(view)
        return Dossier(
            view,
            Owner(
                reading.phones(part(applicant, "phoneNumber")),
                reading.identities(part(applicant, "identityNumber")),
            ),
        )

    def _steps(self, told: dict[str, Any], times: Times) -> tuple[tuple[Step, ...], str]:
        """The history where the detail has one, else what is being done; and what the present step says."""
        steps, remark = [], ""
        for one in reading.rows(told.get("task")) or reading.rows(told.get("currentTask")):
            kind = one.get("bpmProcessDefinitionTask")
            groups = reading.rows(one.get("candidateGroup"))
            step = Step(
                at=times.past(one.get("createdDate")),
                what=localized(part(kind, "name")) or localized(one),
                unit=next(filter(None, map(localized, groups)), ""),
                handler=free(part(one, "assignee", "fullname")),
                status=reading.status(localized(part(kind, "remind")), self._to.status_names)[0],
            )
            if step.what or step.unit or step.handler:
                steps.append(step)
            if reading.flag(one.get("isCurrent")):
                remark = step.what
        return tuple(steps), remark

    def _fees(self, value: Any, dossier: str) -> tuple[Fee, ...] | None:
        """The fees; None when one cannot be read or is of another dossier: part of them would pass for all."""
        listed = part(value, "content") if isinstance(value, dict) else value
        if not isinstance(listed, list) or len(reading.rows(listed)) < len(listed):
            return None
        try:
            reading.demand_letters(self._to.id, listed)
        except PortalError:
            return None
        fees = [_fee(one, dossier) for one in reading.rows(listed)]
        return None if None in fees else tuple(fee for fee in fees if fee)


def _names_itself(one: dict[str, Any]) -> bool:
    return bool(text(one.get("code")) or text(one.get("nationCode")))


def _is_like(one: dict[str, Any], code: DossierCode) -> bool:
    """Whether a search for this code may find this row: it may be fuzzy, but not about something else."""
    return any(code.text in text(one.get(key)).upper() for key in ("code", "nationCode"))


def _status_name(*told: dict[str, Any]) -> str:
    """The first name of the status; where there are only numbers, the name of the step's status."""
    for one in told:
        said = localized(one.get("dossierStatus"))
        if said and not said.isdigit():
            return said
    numbered = (one for one in told if one.get("dossierStatus") is not None)
    return next(filter(None, (localized(one.get("dossierTaskStatus")) for one in numbered)), "")


def _returned(status: Status | None, steps: tuple[Step, ...]) -> dt.datetime | None:
    """When the step began that says the result was handed over, where such a step is told."""
    if status is not Status.RETURNED:
        return None
    return next((step.at for step in reversed(steps) if step.status is Status.RETURNED), None)


def _papers(value: Any) -> tuple[str, ...]:
    """The papers of the dossier that a file was handed in for."""
    given = (one for one in reading.rows(value) if reading.rows(one.get("file")))
    return tuple(filter(None, (reading.file_name(one.get("formName")) for one in given)))


def _fee(one: dict[str, Any], dossier: str) -> Fee | None:
    """One fee. Whether ``amount`` is for one piece or for all is not known: with several it is not told."""
    amount, paid = reading.money(one.get("amount")), reading.money(one.get("paid"))
    if amount is None or text(one.get("quantity")) not in ("", "1"):
        return None
    if text(part(one, "dossier", "id")) not in ("", dossier):
        return None
    settled = None if paid is None or not amount else False if paid == 0 else True if paid >= amount else None
    return Fee(localized(part(one, "procost", "type")), amount, settled)

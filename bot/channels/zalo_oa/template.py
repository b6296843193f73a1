"""Paid templates (ZBS Template Message): to a follower by user id, or to a telephone number.

A template is used only after Zalo said that it is approved and what its parameters are. What is wrong with one
is logged, told in the status, and looked at again after a while; the others go on.

Reminders go by user id, which needs no telephone number. Of owners' numbers only fingerprints are kept, so there is
none to send to: ``send_phone`` is for a number that its owner gives for this purpose, sealed where it is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.channels.zalo_oa import template_file
from bot.channels.zalo_oa.api import Api
from bot.channels.zalo_oa.failures import template_failure
from bot.channels.zalo_oa.quota import count
from bot.channels.zalo_oa.template_file import LENGTHS, Param, Template, Unfit
from core.dossiers.portals.reading import part, rows
from core.errors import SendError
from core.messages import Address
from core.reminders.model import Kind

log = structlog.get_logger()
BY_UID = "/v3.0/oa/message/template"
BY_PHONE = "/message/template"
INFO, QUOTA = "/template/info/v2", "/message/quota"
TRACKING = 48  # letters Zalo takes
AGAIN = dt.timedelta(hours=1)  # until a template that was refused, or not described, is tried again
_APPROVED = "ENABLE"
_OTHERWISE = 30  # characters of a parameter Zalo says no length of


@dataclass(frozen=True, slots=True)
class Known:
    """What Zalo says of one template; ``price`` and ``price_phone`` in đồng, None when it does not say."""

    params: Mapping[str, Param]
    price: int | None
    price_phone: int | None


class Templates:
    """Sends reminders as templates of one account.

    Args:
        api: of openapi.zalo.me; zbs: of business.openapi.zalo.me, the same account.
        templates: by kind, from the file.
        price: in đồng, where Zalo tells no price.
        development: send to the account's own administrators without being billed (by telephone only).
    """

    def __init__(
        self,
        api: Api,
        zbs: Api,
        templates: Mapping[Kind, Template],
        clock: Callable[[], dt.datetime],
        *,
        price: int = 560,
        development: bool = False,
    ) -> None:
        self._api, self._zbs, self._templates, self._clock = api, zbs, templates, clock
        self._price, self._development = price, development
        self._known: dict[Kind, Known] = {}
        self._wrong: dict[Kind, str] = {}
        self._rests: dict[Kind, dt.datetime] = {}
        self._left: int | None = None

    async def check(self) -> dict[Kind, str]:
        """Ask Zalo about every template and for the day's quota; what is wrong, by kind. Never raises SendError."""
        for kind in self._templates:
            await self._describe(kind)
        try:
            self._note(await self._zbs.get(QUOTA, {}, template_failure))
        except SendError as error:
            log.warning("zalo_template_quota_unread", reason=str(error))
        return dict(self._wrong)

    async def price(self, kind: Kind) -> int | None:
        """What a template to a follower costs, in đồng; None when there is none to send now."""
        if kind not in self._templates or self._resting(kind):
            return None
        if kind not in self._known:
            await self._describe(kind)
        known = self._known.get(kind)
        return None if known is None else self._price if known.price is None else known.price

    async def send(self, address: Address, kind: Kind, values: Mapping[str, str]) -> None:
        """To a follower, by user id. Raises SendError only; call after :meth:`price`."""
        template, data = self._filled(kind, values)
        body = {"user_id": address.id, "template_id": template.id, "template_data": data}
        await self._sent(kind, self._api, BY_UID, body)

    async def send_phone(self, phone: str, kind: Kind, values: Mapping[str, str], tracking: str) -> None:
        """To a telephone number. Raises SendError only.

        Args:
            phone: ``+84…`` or ``84…``; only one its owner gave for this purpose.
            tracking: what the delivery report will name, at most TRACKING letters.
        """
        template, data = self._filled(kind, values)
        body: dict[str, Any] = {
            "phone": phone.removeprefix("+"),
            "template_id": template.id,
            "template_data": data,
            "tracking_id": tracking[:TRACKING],
        }
        if self._development:
            body["mode"] = "development"
        await self._sent(kind, self._zbs, BY_PHONE, body)

    def told(self) -> dict[str, Any]:
        """For the operator: the day's templates left as far as known, and what is wrong with which."""
        ready = sorted(kind.value for kind in self._known if not self._resting(kind))
        wrong = {kind.value: why for kind, why in sorted(self._wrong.items())}
        return {"left_today": self._left, "ready": ready, "wrong": wrong}

    def _filled(self, kind: Kind, values: Mapping[str, str]) -> tuple[Template, dict[str, str]]:
        template, known = self._templates.get(kind), self._known.get(kind)
        if template is None or known is None:
            raise SendError(f"zalo template: none for {kind.value}")
        try:
            return template, template_file.fill(template, known.params, values)
        except Unfit as error:
            raise SendError(f"zalo template {template.id}: {error}") from None

    async def _sent(self, kind: Kind, api: Api, path: str, body: dict[str, Any]) -> None:
        try:
            self._note(part(await api.post(path, body, template_failure), "quota"))
        except SendError as error:
            if error.configuration:  # of this template or of the account's money: messages go on without it
                self._rest(kind, str(error))
                raise SendError(str(error)) from None
            raise

    async def _describe(self, kind: Kind) -> None:
        template = self._templates[kind]
        try:
            told = await self._zbs.get(INFO, {"template_id": template.id}, template_failure)
        except SendError as error:
            self._rest(kind, f"{template.id}: {error}")
            return
        known = _known(told)
        wrong = template_file.problems(template, known.params)
        if part(told, "status") != _APPROVED:
            wrong.insert(0, f"not approved ({str(part(told, 'status'))[:30]})")
        if wrong:
            self._rest(kind, f"{template.id}: {'; '.join(wrong)}")
            return
        self._known[kind] = known
        self._wrong.pop(kind, None)

    def _rest(self, kind: Kind, why: str) -> None:
        log.error("zalo_template_unusable", kind=kind.value, reason=why, again_in=str(AGAIN))
        self._known.pop(kind, None)
        self._wrong[kind], self._rests[kind] = why, self._clock() + AGAIN

    def _resting(self, kind: Kind) -> bool:
        until = self._rests.get(kind)
        return until is not None and until > self._clock()

    def _note(self, quota: Any) -> None:
        left = count(part(quota, "remainingQuota"))
        if left is None:
            return
        self._left = left
        if left == 0:
            log.warning("zalo_template_quota_used_up")


def _known(told: Any) -> Known:
    params = {}
    for row in rows(part(told, "listParams")):
        kind = str(row.get("type") or "").upper()
        longest = count(row.get("maxLength")) or LENGTHS.get(kind, _OTHERWISE)
        required = row.get("require") is not False
        params[str(row.get("name"))] = Param(str(row.get("name")), kind, longest, required)
    return Known(params, _money(part(told, "price_uid")), _money(part(told, "price_sdt")))


def _money(value: Any) -> int | None:
    """Đồng, as ``"560"``, ``560`` or ``"560.0"``."""
    return count(value.partition(".")[0] if isinstance(value, str) else value)

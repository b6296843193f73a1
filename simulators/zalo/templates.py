"""Templates and the money for them: ZBS Template Message, until 01-01-2026 named ZNS."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from simulators.zalo.clock import Clock
from simulators.zalo.refusals import Refusal

LENGTHS = {"name": 30, "code": 30, "status": 30, "date": 20, "currency": 12, "url": 200}
TAGS = {1: "TRANSACTION", 2: "CUSTOMER_CARE", 3: "PROMOTION"}
_DATE = re.compile(r"(\d\d:\d\d )?\d\d/\d\d/\d{4}")


@dataclass(slots=True)
class Template:
    """One template.

    Args:
        params: name to kind, one of ``LENGTHS``.
        tag: 1 transaction, 2 customer care, 3 promotion.
        quota: sends left of this template; None for no end.
    """

    id: str
    params: dict[str, str]
    name: str = "Nhắc hẹn"
    approved: bool = True
    tag: int = 1
    by_uid: bool = True
    quota: int | None = None
    price_phone: int = 800
    price_uid: int = 560

    def check(self, data: Any) -> None:
        """Raise unless every parameter is there, short enough and rightly written."""
        for name, kind in self.params.items():
            value = data.get(name) if isinstance(data, dict) else None
            if not isinstance(value, str) or not value.strip():
                raise Refusal(-1122, name)
            if len(value) > LENGTHS[kind]:
                raise Refusal(-1124, name)
            if kind == "date" and not _DATE.fullmatch(value):
                raise Refusal(-1123, name)

    def told(self) -> dict[str, Any]:
        """What ``/template/info/v2`` says."""
        params = [
            {"name": n, "type": k.upper(), "require": True, "minLength": 0, "maxLength": LENGTHS[k]}
            for n, k in self.params.items()
        ]
        return {
            "templateId": self.id,
            "templateName": self.name,
            "status": "ENABLE" if self.approved else "PENDING_REVIEW",
            "templateTag": TAGS[self.tag],
            "listParams": params,
            "price_sdt": str(self.price_phone),
            "price_uid": str(self.price_uid),
        }


@dataclass
class Zbs:
    """The ZBS account.

    Args:
        balance: đồng left.
        daily: sends the OA has each day, Vietnam time; ``used``: by day.
        report_seconds: how long after a send the delivery report comes; None for never.
        linked: whether a Zalo Cloud Account is linked; -320 on sends by UID otherwise.
    """

    clock: Clock
    templates: dict[str, Template] = field(default_factory=dict)
    balance: int = 1_000_000
    daily: int = 500
    used: Counter[dt.date] = field(default_factory=Counter)
    report_seconds: float | None = 3.0
    linked: bool = True
    delivered: dict[str, str] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)

    @property
    def remaining(self) -> int:
        """What is left of today's quota."""
        return max(0, self.daily - self.used[self.clock.now().date()])

    def add(self, ident: str, params: dict[str, str], **more: Any) -> Template:
        """An approved template; ``more`` as in :class:`Template`."""
        self.templates[ident] = Template(ident, params, **more)
        return self.templates[ident]

    def find(self, ident: Any) -> Template:
        """An approved template. Raises Refusal."""
        template = self.templates.get(str(ident))
        if template is None:
            raise Refusal(-109)
        if not template.approved:
            raise Refusal(-131)
        return template

    def spend(self, template: Template, price: int) -> None:
        """Pay for one send; everything else was checked before. Raises Refusal."""
        if self.remaining <= 0:
            raise Refusal(-144)
        if template.quota is not None and template.quota <= 0:
            raise Refusal(-147)
        if self.balance < price:
            raise Refusal(-115)
        self.balance -= price
        self.used[self.clock.now().date()] += 1
        if template.quota is not None:
            template.quota -= 1

    def quota(self) -> dict[str, str]:
        """Strings, as everything."""
        return {"dailyQuota": str(self.daily), "remainingQuota": str(self.remaining)}

"""Proving that a dossier is one's own, letting others see it, and taking both back."""

from __future__ import annotations

import re

from core.dossiers.access import Access
from core.dossiers.audit import Audit
from core.dossiers.codes import DossierCode
from core.dossiers.desk.said import Asked, Said, say
from core.dossiers.desk.showing import Showing
from core.dossiers.rights import Outcome, Rights
from core.errors import PortalError
from core.profile import Disclosure

_DIGITS = re.compile(r"\d+(?:[ .-]?\d+)*")
_MOST_WORDS = 12  # "4 số cuối căn cước của mẹ em là 0123 ạ"
_LAST = 4
_WHOLE = (9, 10, 12)  # whole identity and telephone numbers: their last digits count
_GRANTED = "Đã xác nhận chính chủ; có hiệu lực {days} ngày trên tài khoản này."


class Proving:
    """Takes proofs and leaves."""

    def __init__(
        self, access: Access, rights: Rights, audit: Audit, showing: Showing, rules: Disclosure
    ) -> None:
        self._access, self._rights, self._audit = access, rights, audit
        self._showing, self._rules = showing, rules

    def ask(self, code: DossierCode) -> Said:
        """Ask for a proof, the same for every code."""
        return Said((say("dossier_prove", code.text),), code.text, expecting=f"digits:{code.text}")

    async def digits(self, asked: Asked, code: DossierCode) -> Said | None:
        """Take what was written for the last digits; None when it is something else altogether."""
        digits = _digits_in(asked.text)
        if digits is None:
            return None
        if len(digits) != _LAST and len(digits) not in _WHOLE:
            again = f"digits:{code.text}"
            return Said((say("dossier_prove_digits"),), code.text, expecting=again, secret=True)
        try:
            known = await self._access.known(code)
        except PortalError:
            return Said((say("dossier_away", code.text),), code.text, secret=True)
        outcome = await self._rights.prove_by_digits(
            asked.person.address, code.text, digits[-_LAST:], known.proofs, asked.now
        )
        said = await self._judged(asked, code, outcome, "dossier_prove_wrong")
        # Whoever sent a whole number meant well but is told not to do it again.
        extra = (say("number_hidden"),) if len(digits) > _LAST else ()
        return Said((*extra, *said.messages), said.dossier, said.expecting, said.procedure, secret=True)

    async def phone(self, asked: Asked, code: DossierCode, phone: str) -> Said:
        """Compare a telephone number the platform vouches for."""
        try:
            known = await self._access.known(code)
        except PortalError:
            return Said((say("dossier_away", code.text),), code.text)
        outcome = await self._rights.prove_by_phone(
            asked.person.address, code.text, phone, known.proofs, asked.now
        )
        return await self._judged(asked, code, outcome, "dossier_phone_wrong")

    async def _judged(self, asked: Asked, code: DossierCode, outcome: Outcome, wrong: str) -> Said:
        await self._audit.record(asked.person.address, code.text, "code", outcome, asked.now)
        if outcome == "locked":
            return Said((say("dossier_prove_locked"),), code.text)
        if outcome == "wrong":
            return Said((say(wrong, code.text),), code.text, expecting=f"digits:{code.text}")
        days = self._rules.proof_lasts(asked.person.address.channel).days
        return await self._showing.full(asked.person, code, asked.now, _GRANTED.format(days=days))

    async def share(self, asked: Asked, code: DossierCode) -> Said:
        """Make a code for a member of the family; only the owner may."""
        if await self._rights.level(asked.person.address, code.text, asked.now) != "proved":
            return Said((say("dossier_share_denied", code.text),), code.text)
        token = await self._rights.share(asked.person.address, code.text, asked.now)
        message = say(
            "dossier_share",
            code.text,
            token=f"{token[:4]} {token[4:]}",
            hours=str(self._rules.delegation_hours_to_take_up),
            days=str(self._rules.delegation_days),
        )
        return Said((message,), code.text)

    async def redeem(self, asked: Asked, token: str) -> DossierCode | Said:
        """Take a leave up: the code it is for, or why not."""
        result = await self._rights.redeem(asked.person.address, token, asked.now)
        if result == "locked":
            return Said((say("dossier_token_locked"),), asked.dossier)
        if result == "wrong":
            return Said((say("dossier_token_wrong"),), asked.dossier, expecting="token")
        await self._audit.record(asked.person.address, result, "delegated", "delegated", asked.now)
        return DossierCode.parse(result)

    async def revoke(self, asked: Asked, code: DossierCode) -> Said:
        """End every leave for this dossier."""
        await self._rights.revoke(asked.person.address, code.text)
        return Said((say("dossier_revoked", code.text),), code.text)

    async def forget(self, asked: Asked, code: DossierCode) -> Said:
        """Forget the proof."""
        await self._rights.withdraw(asked.person.address, code.text)
        return Said((say("dossier_forgotten", code.text),), code.text)


def _digits_in(text: str) -> str | None:
    """The number a short answer holds; None when it is no answer to a question for digits."""
    groups = [re.sub(r"\D", "", m.group()) for m in _DIGITS.finditer(text)]
    if not groups or len(text.split()) > _MOST_WORDS or "-" in text:
        return None
    fitting = [g for g in groups if len(g) == _LAST or len(g) in _WHOLE]
    return fitting[-1] if fitting else groups[-1] if text.replace(" ", "").isdecimal() else None

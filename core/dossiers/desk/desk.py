"""The desk: from what a citizen writes, presses or photographs to an answer about dossiers."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Awaitable, Callable, Sequence

from core.dossiers import asking
from core.dossiers.code_wording import about_codes
from core.dossiers.codes import DossierCode, FaultyCode, find
from core.dossiers.desk.proving import Proving
from core.dossiers.desk.said import Asked, Said, say
from core.dossiers.desk.showing import Showing
from core.dossiers.followed import LABEL, List
from core.dossiers.links import code_text
from core.dossiers.photo import kind_of, texts_in
from core.errors import PhotoError
from core.messages import Button, Message
from core.privacy import mask_numbers
from core.profile import Profile
from nlu.vietnamese import words

MOST = 5  # codes looked up for one message
_TOKEN = re.compile(r"(?<!\d)(\d{4})[ .-]?(\d{4})(?!\d)")
_TOKEN_WORDS = (("ma", "xem", "ho"), ("xem", "ho"), ("uy", "quyen"))
_PHOTO_PROBLEMS = {"too_large": "photo_too_large", "heic": "photo_heic"}


class Desk:
    """Answers what is about dossiers and leaves everything else (None) to others."""

    def __init__(
        self,
        showing: Showing,
        proving: Proving,
        followed: List,
        profile: Profile,
        serves: Callable[[DossierCode], bool],
    ) -> None:
        self._showing, self._proving, self._followed = showing, proving, followed
        self._profile, self._serves = profile, serves
        self._photos = asyncio.Semaphore(2)  # reading one takes a core for a moment
        self._presses: dict[str, Callable[[Asked, DossierCode], Awaitable[Said]]] = {
            "show": self._show,
            "steps": lambda a, c: showing.timeline(a.person, c, a.now),
            "prove": self._prove,
            "drop": lambda a, c: _just("dossier_dropped", c),
            "share": proving.share,
            "revoke": proving.revoke,
            "forget": proving.forget,
            "follow": lambda a, c: _just("dossier_follow", c),
            "no": lambda a, c: _just("dossier_not_followed", c),
            "yes": self._follow,
            "unfollow": self._unfollow,
            "label": self._label,
        }

    async def press(self, asked: Asked) -> Said | None:
        """A button of ours, or a link opened with a code; None for other payloads."""
        kind, _, rest = asked.text.partition(":")
        if kind == "start":
            return await self.codes(asked, code_text(rest))
        if kind != "d":
            return None
        deed, _, code = rest.partition(":")
        if deed == "mine":
            return await self.mine(asked)
        if deed == "token":
            return Said((say("dossier_token"),), asked.dossier, expecting="token")
        found = [c for c in find(code, self._today(asked)) if isinstance(c, DossierCode)]
        if deed not in self._presses or not found or not self._serves(found[0]):
            return None
        return await self._presses[deed](asked, found[0])

    async def expected(self, asked: Asked) -> Said | None:
        """What the desk asked for; None when something else was written."""
        wanted, _, code = (asked.expecting or "").partition(":")
        if wanted == "digits":
            return await self._proving.digits(asked, DossierCode.parse(code))
        if wanted == "token" and (token := _TOKEN.fullmatch(asked.text)):
            return await self._redeem(asked, "".join(token.groups()))
        if wanted == "label" and len(asked.text) <= LABEL and not find(asked.text, self._today(asked)):
            await self._followed.name(asked.person.address, code, mask_numbers(asked.text))
            return Said((say("dossier_labelled", code),), code)
        return None

    async def hear(self, asked: Asked) -> Said | None:
        """A message with codes, with a leave to see, or about the dossier in hand; None for others."""
        if said := await self.codes(asked, asked.text):
            return said
        token = _TOKEN.search(asked.text)
        if token and any(_within(w, words(asked.text)) for w in _TOKEN_WORDS):
            return await self._redeem(asked, "".join(token.groups()))
        if label := await self._labelled(asked):
            return await self._about(asked, label)
        if asked.dossier and asking.is_follow_up(asked.text):
            return await self._about(asked, DossierCode.parse(asked.dossier))
        return None

    async def about_mine(self, asked: Asked) -> Said:
        """Somebody asks for "my dossier" without saying which: the one in hand, the list, or a code is asked for."""
        if asked.dossier and not asking.mentions_mine(asked.text):
            return await self._about(asked, DossierCode.parse(asked.dossier))
        if await self._followed.of(asked.person.address):
            return await self.mine(asked)
        if asked.dossier:
            return await self._about(asked, DossierCode.parse(asked.dossier))
        return Said((say("dossier_ask"),))

    async def mine(self, asked: Asked) -> Said:
        """The list "Hồ sơ của tôi"."""
        entries = await self._followed.of(asked.person.address)
        if not entries:
            return Said((say("dossier_list_empty"),), asked.dossier)
        codes = [DossierCode.parse(entry.code) for entry in entries]
        if len(codes) == 1:
            return await self._showing.full(asked.person, codes[0], asked.now)
        listed = await self._showing.several(asked.person, codes, asked.now)
        held = await self._showing.held(asked.person, asked.now)
        text = "\n".join(part for part in (f"Hồ sơ của tôi ({len(codes)}):", listed.text, held) if part)
        more = (Button("Cài đặt nhắc", "rm:menu"), Button("Liên kết với kênh khác", "l:start"))
        return Said((Message(text, (*listed.buttons, *more)),))

    async def codes(self, asked: Asked, text: str) -> Said | None:
        """Everything a text says by codes; None when it holds none."""
        found = find(text, self._today(asked))
        if not found:
            return None
        ours = [c for c in found if isinstance(c, DossierCode) and self._serves(c)]
        others = [c for c in found if c not in ours]
        messages = [self._others(asked, others)] if others else []
        if len(ours) == 1:
            said = await self._show(asked, ours[0])
            if follows := [f for f in asking.asked(text) if f != "status"]:
                said = await self._showing.follow_up(asked.person, ours[0], follows, asked.now)
            return Said((*said.messages, *messages), said.dossier, procedure=said.procedure)
        if ours:
            messages.insert(0, await self._showing.several(asked.person, ours[:MOST], asked.now))
        if len(ours) > MOST:
            messages.append(say("dossier_too_many"))
        return Said(tuple(messages))

    async def photo(self, asked: Asked, photo: bytes | None) -> Said | None:
        """A picture: its dossier codes, or what it shows instead; None when it shows nothing and a question
        stands under it. The picture is not kept."""
        said = await self._photo(asked, photo)
        useless = said.messages[0] in (say("photo_nothing"), say("photo_not_fetched"), say("photo_other"))
        return None if useless and words(asked.text) else said

    async def _photo(self, asked: Asked, photo: bytes | None) -> Said:
        if photo is None:
            return Said((say("photo_not_fetched"),), asked.dossier, asked.expecting)
        try:
            async with self._photos:
                texts = await asyncio.to_thread(texts_in, photo)
        except PhotoError as error:
            return Said((say(_PHOTO_PROBLEMS.get(str(error), "photo_unreadable")),), asked.dossier)
        codes = [t for t in texts if find(t, self._today(asked))]
        if codes and (said := await self.codes(asked, "\n".join(codes))):
            return said
        kinds = {kind_of(t) for t in texts}
        for kind in ("identity_card", "payment"):
            if kind in kinds:
                return Said((say(f"photo_{kind}"),), asked.dossier)
        return Said((say("photo_other" if texts else "photo_nothing"),), asked.dossier)

    async def contact(self, asked: Asked, phone: str | None) -> Said:
        """A telephone number the platform vouches for (None: somebody else's)."""
        if phone is None:
            return Said((say("dossier_phone_not_own"),), asked.dossier, asked.expecting)
        wanted, _, code = (asked.expecting or "").partition(":")
        code = code if wanted == "digits" else asked.dossier or ""
        if not code:
            return Said((say("dossier_phone_for_what"),))
        return await self._proving.phone(asked, DossierCode.parse(code), phone)

    async def _show(self, asked: Asked, code: DossierCode) -> Said:
        return await self._showing.full(asked.person, code, asked.now)

    async def _prove(self, asked: Asked, code: DossierCode) -> Said:
        return self._proving.ask(code)

    async def _about(self, asked: Asked, code: DossierCode) -> Said:
        return await self._showing.follow_up(asked.person, code, asking.asked(asked.text), asked.now)

    async def _redeem(self, asked: Asked, token: str) -> Said:
        found = await self._proving.redeem(asked, token)
        if isinstance(found, Said):
            return found
        return await self._showing.full(asked.person, found, asked.now, "Đã nhận quyền xem hộ.")

    async def _labelled(self, asked: Asked) -> DossierCode | None:
        """The followed dossier whose label stands in a message about a dossier: "hồ sơ của mẹ tới đâu rồi"."""
        said = words(asked.text)
        if not asking.mentions_dossier(asked.text):
            return None
        for entry in await self._followed.of(asked.person.address):
            if entry.label and _within(tuple(words(entry.label)), said):
                return DossierCode.parse(entry.code)
        return None

    async def _follow(self, asked: Asked, code: DossierCode) -> Said:
        added = await self._followed.add(asked.person.address, code.text, asked.now)
        if not added:
            return Said((say("dossier_list_full", code.text),), code.text)
        note = await self._showing.note(asked.person, asked.now)
        return Said((say("dossier_followed", code.text, note=note),), code.text)

    async def _unfollow(self, asked: Asked, code: DossierCode) -> Said:
        await self._followed.remove(asked.person.address, code.text, asked.now)
        return Said((say("dossier_unfollowed", code.text),), code.text)

    async def _label(self, asked: Asked, code: DossierCode) -> Said:
        return Said((say("dossier_label", code.text),), code.text, expecting=f"label:{code.text}")

    def _others(self, asked: Asked, codes: Sequence[DossierCode | FaultyCode]) -> Message:
        return about_codes(
            codes, self._profile.identifiers, self._profile.former_identifiers, self._today(asked)
        )

    def _today(self, asked: Asked) -> dt.date:
        return self._profile.today(asked.now)


async def _just(name: str, code: DossierCode) -> Said:
    return Said((say(name, code.text),), code.text)


def _within(part: tuple[str, ...], whole: Sequence[str]) -> bool:
    """Whether the words stand next to each other in the whole."""
    size = len(part)
    return any(tuple(whole[i : i + size]) == part for i in range(len(whole) - size + 1))

"""The conversation as the channels see it when staff may have it: the assistant speaks, or passes on and is silent.

While somebody waits for a person, what they write goes to staff; buttons, commands and pictures are for the
assistant and answered by it. Once a person has the conversation everything goes to that person. Words of danger,
"dừng" and what goes back to the assistant are answered whoever has it. What is said in the end is decided where the
answer is stored: see ``core.conversations.talks.settle``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import structlog

from bot.suggesting import Suggester
from bot.talking import INTENT, PAYLOADS, PHONE, TalkSide, answers_phone
from bot.turned import choice
from core.conversations.state import State, States
from core.conversations.talks import phrases
from core.conversations.talks.book import Book
from core.conversations.talks.model import Stand, Standing
from core.conversations.talks.settle import Settling
from core.db import reach
from core.errors import DatabaseAway
from core.messages import Address, Answerer, Aside, How, Incoming, Message, Reply, numbered
from core.privacy import HIDDEN, holds_number, mask_numbers
from core.profile import Profile
from core.reminders import phrases as wishes
from core.sentences import sentence
from nlu.vietnamese import clean

log = structlog.get_logger()
PULLED = frozenset({"web"})  # their answers are stored nowhere: what is said is decided here
_KINDS = {
    "photo": "[Ảnh]",
    "sticker": "[Nhãn dán]",
    "voice": "[Tin thoại]",
    "file": "[Tệp]",
    "location": "[Vị trí]",
    "contact": "[Số điện thoại]",
}
_BUTTON = "[Nút bấm]"  # one that was offered long ago
_LOST = frozenset({"photo", "voice", "file", "location", "contact"})  # what staff cannot be shown
_READABLE = frozenset({"photo", "location", "contact"})  # what the assistant can do something with
_MOST_TEXT = 2_000  # letters passed on of one message


class HandingOver:
    """Answers, or passes on to staff."""

    def __init__(
        self,
        conversation: Answerer,
        side: TalkSide,
        book: Book,
        settling: Settling,
        suggester: Suggester,
        states: States,
        profile: Profile,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._conversation, self._side, self._book, self._settling = conversation, side, book, settling
        self._suggester, self._states, self._profile, self._clock = suggester, states, profile, clock

    async def answer(self, incoming: Incoming) -> Reply:
        """Answer one message; see ``Answerer``.

        Raises:
            DatabaseAway: the one fault that passes by itself.
        """
        if not self._side.serves(incoming.address):
            return await self._conversation.answer(incoming)
        try:
            return await self._answered(incoming)
        except DatabaseAway:
            raise
        except Exception as error:
            # As the conversation itself does: the citizen is told, the log holds nothing of the message.
            log.error("passing_on_failed", channel=incoming.address.channel, error=type(error).__name__)
            if reach.away(error):
                raise DatabaseAway("DATABASE_URL: cơ sở dữ liệu đang không trả lời") from None
            return Reply((sentence("failed"),), how=How("failed", private=True))

    async def staffed(self, address: Address) -> bool:
        """Whether a conversation with staff is open: then the web looks for their answers more often."""
        return self._side.serves(address) and await self._book.standing(address) is not None

    async def _answered(self, incoming: Incoming) -> Reply:
        standing = await self._book.standing(incoming.address)
        if standing is None:
            reply = await self._alone(incoming)
        else:
            reply = await self._beside_staff(incoming, standing)
        assert reply.aside is not None
        if incoming.address.channel not in PULLED:
            return reply
        now = self._clock()
        said, staffed = await self._settling.settled(incoming.address, reply.messages, reply.aside, now)
        return replace(reply, messages=said, staffed=staffed)

    async def _alone(self, incoming: Incoming) -> Reply:
        """No conversation with staff is open, as far as one knows before the answer is stored."""
        reply = await self._conversation.answer(incoming)
        about = reply.intent == INTENT
        aside = Aside(
            _line(incoming, reply),
            suggested=() if about else _shown(reply),
            waiting=reply.messages,
            held=reply.messages if about else (),
            understood=reply.understood,
            ref=_ref(incoming),
        )
        return replace(reply, aside=aside)

    async def _beside_staff(self, incoming: Incoming, standing: Standing) -> Reply:
        state = await self._states.get(incoming.address, self._clock())
        waits = standing.stand is Stand.WAITING
        meant = self._meant(incoming, state, waits)
        if self._for_us(incoming, meant, state):
            reply = await self._conversation.answer(incoming)
            said = reply.messages
            return replace(reply, aside=_aside(incoming, _line(incoming, reply), waiting=said, held=said))
        line = _line(incoming, None, _title(meant, state) if meant else "")
        if waits and (meant or incoming.kind in _READABLE or incoming.text.startswith("/")):
            reply = await self._conversation.answer(incoming)
            aside = _aside(incoming, line, suggested=_shown(reply), waiting=reply.messages)
            return replace(reply, aside=aside)
        return await self._passed_on(incoming, standing, state, line)

    async def _passed_on(self, incoming: Incoming, standing: Standing, state: State, line: str) -> Reply:
        suggestion = await self._suggester.suggest(incoming, state)
        if suggestion.danger or (incoming.kind == "text" and phrases.danger(incoming.text)):
            said = (sentence("utter_emergency"),)
            aside = _aside(incoming, line, waiting=said, held=said)
            return Reply(said, aside=aside, how=How("handed", private=True))
        notice = (sentence("talk_unseen"),) if incoming.kind in _LOST else ()
        waiting = notice or await self._waits(standing, incoming.address)
        aside = _aside(incoming, line, suggested=suggestion.messages, waiting=waiting, held=notice)
        masked = mask_numbers(incoming.text) if holds_number(incoming.text) else None
        # Said only when the conversation has just been closed: what would have been said without it.
        messages = suggestion.messages or (sentence("talk_over"),)
        return Reply(messages, said=masked, aside=aside, how=How("silent", private=True))

    async def _waits(self, standing: Standing, address: Address) -> tuple[Message, ...]:
        """That what was written was passed on, unless they were told so a short while ago."""
        now = self._clock()
        lately = standing.told_at is not None and now - standing.told_at < self._profile.talks.told
        if lately or standing.stand is not Stand.WAITING:
            return ()
        said = numbered((self._profile.fill(await self._side.passed_on(standing, address, now)),))
        await self._states.offer(address, [(b.title, b.payload or "") for b in said[0].choices], None, now)
        return said

    def _meant(self, incoming: Incoming, state: State, waits: bool) -> str | None:
        """The payload of the button that was pressed, or named by its title; by its number only while waiting,
        because a number may be the answer to what a person asked."""
        if incoming.kind == "payload":
            return incoming.text
        text = clean(incoming.text) if incoming.kind == "text" else ""
        return choice(text, state) if text and (waits or not text.rstrip(".").isdecimal()) else None

    def _for_us(self, incoming: Incoming, meant: str | None, state: State) -> bool:
        """Whether it is answered by the assistant whoever has the conversation."""
        if meant is not None:
            return meant.startswith((*PAYLOADS, "rm:stop"))
        if incoming.kind != "text":
            return False
        text = clean(incoming.text)
        if text.startswith("/canbo") or (state.expecting == PHONE and answers_phone(text)):
            return True
        if phrases.goes_back(text) or phrases.asks_person(text) or phrases.leaves_phone(text):
            return True
        wanted = wishes.wanted(text, self._profile.today(self._clock()))
        return wanted is not None and wanted.deed == "stop" and not wanted.weak


def _aside(
    incoming: Incoming,
    line: str,
    suggested: tuple[Message, ...] = (),
    waiting: tuple[Message, ...] = (),
    held: tuple[Message, ...] = (),
) -> Aside:
    return Aside(line, suggested, waiting, held, understood=None, ref=_ref(incoming))


def _ref(incoming: Incoming) -> str | None:
    return f"by:{incoming.ref}" if incoming.ref else None


def _line(incoming: Incoming, reply: Reply | None, title: str = "") -> str:
    """What staff read of a message. Numbers are masked; a proof is hidden whole; a picture is only named."""
    if reply and reply.said == HIDDEN:
        return HIDDEN
    said = (title or _BUTTON) if incoming.kind == "payload" else incoming.text
    text = mask_numbers(clean(said))[:_MOST_TEXT]
    return f"{_KINDS.get(incoming.kind, '')} {text}".strip()


def _title(payload: str, state: State) -> str:
    """The words on a button that was offered."""
    return next((title for title, offered in state.options if offered == payload), "")


def _shown(reply: Reply) -> tuple[Message, ...]:
    """What staff are shown of an answer of ours: nothing about somebody's dossier."""
    return () if reply.intent == "dossier_status" or not reply.understood else reply.messages

"""From one incoming message to the answer, the same on every channel."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

import structlog

from bot.beside import Beside
from bot.rasa import Rasa
from bot.turned import Turned, choice, how, kept, next_state, of_rasa, still_held, understood
from core.conversations.state import State, States
from core.db import reach
from core.dossiers import asking
from core.dossiers.access import Person
from core.dossiers.desk.desk import Desk
from core.dossiers.desk.said import Asked, Said
from core.errors import DatabaseAway, UnderstandingError
from core.messages import Address, How, Incoming, Message, Outcome, Reply, numbered
from core.people.desk import told
from core.places.counters import asks_nearest
from core.privacy import HIDDEN, holds_number, mask_numbers
from core.procedures.choices import Choices, phrase_of
from core.procedures.guide import Guidance, Guide
from core.procedures.keywords import aspects_in
from core.profile import Profile
from core.sentences import sentence
from core.splitting import split
from nlu.vietnamese import clean, words

log = structlog.get_logger()

MAX_TEXT = 2_000  # letters read of one message
MAX_BUBBLE = 1_500  # letters of one message sent: about two phone screens
_PROCEDURE_CODE = re.compile(r"(?<![\d.])(\d\.\d{6})(?!\d)")
_FIXED = {"help": "utter_help", "person": "utter_person", "none": "utter_deny"}
_COMMANDS = {"/start": "utter_greet", "/help": "utter_help", "/trogiup": "utter_help"}


class Conversation:
    """Answers messages. Buttons, commands and codes never need Rasa; questions fall back to search."""

    def __init__(
        self,
        guide: Guide,
        desk: Desk,
        beside: Beside,
        states: States,
        choices: Choices,
        rasa: Rasa,
        profile: Profile,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._guide, self._desk, self._states, self._rasa = guide, desk, states, rasa
        self._choices, self._profile, self._clock, self._beside = choices, profile, clock, beside
        self._turns: WeakValueDictionary[Address, asyncio.Lock] = WeakValueDictionary()

    async def answer(self, incoming: Incoming) -> Reply:
        """Answer one message; an apology rather than an error, whatever happens behind.

        Messages of one person are answered one after the other, in the order they came.

        Raises:
            DatabaseAway: the one fault that passes by itself; whoever can, asks again a little later.
        """
        turn = self._turns.setdefault(incoming.address, asyncio.Lock())
        try:
            async with turn:
                state = await self._states.get(incoming.address, self._clock())
                turned = await self._beside.offer(incoming, await self._route(incoming, state), self._clock())
                await self._beside.tell(turned.notices)
                reply = replace(self._finished(incoming, turned, state.notice), how=how(turned, state))
                await self._states.put(incoming.address, next_state(reply, turned, state), self._clock())
        except Exception as error:
            # Whatever broke, the citizen is told; the log names the error and nothing of the message.
            log.error("answer_failed", channel=incoming.address.channel, error=type(error).__name__)
            if reach.away(error):
                raise DatabaseAway("DATABASE_URL: cơ sở dữ liệu đang không trả lời") from None
            return Reply((sentence("failed"),), how=How("failed", private=True))
        return reply

    def _finished(self, incoming: Incoming, turned: Turned, notice: str | None) -> Reply:
        """Names of the province put in, long texts split for phones, numbers kept out of histories; first
        what has happened since the last message."""
        messages, said = turned.reply.messages, None
        if turned.secret:
            said = HIDDEN
        elif incoming.kind == "text" and holds_number(incoming.text):
            said = mask_numbers(incoming.text)
            messages = (sentence("number_hidden"), *messages)  # the buttons stay under the last one
        if notice:
            messages = (told(notice), *messages)
        parts = tuple(part for m in messages for part in split(self._profile.fill(m), MAX_BUBBLE))
        return replace(turned.reply, messages=numbered(parts), said=said)

    async def _route(self, incoming: Incoming, state: State) -> Turned:
        asked = Asked(
            Person(incoming.address, incoming.origin),
            incoming.text if incoming.kind == "payload" else clean(incoming.text),
            self._clock(),
            state.dossier,
            state.expecting,
            incoming.text,
        )
        if incoming.kind == "payload":
            return await self._payload(asked, state)
        if incoming.kind == "photo":
            said = await self._desk.photo(asked, incoming.photo)
            return self._about_dossier(said, state) if said else await self._text(incoming, asked, state)
        if incoming.kind == "contact":
            return self._about_dossier(await self._desk.contact(asked, incoming.phone), state)
        if incoming.kind == "location":
            return self._beside.near(incoming, state)
        if incoming.kind != "text" or not words(asked.text):
            return kept(Reply((sentence("unreadable"),)), state, "unread")
        if len(asked.text) > MAX_TEXT:
            return kept(Reply((sentence("too_long"),)), state, "unread")
        return await self._text(incoming, asked, state)

    async def _text(self, incoming: Incoming, asked: Asked, state: State) -> Turned:
        """What was written: a command, a proof, a choice, codes, and only then a question."""
        text = asked.text
        if text.startswith("/"):
            return await self._command(asked, state)
        if chosen := choice(text, state):
            return await self._payload(replace(asked, text=chosen), state)
        if turned := await self._beside.hear(asked, state):
            return turned
        if said := await self._desk.expected(asked) or await self._desk.hear(asked):
            return self._about_dossier(said, state)
        if code := _PROCEDURE_CODE.search(text):
            procedure = self._guide.catalogue.by_code(code.group(1))
            if procedure:
                return self._guided(self._guide.answer(procedure, text, aspects_in(text)), state)
        return await self._question(incoming, asked, state)

    async def _payload(self, asked: Asked, state: State) -> Turned:
        payload = asked.text
        if payload.startswith("/"):
            return await self._command(asked, state)
        if said := await self._desk.press(asked):
            return self._about_dossier(said, state)
        if turned := await self._beside.press(asked, state):
            return turned
        if payload == "topics":
            return kept(Reply((self._guide.topics(),)), state, "button")
        await self._learn(asked, state)
        if payload in _FIXED:
            reply = Reply((sentence(_FIXED[payload]),), understood=None if payload != "none" else False)
            if payload == "none":
                return Turned(replace(reply, how=How("declined", question=state.question)))
            return kept(reply, state, "handed" if payload == "person" else "button")
        guidance = self._guide.press(payload)
        if guidance is None:
            return kept(Reply((sentence("unknown_button"),)), state, "unread")
        return self._guided(guidance, state, "button")

    async def _learn(self, asked: Asked, state: State) -> None:
        """Remember what was chosen when the assistant had asked back."""
        kind, _, rest = asked.text.partition(":")
        if state.question and (kind == "tt" or asked.text == "none"):
            chosen = rest.partition(":")[0] if rest.partition(":")[0] in self._guide.catalogue else None
            await self._choices.record(asked.person.address, state.question, chosen, asked.now)

    async def _command(self, asked: Asked, state: State) -> Turned:
        command, _, rest = asked.text.partition(" ")
        command, rest = command.split("@")[0].lower(), rest.strip()
        if command == "/thutuc":
            if rest:
                return self._guided(self._guide.ask(rest, aspects_in(rest)), state)
            return kept(Reply((self._guide.topics(),)), state, "command")
        if command == "/start" and rest:
            said = await self._desk.press(replace(asked, text=f"start:{rest}"))
            if said:
                return self._about_dossier(said, state)
        if turned := await self._beside.command(command, asked, rest, state):
            return turned
        if command == "/hoso":
            said = await self._desk.codes(asked, rest) if rest else None
            return self._about_dossier(said or await self._desk.mine(asked), state)
        return kept(Reply((sentence(_COMMANDS.get(command, "utter_help")),)), state, "command")

    def _guided(self, guidance: Guidance, state: State, outcome: Outcome | None = None) -> Turned:
        done = How(outcome or guidance.outcome, procedure=guidance.answered)
        ranked = self._ranked(guidance)
        reply = Reply(guidance.messages, procedures=ranked, understood=guidance.fits, how=done)
        return Turned(reply, guidance.procedure, still_held(guidance.procedure, state))

    def _about_dossier(self, said: Said, state: State) -> Turned:
        procedure = self._guide.catalogue.by_code(said.procedure) if said.procedure else None
        reply = Reply(said.messages, intent="dossier_status", confidence=1.0, how=How("dossier"))
        held = procedure.id if procedure else state.procedure
        return Turned(reply, held, said.dossier, said.expecting, said.secret)

    def _ranked(self, guidance: Guidance) -> tuple[dict[str, Any], ...]:
        return self._named([{"id": h.id, "score": h.score} for h in guidance.hits])

    def _named(self, hits: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
        found = []
        for hit in hits:
            if procedure := self._guide.catalogue.get(hit["id"]):
                found.append(
                    {"code": procedure.code or procedure.id, "name": procedure.name, "score": hit["score"]}
                )
        return tuple(found)

    async def _question(self, incoming: Incoming, asked: Asked, state: State) -> Turned:
        text = mask_numbers(asked.text)  # Rasa keeps what it is told
        try:
            turn = await self._rasa.turn(str(incoming.address), text, state.procedure)
        except UnderstandingError as error:
            log.warning("rasa_away", error=str(error))
            return replace(await self._by_keywords(asked, text, state), question=phrase_of(text))
        if turn.subject == "dossier":
            return understood(self._about_dossier(await self._desk.about_mine(asked), state), turn)
        if turn.subject == "nearest":
            return understood(self._beside.nearest(asked, state), turn)
        if turn.subject and (turned := await self._beside.handed(turn.subject, asked, state)):
            return understood(turned, turn)
        said = Reply(tuple(turn.messages), procedures=self._named(turn.hits), understood=turn.fits)
        turned = of_rasa(said, turn, state)
        return replace(understood(turned, turn), question=phrase_of(text))

    async def _by_keywords(self, asked: Asked, text: str, state: State) -> Turned:
        """The answer while Rasa is away, and that it is one."""
        if asking.mentions_mine(text):
            return self._about_dossier(await self._desk.about_mine(asked), state)
        if asks_nearest(text):
            return self._beside.nearest(asked, state)
        guidance = self._guide.ask(text, aspects_in(text), state.procedure)
        first = Message(
            f"{sentence('plain_mode').text}\n\n{guidance.messages[0].text}",
            guidance.messages[0].buttons,
        )
        return self._guided(replace(guidance, messages=(first, *guidance.messages[1:])), state, "plain_mode")

    async def explain(self, incoming: Incoming) -> Reply:
        """Answer, and say which intent, aspects and procedures were understood.

        Raises:
            UnderstandingError: Rasa is away.
        """
        reply, parsed = await asyncio.gather(
            self.answer(incoming), self._rasa.parse(mask_numbers(clean(incoming.text)) or ".")
        )
        intent = parsed.get("intent") or {}
        aspects = [e["value"] for e in parsed.get("entities", []) if e.get("entity") == "aspect"]
        procedures = reply.procedures or self._named(
            [{"id": h.id, "score": h.score} for h in self._guide.search(incoming.text)]
        )
        return Reply(
            reply.messages,
            intent.get("name"),
            intent.get("confidence"),
            tuple(dict.fromkeys(aspects)),
            procedures,
        )

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

from bot.rasa import Rasa, Turn
from core.conversations.state import State, States
from core.dossiers.codes import find
from core.dossiers.wording import about_codes
from core.errors import UnderstandingError
from core.messages import Address, Incoming, Message, Reply, split
from core.procedures.guide import Guidance, Guide
from core.procedures.keywords import aspects_in
from core.profile import Profile
from core.sentences import sentence
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
        states: States,
        rasa: Rasa,
        profile: Profile,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._profile = profile
        self._guide, self._states, self._rasa, self._clock = guide, states, rasa, clock
        self._turns: WeakValueDictionary[Address, asyncio.Lock] = WeakValueDictionary()

    async def answer(self, incoming: Incoming) -> Reply:
        """Answer one message; an apology rather than an error, whatever happens behind.

        Messages of one person are answered one after the other, in the order they came.
        """
        turn = self._turns.setdefault(incoming.address, asyncio.Lock())
        try:
            async with turn:
                state = await self._states.get(incoming.address, self._clock())
                reply, procedure = await self._route(incoming, state)
                reply = replace(reply, messages=self._finished(reply.messages))
                await self._states.put(incoming.address, _next_state(reply, procedure), self._clock())
        except Exception as error:
            # Whatever broke, the citizen is told; the log names the error and nothing of the message.
            log.error("answer_failed", channel=incoming.address.channel, error=type(error).__name__)
            return Reply((sentence("failed"),))
        return reply

    def _finished(self, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        """Names of the province put in, long texts split for phones."""
        return tuple(part for m in messages for part in split(self._profile.fill(m), MAX_BUBBLE))

    async def _route(self, incoming: Incoming, state: State) -> tuple[Reply, str | None]:
        held = state.procedure
        if incoming.kind == "payload":
            return self._payload(incoming.text, held)
        text = clean(incoming.text)
        if incoming.kind != "text" or not words(text):
            return Reply((sentence("unreadable"),)), held
        if len(text) > MAX_TEXT:
            return Reply((sentence("too_long"),)), held
        if text.startswith("/"):
            return self._command(text, held)
        if chosen := _chosen(text, state):
            return self._payload(chosen, held)
        if codes := find(text, self._profile.today(self._clock())):
            message = about_codes(codes, self._profile.identifiers, self._profile.former_identifiers)
            return Reply((message,), intent="dossier_status", confidence=1.0), held
        if code := _PROCEDURE_CODE.search(text):
            procedure = self._guide.catalogue.by_code(code.group(1))
            if procedure:
                return self._plain(
                    Guidance(self._guide.about(procedure, text, aspects_in(text)), procedure.id)
                )
        return await self._question(incoming, text, held)

    def _payload(self, payload: str, held: str | None) -> tuple[Reply, str | None]:
        if payload.startswith("/"):
            return self._command(payload, held)
        if payload == "topics":
            return Reply((self._guide.topics(),)), held
        if payload in _FIXED:
            return Reply((sentence(_FIXED[payload]),)), None if payload == "none" else held
        guidance = self._guide.press(payload)
        if guidance is None:
            return Reply((sentence("unknown_button"),)), held
        return self._plain(guidance)

    def _command(self, text: str, held: str | None) -> tuple[Reply, str | None]:
        command, _, rest = text.partition(" ")
        command = command.split("@")[0].lower()
        if command == "/thutuc":
            if rest.strip():
                return self._plain(self._guide.ask(rest, aspects_in(rest)))
            return Reply((self._guide.topics(),)), held
        return Reply((sentence(_COMMANDS.get(command, "utter_help")),)), held

    def _plain(self, guidance: Guidance) -> tuple[Reply, str | None]:
        return Reply(guidance.messages, procedures=self._ranked(guidance)), guidance.procedure

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

    async def _question(self, incoming: Incoming, text: str, held: str | None) -> tuple[Reply, str | None]:
        try:
            turn = await self._rasa.turn(str(incoming.address), text, held)
        except UnderstandingError as error:
            log.warning("rasa_away", error=str(error))
            guidance = self._guide.ask(text, aspects_in(text), held)
            first = Message(
                f"{sentence('plain_mode').text}\n\n{guidance.messages[0].text}",
                guidance.messages[0].buttons,
            )
            return Reply(
                (first, *guidance.messages[1:]), procedures=self._ranked(guidance)
            ), guidance.procedure
        return Reply(tuple(turn.messages), procedures=self._named(turn.hits)), _held_after(turn, held)

    async def explain(self, incoming: Incoming) -> Reply:
        """Answer, and say which intent, aspects and procedures were understood.

        Raises:
            UnderstandingError: Rasa is away.
        """
        reply, parsed = await asyncio.gather(
            self.answer(incoming), self._rasa.parse(clean(incoming.text) or ".")
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


def _held_after(turn: Turn, held: str | None) -> str | None:
    return turn.procedure if turn.decided else held


def _next_state(reply: Reply, procedure: str | None) -> State:
    buttons = [b for m in reply.messages for b in m.buttons if b.payload]
    return State(procedure, tuple((b.title, b.payload or "") for b in buttons))


def _chosen(text: str, state: State) -> str | None:
    """The payload of the choice a short answer means: its number or its title."""
    if text.rstrip(".").isdecimal() and 1 <= int(text.rstrip(".")) <= len(state.options):
        return state.options[int(text.rstrip(".")) - 1][1]
    said = words(text)
    return next((payload for title, payload in state.options if words(title) == said), None)

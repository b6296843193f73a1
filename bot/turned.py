"""One turn of a conversation: the answer, what stays in hand, what a short answer chooses. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.rasa import Turn
from core.conversations.state import State
from core.messages import How, Outcome, Reply
from core.people.model import Notice
from nlu.vietnamese import words


@dataclass(frozen=True, slots=True)
class Turned:
    """An answer, what is in hand after it, and what other addresses of the person are to be told."""

    reply: Reply
    procedure: str | None = None
    dossier: str | None = None
    expecting: str | None = None
    secret: bool = False
    question: str | None = None
    notices: tuple[Notice, ...] = ()


# What Rasa's own sentences amount to; every other intent is answered by one.
_DONE: dict[str, Outcome] = {"talk_to_person": "handed", "stop": "stopped", "deny": "declined"}


def kept(reply: Reply, state: State, outcome: Outcome | None = None) -> Turned:
    """An answer that leaves in hand what was."""
    if outcome:
        reply = replace(reply, how=How(outcome))
    return Turned(reply, state.procedure, state.dossier)


def of_rasa(reply: Reply, turn: Turn, state: State) -> Turned:
    """An answer of Rasa's: what it decided is in hand."""
    known = turn.understood
    outcome = turn.outcome or _DONE.get(known.intent if known else "", "answered")
    reply = replace(reply, how=How(outcome, procedure=turn.answered))
    if turn.decided:
        return Turned(reply, turn.procedure, still_held(turn.procedure, state))
    return kept(reply, state)


def still_held(procedure: str | None, state: State) -> str | None:
    """The dossier in hand after an answer about a procedure: another procedure takes it out of hand."""
    return state.dossier if procedure in (None, state.procedure) else None


def how(turned: Turned, before: State) -> How:
    """How the answer came about: whatever a desk had asked for may be a proof or a name, so it is private."""
    return replace(
        turned.reply.how,
        dossier=turned.dossier,
        question=turned.question or turned.reply.how.question,
        private=turned.reply.how.private or turned.secret or before.expecting is not None,
    )


def understood(turned: Turned, turn: Turn) -> Turned:
    """The answer to a question that Rasa was asked about, whoever gave it."""
    return replace(
        turned, reply=replace(turned.reply, how=replace(turned.reply.how, understood=turn.understood))
    )


def next_state(reply: Reply, turned: Turned, before: State) -> State:
    """What is remembered after an answer."""
    buttons = [b for m in reply.messages for b in m.choices]
    options = tuple((b.title, b.payload or "") for b in buttons)
    # A choice between procedures always offers "none of these": that is how asking back is known.
    asked_back = turned.question if any(payload == "none" for _, payload in options) else None
    return State(turned.procedure, options, turned.dossier, turned.expecting, asked_back, before.notice)


def choice(text: str, state: State) -> str | None:
    """The payload of the choice a short answer means: its number or its title.

    A number of choices has two digits at most: four may be the proof that was asked for.
    """
    number = text.rstrip(".")
    if number.isdecimal() and len(number) <= 2 and 1 <= int(number) <= len(state.options):
        return state.options[int(number) - 1][1]
    said = words(text)
    return next((payload for title, payload in state.options if words(title) == said), None)

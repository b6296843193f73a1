"""One turn of a conversation: the answer, what stays in hand, what a short answer chooses. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.rasa import Turn
from core.conversations.state import State
from core.messages import Reply
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


def kept(reply: Reply, state: State) -> Turned:
    """An answer that leaves in hand what was."""
    return Turned(reply, state.procedure, state.dossier)


def of_rasa(reply: Reply, turn: Turn, state: State) -> Turned:
    """An answer of Rasa's: what it decided is in hand."""
    if turn.decided:
        return Turned(reply, turn.procedure, still_held(turn.procedure, state))
    return kept(reply, state)


def still_held(procedure: str | None, state: State) -> str | None:
    """The dossier in hand after an answer about a procedure: another procedure takes it out of hand."""
    return state.dossier if procedure in (None, state.procedure) else None


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

"""Conversations with the whole running assistant: a citizen says, the assistant answers.

A transcript is a block in ``*.txt``: a title line ``# …``, then

    > what the citizen types          [title]  presses the button of that title
    < must stand in the answer        ! must not stand in it

Case and line breaks do not matter; button titles belong to the answer. ``{code:STATUS}``, ``{id4:STATUS}`` and
``{phone4:STATUS}`` stand for a dossier of the simulated portal with that status and its owner's last digits,
``{code2:…}`` for another one, ``{messy:…}`` for its code as people type it.
"""

from __future__ import annotations

import pathlib
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.running import Running

FOLDER = pathlib.Path(__file__).parent
pytestmark = pytest.mark.model


@dataclass
class Turn:
    """What the citizen does, and what must and must not come back."""

    done: str
    wanted: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)


@dataclass
class Journey:
    """One transcript."""

    title: str
    turns: list[Turn] = field(default_factory=list)


def transcripts() -> Iterator[Journey]:
    """Every transcript of this folder. Raises ValueError naming file and line of a malformed one."""
    for file in sorted(FOLDER.glob("*.txt")):
        journey: Journey | None = None
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            mark, rest = line[:1], line[1:].strip()
            if mark == "#":
                if journey:
                    yield journey
                journey = Journey(f"{file.stem}: {rest}")
            elif journey and mark == ">":
                journey.turns.append(Turn(rest))
            elif journey and mark == "[":
                journey.turns.append(Turn(line.strip()))
            elif journey and journey.turns and mark in ("<", "!"):
                (journey.turns[-1].wanted if mark == "<" else journey.turns[-1].unwanted).append(rest)
            elif line.strip():
                raise ValueError(f"{file}:{number}: {line!r}")
        if journey:
            yield journey


JOURNEYS = list(transcripts())


def _flat(text: str) -> str:
    return " ".join(text.split()).lower()


@pytest.fixture(scope="module")
def examples(assistant: Running) -> dict[str, list[dict[str, str]]]:
    """Dossiers of the simulated portal by status."""
    answer = httpx.get(f"{assistant.portal}/_control/examples", timeout=10, trust_env=False)
    found: dict[str, list[dict[str, str]]] = answer.json()
    return found


def _filled(text: str, examples: dict[str, list[dict[str, str]]]) -> str:
    def value(match: re.Match[str]) -> str:
        what, status = match.groups()
        rows = examples[status]
        messy = rows[0]["code"].lower().replace(".", " . ").replace("-", " - ")
        return {
            "code": rows[0]["code"],
            "code2": rows[-1]["code"],
            "messy": messy,
            "id4": rows[0]["identity_last4"],
            "phone4": rows[0]["phone_last4"],
        }[what]

    return re.sub(r"\{(\w+):([^}]+)\}", value, text)


def _body(done: str, shown: list[dict[str, Any]]) -> dict[str, str]:
    if not done.startswith("["):
        return {"text": done}
    title = done.strip("[]")
    pressed = next((b for b in shown if b["title"].startswith(title) and "payload" in b), None)
    assert pressed, f"no button {title!r} among {[b['title'] for b in shown]}"
    return {"payload": pressed["payload"]}


@pytest.mark.parametrize("journey", JOURNEYS, ids=[j.title for j in JOURNEYS])
def test_journey(journey: Journey, assistant: Running, examples: dict[str, list[dict[str, str]]]) -> None:
    session, shown = uuid.uuid4().hex, []
    with httpx.Client(base_url=assistant.base, timeout=20, trust_env=False) as client:
        for turn in journey.turns:
            response = client.post(
                "/api/chat", json={"session": session, **_body(_filled(turn.done, examples), shown)}
            )
            messages = response.json()["messages"]
            shown = [b for m in messages for b in m["buttons"]]
            answer = "\n".join([*(m["text"] for m in messages), *(b["title"] for b in shown)])
            for wanted in turn.wanted:
                assert _flat(wanted) in _flat(answer), f"> {turn.done}\nwanted: {wanted}\ngot: {answer}"
            for unwanted in turn.unwanted:
                assert _flat(unwanted) not in _flat(answer), (
                    f"> {turn.done}\nunwanted: {unwanted}\ngot: {answer}"
                )


def test_there_are_enough_journeys() -> None:
    assert len(JOURNEYS) >= 60

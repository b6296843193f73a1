"""Conversations with the whole running assistant: a citizen says, the assistant answers.

A transcript is a block in ``*.txt``: a title line ``# …``, then

    > what the citizen types          [title]  presses the button of that title
    < must stand in the answer        ! must not stand in it

Every conversation is held on every channel and must reach the same facts there; ``citizens.py`` knows how a
button is pressed on each. Case and line breaks do not matter; button titles belong to the answer. ``{code:STATUS}``, ``{id4:STATUS}`` and
``{phone4:STATUS}`` stand for a dossier of the simulated portal with that status and its owner's last digits,
``{code2:…}`` for another one, ``{messy:…}`` for its code as people type it.
"""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx
import pytest

from tests.journeys.citizens import CITIZENS, Citizen
from tests.platforms import Platforms
from tests.running import Running

FOLDER = pathlib.Path(__file__).parent
AT_ONCE = 8  # conversations
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


def play(journey: Journey, citizen: Citizen, examples: dict[str, list[dict[str, str]]]) -> list[str]:
    """What is wrong with the answers of one conversation, as far as it can be held."""
    wrong = []
    for turn in journey.turns:
        done = _filled(turn.done, examples)
        try:
            answer = citizen.presses(done.strip("[]")) if done.startswith("[") else citizen.says(done)
        except AssertionError as error:
            return [*wrong, f"> {turn.done}\n{error}"]
        for wanted in turn.wanted:
            if _flat(wanted) not in _flat(answer):
                wrong.append(f"> {turn.done}\nwanted: {wanted}\ngot: {answer}")
        for unwanted in turn.unwanted:
            if _flat(unwanted) in _flat(answer):
                wrong.append(f"> {turn.done}\nunwanted: {unwanted}\ngot: {answer}")
    return wrong


class Played:
    """All conversations on one channel after another, several at a time, each channel when first asked for."""

    def __init__(
        self, assistant: Running, platforms: Platforms, examples: dict[str, list[dict[str, str]]]
    ) -> None:
        self._assistant, self._platforms, self._examples = assistant, platforms, examples
        self._wrong: dict[str, list[list[str]]] = {}

    def wrong(self, channel: str, number: int) -> list[str]:
        """What is wrong with a conversation on a channel."""
        if channel not in self._wrong:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                self._wrong[channel] = list(pool.map(lambda j: self._play(channel, j), JOURNEYS))
        return self._wrong[channel][number]

    def _play(self, channel: str, journey: Journey) -> list[str]:
        return play(journey, CITIZENS[channel](self._assistant, self._platforms), self._examples)


@pytest.fixture(scope="module")
def played(assistant: Running, platforms: Platforms, examples: dict[str, list[dict[str, str]]]) -> Played:
    return Played(assistant, platforms, examples)


@pytest.mark.parametrize("channel", CITIZENS)
@pytest.mark.parametrize("number", range(len(JOURNEYS)), ids=[j.title for j in JOURNEYS])
def test_journey(played: Played, channel: str, number: int) -> None:
    wrong = played.wrong(channel, number)
    assert not wrong, "\n\n".join(wrong)


def test_there_are_enough_journeys() -> None:
    assert len(JOURNEYS) >= 60

"""The client of the Rasa server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast, get_args

import httpx

from core.errors import UnderstandingError
from core.messages import Message, Outcome, Understood
from core.sentences import sentence


@dataclass(slots=True)
class Turn:
    """What Rasa answered: the messages, the procedure in hand, and the candidates of the search.

    ``subject`` is set when only the application can answer: an action hands the turn back, or a person is asked
    for (``person``; then ``messages`` are what is said where staff cannot be reached from here). ``fits`` is False
    when nothing was found that fits. ``outcome`` and ``answered`` (id of the procedure) are what an action says it
    did, ``understood`` what Rasa took the message for.
    """

    messages: list[Message] = field(default_factory=list)
    procedure: str | None = None
    decided: bool = False
    hits: list[dict[str, Any]] = field(default_factory=list)
    subject: str | None = None
    fits: bool = True
    outcome: Outcome | None = None
    answered: str | None = None
    understood: Understood | None = None


class Rasa:
    """Talks to one Rasa server. Every failure is an UnderstandingError."""

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        self._client, self._url = client, url.rstrip("/")

    async def turn(self, sender: str, text: str, procedure: str | None) -> Turn:
        """One message of a conversation.

        Raises:
            UnderstandingError: Rasa is away, slow, answered an error, not JSON, or nothing at all.
        """
        body = {"sender": sender, "message": text, "metadata": {"procedure": procedure}}
        parts = await self._call("POST", "/webhooks/onestop/webhook", json=body)
        if not isinstance(parts, list) or not parts:
            raise UnderstandingError("Rasa gave no answer; is the action server running?")
        return _read(parts)

    async def parse(self, text: str) -> dict[str, Any]:
        """Intent and entities of a text alone. Raises UnderstandingError as :meth:`turn` does."""
        parsed = await self._call("POST", "/model/parse", json={"text": text})
        if not isinstance(parsed, dict):
            raise UnderstandingError("Rasa parsed to something that is not an object")
        return parsed

    async def ready(self) -> bool:
        """Whether a model is loaded."""
        try:
            status = await self._call("GET", "/status")
        except UnderstandingError:
            return False
        return isinstance(status, dict) and bool(status.get("model_file"))

    async def _call(self, method: str, path: str, json: Any = None) -> Any:
        try:
            response = await self._client.request(method, self._url + path, json=json)
            response.raise_for_status()
            return response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise UnderstandingError(f"Rasa: {type(error).__name__}") from error


_OUTCOMES = frozenset(get_args(Outcome))


def _understood(ranked: Any) -> Understood | None:
    """The ranking of intents, ``[[name, confidence], …]``; what it cannot be is only not noted."""
    try:
        (first, sure), *others = [(str(name), float(confidence)) for name, confidence in ranked]
    except (TypeError, ValueError):
        return None
    if not others:
        return Understood(first, sure)
    second, less = others[0]
    return Understood(first, sure, second, sure - less)


def _read(parts: list[Any]) -> Turn:
    turn = Turn()
    for part in parts:
        if not isinstance(part, dict):
            raise UnderstandingError("Rasa answered something that is no message")
        custom = part.get("custom") or {}
        if custom.get("outcome") in _OUTCOMES:
            turn.outcome, turn.answered = cast(Outcome, custom["outcome"]), custom.get("answered")
        if "understood" in custom:
            turn.understood = _understood(custom["understood"])
        elif "message" in custom:
            turn.messages.append(Message.from_dict(custom["message"]))
        elif "hits" in custom:
            turn.procedure, turn.hits, turn.decided = custom.get("procedure"), custom["hits"], True
            turn.fits = bool(custom.get("fits", True))
        elif "subject" in custom:
            turn.subject = str(custom["subject"])
        elif part.get("text"):
            turn.messages.append(Message.from_dict(part))
    if turn.messages and turn.messages[0].text == sentence("utter_person").text:
        turn.subject = "person"
    if not turn.messages and not turn.subject:
        raise UnderstandingError("Rasa answered without a message")
    return turn

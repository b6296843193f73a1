"""Somebody who talks to the running assistant on one channel: writes, and presses buttons as that channel has them."""

from __future__ import annotations

import re
import sqlite3
import time
import uuid
from collections.abc import Callable
from typing import Any, Protocol

import httpx

from tests.platforms import Platforms
from tests.running import Running

PATIENCE = 120.0  # seconds; Zalo repeats after 30 what a busy assistant did not keep in time


class Citizen(Protocol):
    """One person on one channel."""

    def says(self, text: str) -> str:
        """Write; gives all that is shown in answer, titles of buttons included."""
        ...

    def presses(self, title: str) -> str:
        """Choose what was shown under a title that begins so; gives the answer. Fails when there is none."""
        ...


class OnTheWeb:
    """The page asks and is answered in one request."""

    def __init__(self, assistant: Running, _: Platforms) -> None:
        self._base, self._session = assistant.base, uuid.uuid4().hex
        self._shown: list[dict[str, Any]] = []

    def says(self, text: str) -> str:
        return self._ask(text=text)

    def presses(self, title: str) -> str:
        return self._ask(payload=_found(title, self._shown, "title", "payload")["payload"])

    def _ask(self, **body: str) -> str:
        url = f"{self._base}/api/chat"
        asked = {"session": self._session, **body}
        with httpx.Client(timeout=PATIENCE, trust_env=False) as client:
            messages = client.post(url, json=asked).json()["messages"]
        self._shown = [b for m in messages for b in m["buttons"]]
        return _all([m["text"] for m in messages], self._shown, "title")


class Messaging:
    """What the other channels share: the answer comes by itself, and is whole when the inbox is done with it."""

    channel: str
    ident: str

    def __init__(self, assistant: Running, platforms: Platforms) -> None:
        self._database, self._platforms, self._done = assistant.database, platforms, 0
        self._last: list[Any] = []

    def says(self, text: str) -> str:
        return self._answered(lambda: self.write(text))

    def _answered(self, deed: Callable[[], object]) -> str:
        before = len(self._platforms.run(self.sent))
        self._platforms.run(deed)
        self._done += 1
        self._until_finished()
        self._last = self._platforms.run(self.sent)[before:]
        return self.read(self._last)

    def _until_finished(self) -> None:
        """Wait for the inbox; what a platform repeats is known there and counts once."""
        query = "SELECT count(*) FROM inbound WHERE address = ? AND finished_at IS NOT NULL"
        deadline = time.monotonic() + PATIENCE
        with sqlite3.connect(self._database, timeout=5) as connection:
            while connection.execute(query, (f"{self.channel}:{self.ident}",)).fetchone()[0] < self._done:
                assert time.monotonic() < deadline, f"no answer on {self.channel}"
                time.sleep(0.02)

    def _choose_by_number(self, title: str) -> str:
        """Answer with the number that stands before a title."""
        shown = "\n".join(m.text for m in self._last)
        numbers = re.findall(rf"^(\d+)\. {re.escape(title)}", shown, re.MULTILINE)
        assert numbers, f"no choice {title!r} in {shown}"
        return self.says(numbers[-1])

    def write(self, text: str) -> object:
        """Write something, on the thread of the platforms."""
        raise NotImplementedError

    def sent(self) -> list[Any]:
        """All that was sent to this person, on the thread of the platforms."""
        raise NotImplementedError

    def read(self, messages: list[Any]) -> str:
        """What messages show."""
        return _all([m.text for m in messages], [b for m in messages for b in m.buttons], self.title)

    title = "title"


class OnTelegram(Messaging):
    """Inline buttons come back as callback queries."""

    channel, title = "telegram", "text"

    def __init__(self, assistant: Running, platforms: Platforms) -> None:
        super().__init__(assistant, platforms)
        self._chat = uuid.uuid4().int % 10**10 + 1
        self.ident = str(self._chat)

    def write(self, text: str) -> object:
        return self._platforms.telegram.write(self._chat, text=text)

    def presses(self, title: str) -> str:
        shown = [b for m in self._last for b in m.buttons]
        data = _found(title, shown, "text", "callback_data")["callback_data"]
        return self._answered(lambda: self._platforms.telegram.press(self._chat, data))

    def sent(self) -> list[Any]:
        return [m for m in self._platforms.telegram.sent if m.chat == self._chat]


class OnZalo(Messaging):
    """The payload of a button comes back as a text; what finds no place among five buttons has a number."""

    channel = "zalo"

    def __init__(self, assistant: Running, platforms: Platforms) -> None:
        super().__init__(assistant, platforms)
        self._person = platforms.run(platforms.zalo.people.add)
        self.ident = self._person.id

    def write(self, text: str) -> object:
        return self._platforms.zalo.people.write(self._person, text)

    def presses(self, title: str) -> str:
        shown = [b for m in self._last for b in m.buttons if b["type"] == "oa.query.hide"]
        if not any(b["title"].startswith(title) for b in shown):
            return self._choose_by_number(title)
        payload = _found(title, shown, "title", "payload")["payload"]
        return self._answered(lambda: self._platforms.zalo.people.tap(self._person, payload))

    def sent(self) -> list[Any]:
        return [m for m in self._platforms.zalo.sent if m.to == self.ident]


class OnZaloBot(Messaging):
    """There are no buttons: choices are answered with their number."""

    channel = "zalobot"

    def __init__(self, assistant: Running, platforms: Platforms) -> None:
        super().__init__(assistant, platforms)
        self.ident = platforms.run(platforms.zalo.bot.chat)

    def write(self, text: str) -> object:
        return self._platforms.zalo.bot.write(self.ident, text)

    def presses(self, title: str) -> str:
        return self._choose_by_number(title)

    def sent(self) -> list[Any]:
        return [m for m in self._platforms.zalo.bot.sent if m.chat == self.ident]

    def read(self, messages: list[Any]) -> str:
        return "\n".join(m.text for m in messages)


CITIZENS: dict[str, Callable[[Running, Platforms], Citizen]] = {
    "web": OnTheWeb,
    "telegram": OnTelegram,
    "zalo_oa": OnZalo,
    "zalo_bot": OnZaloBot,
}


def _found(title: str, buttons: list[dict[str, Any]], name: str, target: str) -> dict[str, Any]:
    found = next((b for b in buttons if b[name].startswith(title) and target in b), None)
    assert found, f"no button {title!r} among {[b[name] for b in buttons]}"
    return found


def _all(texts: list[str], buttons: list[dict[str, Any]], name: str) -> str:
    return "\n".join([*texts, *(b[name] for b in buttons)])

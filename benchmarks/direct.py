"""What is answered without Rasa, over the web chat: dossier codes from memory, buttons, commands."""

from __future__ import annotations

import argparse
import pathlib
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack

import httpx

from benchmarks import load
from benchmarks.turns import cpu, started
from tests import running

PATH = "/api/chat"
PER_PERSON = 20  # look-ups of one person, below the limit of an hour
WORD = "Mã hồ sơ:"  # what an answer about a dossier holds


def people(number: int, mark: str) -> list[tuple[str, str]]:
    """For each message a session and the network address it comes from; nobody comes near a limit."""
    several = max(1, number // PER_PERSON)
    draw = [i % several for i in range(number)]
    return [(f"{mark}{n}", f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}") for n in draw]


class Started:
    """An assistant without Rasa: application and simulated portal of the checkout in ``root``."""

    def __init__(self, stack: ExitStack, root: pathlib.Path) -> None:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        env = {**running.environment(folder), "PORTAL_FRESH": "3600", "PYTHONPATH": str(root)}
        portal = env["PORTAL_SIMULATOR_URL"]
        port = portal.rsplit(":", 1)[1]
        stack.enter_context(started([sys.executable, "-m", "simulators.portal", "--port", port], env, root))
        self._app = stack.enter_context(started([sys.executable, "-m", "bot", "serve"], env, root))
        self.url, self._run = f"http://127.0.0.1:{env['PORT']}", 0
        load.wait(lambda: _up(f"{portal}/_control/clock") and _up(f"{self.url}/healthz"), 60)
        examples = httpx.get(f"{portal}/_control/examples", trust_env=False).json()
        self.codes = [
            row["code"] for rows in examples.values() for row in rows if row["code"].startswith("H15")
        ]

    def processor(self) -> float:
        """Seconds of processor time the application has used; steadier than the clock on a busy machine."""
        return cpu(self._app)

    def asked(self, what: str, number: int, clients: int) -> load.Measured:
        """Ask ``number`` times. Raises SystemExit when an answer is not what was asked for."""
        self._run += 1
        who = people(number, f"{what}{self._run}-")
        bodies = [{"session": session, **self._message(what, i)} for i, (session, _) in enumerate(who)]
        found = load.measure(self.url, PATH, bodies, clients, [origin for _, origin in who])
        for answer in found.answers:
            text = " ".join(m["text"] for m in answer["messages"])
            if not text or (what == "codes" and WORD not in text):
                raise SystemExit(f"{what}: an answer is missing: {text[:80]}")
        return found

    def _message(self, what: str, number: int) -> dict[str, str]:
        if what == "codes":
            return {"text": self.codes[number % len(self.codes)]}
        if what == "buttons":
            return {"payload": f"tt:dang-ky-khai-sinh:{number % 5}"}
        return {"text": ("/trogiup", "/thutuc")[number % 2]}


def _up(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def main(arguments: Sequence[str] = ()) -> None:
    """Print the table; with another checkout both are measured in turns."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.direct", description=__doc__)
    parser.add_argument("--against", type=pathlib.Path, help="another checkout, measured in the same run")
    parser.add_argument("--rounds", type=int, default=3, help="measured rounds of each (%(default)s)")
    parser.add_argument("--messages", type=int, default=1_000, help="messages of a round (%(default)s)")
    parser.add_argument("--clients", type=int, default=8, help="clients at a time (%(default)s)")
    given = parser.parse_args(arguments)
    roots = {"this": running.ROOT, **({"against": given.against} if given.against else {})}
    with ExitStack() as stack:
        sides = {name: Started(stack, root) for name, root in roots.items()}
        for side in sides.values():
            side.asked("codes", 4 * len(side.codes), 1)  # every code is remembered from now on
        print(
            "| without Rasa | checkout | a second | p50 | p99 | processor a message |\n|---|---|---|---|---|---|"
        )
        for what in ("codes", "buttons", "commands"):
            rounds: dict[str, list[load.Measured]] = {name: [] for name in sides}
            used = {name: side.processor() for name, side in sides.items()}
            for _ in range(given.rounds):
                for name, side in sides.items():
                    rounds[name].append(side.asked(what, given.messages, given.clients))
            for name, found in rounds.items():
                middle = sorted(found, key=lambda m: m.rate)[len(found) // 2]
                spent = (sides[name].processor() - used[name]) / given.rounds / given.messages
                told = (
                    f"{middle.rate:.0f} | {middle.p50:.1f} ms | {middle.p99:.1f} ms | {1000 * spent:.2f} ms"
                )
                print(f"| {what} | {name} | {told} |")


if __name__ == "__main__":
    main(sys.argv[1:])

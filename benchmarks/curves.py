"""What a turn costs as the conversation, the catalogue and the number of people grow; each against its first row."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import sys
import tempfile
import time
from collections.abc import Sequence

from benchmarks import load, search, turns
from core.conversations.state import State, States
from core.db import engine as engines
from core.db.migrate import upgrade
from core.db.tables import ConversationRow
from core.messages import Address
from core.procedures import catalogue
from core.procedures.catalogue import Catalogue
from core.procedures.guide import Guide
from core.training import evaluation, model
from tests.conftest import free_port

LENGTHS = (1, 10, 100, 1_000)
PROCEDURES = (10, 100, 1_000, 10_000)
PEOPLE = (1_000, 10_000, 100_000, 1_000_000)
_REPEATS = 15
_TABLE = "| {} | p50 | p99 | p50 against the first |\n|---|---|---|---|"


def _print(title: str, rows: dict[int, tuple[float, float]]) -> None:
    first = next(iter(rows.values()))[0]
    print(_TABLE.format(title))
    for number, (median, worst) in rows.items():
        print(f"| {number:,} | {median:.2f} ms | {worst:.2f} ms | {median / first:.2f}× |")
    print()


def _percentiles(spent: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(spent)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]


async def _conversation(url: str, path: str, message: str) -> dict[int, tuple[float, float]]:
    """One client talks to one sender; a few turns are timed from each length on."""
    connection = load.Connection(url)
    body = {"sender": "bench:long", "message": message, "metadata": {"procedure": None}}
    found: dict[int, tuple[float, float]] = {}
    said = 0
    for length in LENGTHS:
        spent = []
        while said < length + _REPEATS:
            begun = time.perf_counter()
            await connection.post(path, body)
            spent.append(1000 * (time.perf_counter() - begun))
            said += 1
        found[length] = _percentiles(spent[-_REPEATS:])
    connection.close()
    return found


def conversations() -> None:
    """A conversation of a thousand turns, one person, one client."""
    port = free_port()
    env = {**model.environment(), "ACTIONS_URL": f"http://127.0.0.1:{free_port()}/webhook"}
    url = f"http://127.0.0.1:{port}"
    with (
        turns.started([sys.executable, "-m", "actions"], env),
        turns.started(turns.ours_command(port), env) as rasa,
    ):
        load.wait(lambda: turns.answers(url), turns.START_SECONDS)
        load.measure(url, "/webhooks/onestop/webhook", turns.bodies(40, 5), 1)
        before = turns.rss(rasa)
        message = "làm khai sinh cần giấy tờ gì và hết bao nhiêu tiền"
        _print("turns so far", asyncio.run(_conversation(url, "/webhooks/onestop/webhook", message)))
        many = turns.bodies(4_000, 4_000)
        load.measure(url, "/webhooks/onestop/webhook", many, 8)
        print(f"Rasa's memory after 1,000 turns and 4,000 more people: {turns.rss(rasa) - before:+.0f} MB\n")


def procedures() -> None:
    """The same questions over catalogues of growing size: search and answer, as the action does."""
    real = list(catalogue.shipped().values())
    asked = [q.text for q in evaluation.read(turns.HOLDOUT / "questions.tsv")]
    found = {}
    for size in PROCEDURES:
        grown = search.grown(real, size)[:size] if size > len(real) else real[:size]
        guide = Guide(Catalogue(grown))
        found[size] = search.timed(lambda text, guide=guide: guide.ask(text, ["documents"]), asked)  # type: ignore[misc]
    _print("procedures", found)


async def _states(folder: str) -> dict[int, tuple[float, float]]:
    engine = engines.create(f"sqlite+aiosqlite:///{folder}/people.db")
    await upgrade(engine)
    states, now = States(engine), dt.datetime.now(dt.UTC)
    shown = State("dang-ky-khai-sinh", (("Lệ phí", "tt:dang-ky-khai-sinh:2"),))
    found, made = {}, 0
    for people in PEOPLE:
        while made < people:
            rows = [_row(number, now) for number in range(made, min(made + 10_000, people))]
            async with engine.begin() as connection:
                await connection.execute(ConversationRow.__table__.insert(), rows)
            made += len(rows)
        spent = []
        for number in range(500):
            address = Address("web", str(number * 7919 % people))
            begun = time.perf_counter()
            await states.get(address, now)
            await states.put(address, shown, now)
            spent.append(1000 * (time.perf_counter() - begun))
        found[people] = _percentiles(spent)
    await engine.dispose()
    return found


def _row(number: int, now: dt.datetime) -> dict[str, object]:
    options = [["Lệ phí", "tt:dang-ky-khai-sinh:2"]]
    return {"address": f"web:{number}", "procedure": None, "options": options, "dossier": None,
            "expecting": None, "updated_at": now}  # fmt: skip


def people() -> None:
    """Reading and writing what is remembered of one person, among more and more of them."""
    with tempfile.TemporaryDirectory() as folder:
        _print("people in the database", asyncio.run(_states(folder)))


PARTS = {"conversations": conversations, "procedures": procedures, "people": people}


def main(arguments: Sequence[str] = ()) -> None:
    """Print the curves."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.curves", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", choices=[*PARTS, []], help=f"of {', '.join(PARTS)}; all when none"
    )
    for name in parser.parse_args(arguments).parts or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])

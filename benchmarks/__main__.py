"""``make bench``: run the measurements and print the tables that README holds."""

from __future__ import annotations

import sys

from benchmarks import (
    broadcast,
    console,
    curves,
    direct,
    kills,
    lookups,
    planning,
    reminders,
    search,
    startup,
    turns,
    understanding,
)

PARTS = {
    "broadcast": broadcast.main,
    "console": console.main,
    "curves": curves.main,
    "direct": direct.main,
    "kills": kills.main,
    "lookups": lookups.main,
    "planning": planning.main,
    "reminders": reminders.main,
    "search": search.main,
    "startup": startup.main,
    "turns": turns.main,
    "understanding": understanding.main,
}


def main() -> None:
    """Run the parts named on the command line, or all."""
    wanted = sys.argv[1:] or list(PARTS)
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        raise SystemExit(f"unknown: {', '.join(unknown)}; there are: {', '.join(PARTS)}")
    for name in wanted:
        print(f"\n## {name}\n")
        PARTS[name]()


if __name__ == "__main__":
    main()

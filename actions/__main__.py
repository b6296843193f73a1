"""``python -m actions``: serve the actions to Rasa, on the loopback address only."""

from __future__ import annotations

import os

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

from actions.state import guide, places


def main() -> None:
    """Load the data first, so that a bad record stops the start and not a citizen's question."""
    guide()
    places()
    executor = ActionExecutor()
    executor.register_package("actions")
    app = create_app(executor)
    app.run(
        "127.0.0.1",
        int(os.environ.get("ACTIONS_PORT", "5055")),
        single_process=True,
        motd=False,
        access_log=False,
    )


if __name__ == "__main__":
    main()

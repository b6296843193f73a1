"""``python -m actions``: serve the actions to Rasa; on the loopback address unless ACTIONS_HOST says otherwise."""

from __future__ import annotations

import gc
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

from actions.state import guide, learn, places
from core.settings import load, port_of


class Executor(ActionExecutor):
    """Runs actions without Rasa's domain, which none of ours reads and which is half of every call.

    The SDK would refuse: it knows the domain only with a digest, which Rasa 3.6 does not send.
    """

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        return payload.get("domain") or {}


def main() -> None:
    """Load the data first, so that a bad record stops the start and not a citizen's question."""
    settings = load()
    guide()
    places()
    gc.collect()
    gc.freeze()  # the catalogue never becomes garbage: looking through it again and again makes somebody wait
    executor = Executor()
    executor.register_package("actions")
    app = create_app(executor)
    app.add_task(learn())
    app.run(
        settings.actions_host,
        port_of(settings.actions_url),
        single_process=True,
        motd=False,
        access_log=False,
    )


if __name__ == "__main__":
    main()

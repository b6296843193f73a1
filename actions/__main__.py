"""``python -m actions``: serve the actions to Rasa; on the loopback address unless ACTIONS_HOST says otherwise."""

from __future__ import annotations

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

from actions.state import guide, learn, places
from core.settings import load, port_of


def main() -> None:
    """Load the data first, so that a bad record stops the start and not a citizen's question."""
    settings = load()
    guide()
    places()
    executor = ActionExecutor()
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

"""Rasa's REST channel, handing on the request's ``metadata`` (the procedure in hand) to the actions.

Rasa's server imports this module and nothing of training does, so this is where the server is made fast.
"""

from __future__ import annotations

from typing import Any, Awaitable, Callable, Dict, Optional, Text

from rasa.core.channels.channel import UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint
from sanic.request import Request

from nlu.speed import connections, everything, garbage

everything.apply()


class OneStopInput(RestInput):
    """``POST /webhooks/onestop/webhook`` with ``{"sender", "message", "metadata"}``."""

    @classmethod
    def name(cls) -> Text:
        return "onestop"

    def get_metadata(self, request: Request) -> Optional[Dict[Text, Any]]:
        metadata = request.json.get("metadata")
        return metadata if isinstance(metadata, dict) else None

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        made = super().blueprint(on_new_message)

        @made.listener("after_server_start")
        async def settle(*_: Any) -> None:
            garbage.settle()

        @made.listener("after_server_stop")
        async def close(*_: Any) -> None:
            await connections.close()

        return made

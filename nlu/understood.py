"""Has Rasa say what it took a message for, beside its answer, to whoever writes on our own channel.

Rasa tells intents to its action server only, and most of its answers need no action. The channel's collected
messages get one more part, ``{"custom": {"understood": [[intent, confidence], …]}}``, best first.
"""

from __future__ import annotations

from typing import Any, Dict, Optional, Text

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.speed.replacing import replace

CHANNEL = "onestop"
RANKED = 3  # intents told
_REPLACED = "b98d8e49b9f2"
_original: Any = None


async def _parse(
    self: MessageProcessor,
    message: UserMessage,
    tracker: Optional[DialogueStateTracker] = None,
    only_output_properties: bool = True,
) -> Dict[Text, Any]:
    """Parse as Rasa does, and tell it."""
    parsed = await _original(self, message, tracker, only_output_properties)
    out = message.output_channel
    if message.input_channel == CHANNEL and isinstance(out, CollectingOutputChannel):
        best = parsed.get("intent_ranking") or [parsed.get("intent") or {}]
        told = [[i["name"], round(float(i["confidence"]), 4)] for i in best[:RANKED] if i.get("name")]
        if told:
            out.messages.append({"recipient_id": message.sender_id, "custom": {"understood": told}})
    return dict(parsed)


def apply() -> None:
    """Tell it from now on."""
    global _original
    _original = replace(MessageProcessor, "parse_message", _REPLACED, _parse)

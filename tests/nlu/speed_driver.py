"""Runs in Rasa's environment: replays messages with Rasa as it comes or as we run it; JSON in, JSON out."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

_NOT_COMPARED = ("timestamp", "message_id", "metadata", "model_id")


async def _actions(calls: list[Any]) -> tuple[Any, str]:
    """An action server with memory: says what it was asked, in the shapes our actions use."""
    from aiohttp import web

    async def webhook(request: web.Request) -> web.Response:
        call = await request.json()
        calls.append(call)
        text = call["tracker"]["latest_message"]["text"]
        if "lỗi" in text:
            return web.json_response({"events": [{"event": 7}], "responses": []})
        custom = {"custom": {"message": {"text": f"{call['next_action']}: {text}", "buttons": []}}}
        events = [{"event": "slot", "name": "none", "value": 1}] if "slot" in text else []
        return web.json_response({"events": events, "responses": [custom, {"text": "xong", "buttons": []}]})

    app = web.Application()
    app.router.add_post("/webhook", webhook)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/webhook"


async def replay(model: str, said: list[list[str]], fast: bool) -> dict[str, Any]:
    """Replies, the events each message left, and what the action server was told of it."""
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
    from rasa.utils.endpoints import EndpointConfig

    calls: list[Any] = []
    runner, url = await _actions(calls)
    store = None
    if fast:
        from nlu.speed import connections, everything
        from nlu.speed.tracker_store import LastTurns

        everything.apply()
        store = LastTurns(None)
    endpoint = EndpointConfig(url, **({"enable_selective_domain": True} if fast else {}))
    agent = Agent.load(model, action_endpoint=endpoint, tracker_store=store)
    turns = []
    for sender, text in said:
        message = UserMessage(text, CollectingOutputChannel(), sender, metadata={"procedure": "p"})
        replies = await agent.handle_message(message)
        tracker = await agent.tracker_store.retrieve(sender)
        turns.append({"replies": replies, "events": _last_turn([e.as_dict() for e in tracker.events])})
    parsed = [await agent.parse_message(text) for _, text in said]
    ours = UserMessage(said[0][1], CollectingOutputChannel(), "d", input_channel="onestop")
    understood = [part["custom"] for part in await agent.handle_message(ours) if "custom" in part]
    if fast:
        await connections.close()
    await runner.cleanup()
    told = [[c["next_action"], c["sender_id"], c["tracker"]["latest_message"]["text"]] for c in calls]
    kept = max(len(c["tracker"]["events"]) for c in calls)
    return {
        "turns": turns,
        "told": told,
        "parsed": _clean(parsed),
        "longest": kept,
        "tf": _has_tensorflow(),
        "ours": understood,
    }


def _has_tensorflow() -> bool:
    return hasattr(sys.modules.get("tensorflow"), "__version__")


def _last_turn(events: list[dict[str, Any]]) -> Any:
    start = max(i for i, event in enumerate(events) if event["event"] == "user")
    return _clean(events[start:])


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _clean(v) for k, v in value.items() if k not in _NOT_COMPARED}
    return [_clean(v) for v in value] if isinstance(value, list) else value


async def store(people: int, turns: int) -> dict[str, Any]:
    """What the tracker store keeps: of a long conversation, of many people, of somebody long away."""
    from rasa.shared.core.events import ActionExecuted, UserUttered

    from nlu.speed.tracker_store import LastTurns

    now = [0.0]
    kept = LastTurns(None, people=50, idle_seconds=100, clock=lambda: now[0])

    async def talk(sender: str, times: int) -> None:
        for number in range(times):
            tracker = await kept.get_or_create_tracker(sender, append_action_listen=False)
            for event in (ActionExecuted("action_listen"), UserUttered(f"câu {number}"), ActionExecuted("a")):
                tracker.update(event)
            await asyncio.sleep(0)
            await kept.save(tracker)

    await talk("long", turns)
    long = await kept.retrieve("long")
    await asyncio.gather(*(talk(f"s{i}", 2) for i in range(people)))
    remembered = list(await kept.keys())
    last = await kept.retrieve(remembered[-1])
    now[0] = 101.0
    gone = await kept.retrieve(remembered[-1])
    await talk("new", 1)
    return {
        "long": [e.as_dict().get("text") or e.as_dict().get("name") for e in long.events],
        "remembered": len(remembered),
        "latest": last.latest_message.text,
        "gone": gone is None,
        "after": list(await kept.keys()),
    }


def guard() -> dict[str, str]:
    """What is said when Rasa, or the function to be replaced, is not the expected one."""
    import rasa
    from rasa.core.actions.action import RemoteAction

    from nlu.speed import replacing

    said = {}
    before = RemoteAction._validate_action_result
    for name, version in (("function", replacing.VERSION), ("version", "3.7.0")):
        rasa.__version__ = version
        try:
            replacing.replace(RemoteAction, "_validate_action_result", "0" * 12, None)
        except replacing.UnexpectedRasaError as error:
            said[name] = str(error)
    assert RemoteAction._validate_action_result is before
    return said


if __name__ == "__main__":
    given = json.load(sys.stdin)
    deed = given.pop("deed")
    if given.get("fast") or deed != "replay":
        from nlu.speed import absent

        absent.install()
    answer = {"replay": replay, "store": store}[deed](**given) if deed != "guard" else None
    json.dump(asyncio.run(answer) if answer else guard(), sys.stdout)

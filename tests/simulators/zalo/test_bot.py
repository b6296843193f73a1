"""The Bot Platform: envelope, updates, webhook, limits of the plan."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.simulators.zalo.made import JPEG, BotClient, Receiver, inside, world


async def test_updates_come_one_at_a_time() -> None:
    made = world()
    async with inside(made) as http:
        client = BotClient(http, made)
        assert (await client.call("getUpdates", timeout=0.01))["error_code"] == 408
        chat = made.bot.chat()
        made.bot.write(chat, "một")
        made.bot.write(chat, "hai")
        first = (await client.call("getUpdates", timeout=30))["result"]
        assert first["event_name"] == "message.text.received"
        assert first["message"]["text"] == "một"
        assert first["message"]["chat"] == {"id": chat, "chat_type": "PRIVATE"}
        assert first["message"]["date"] == int(made.clock.ms())
        assert (await client.call("getUpdates"))["result"]["message"]["text"] == "hai"
        waiting = asyncio.create_task(client.call("getUpdates", timeout=5))
        await asyncio.sleep(0.02)
        made.bot.unsupported(chat)
        assert (await waiting)["result"]["event_name"] == "message.unsupported.received"


async def test_a_webhook_excludes_polling_and_is_called_once() -> None:
    made, receiver = world(), Receiver()
    made.hooks.client = httpx.AsyncClient(transport=httpx.ASGITransport(receiver.app()))
    receiver.answers.append(500)
    async with inside(made) as http:
        client = BotClient(http, made)
        for secret in ("short", "a" * 257):
            refused = await client.call("setWebhook", url="https://x/hook", secret_token=secret)
            assert (refused["ok"], refused["error_code"]) == (False, 400)
        hook = await client.call("setWebhook", url="http://testserver/hook", secret_token="a-long-secret")
        assert set(hook["result"]) == {"url", "updated_at"}
        assert (await client.call("getUpdates"))["error_code"] == 409
        chat = made.bot.chat()
        made.bot.write(chat, "mất")
        made.bot.photo(chat, JPEG, "biên nhận")
        assert await made.push() == 1
        assert await made.push() == 0
        assert (await client.call("deleteWebhook"))["result"]["url"] == ""
        assert (await client.call("getWebhookInfo"))["result"]["url"] == ""
        photo = receiver.bodies[1]["result"]["message"]["photo"]
        assert (await http.get(photo.removeprefix(made.media.base))).content == JPEG
    assert [h["x-bot-api-secret-token"] for h, _ in receiver.got] == ["a-long-secret"] * 2
    assert [b["ok"] for b in receiver.bodies] == [True, True]


async def test_sends_and_their_limits() -> None:
    made = world()
    chat = made.bot.chat()
    made.bot.write(chat, "a")
    async with inside(made) as http:
        client = BotClient(http, made)
        assert set((await client.say(chat, "a" * 2000))["result"]) == {"message_id", "date"}
        for text in ("a" * 2001, "", " "):
            response = await client.raw("sendMessage", chat_id=chat, text=text)
            assert (response.status_code, response.json()["error_code"]) == (200, 400)
        assert not (await client.say(chat, reply_markup={}))["ok"]
        assert not (await client.say("unknown"))["ok"]
        assert (await client.call("sendPhoto", chat_id=chat, photo="https://x/a.jpg", caption="b"))["ok"]
        assert not (await client.call("sendPhoto", chat_id=chat, photo="http://x/a.jpg"))["ok"]
        assert (await client.call("sendChatAction", chat_id=chat, action="typing"))["ok"]
        assert not (await client.call("sendChatAction", chat_id=chat, action="upload_photo"))["ok"]
        assert (await client.raw("sendPoll", chat_id=chat)).status_code == 404
        assert (await client.call("getMe"))["result"]["account_type"] == "BASIC"
        wrong = await http.post("/botwrong/getMe", json={})
        assert (wrong.status_code, wrong.json()["error_code"]) == (401, 401)
        made.bot.blocked.add(chat)
        assert (await client.say(chat))["error_code"] == 403
    assert made.bot.texts(chat) == ["a" * 2000, "b"]
    assert made.bot.typing == [chat]


async def test_fifty_people_and_three_thousand_messages_a_month() -> None:
    made = world()
    chats = [made.bot.chat() for _ in range(51)]
    for chat in chats:
        made.bot.write(chat, "a")
    async with inside(made) as http:
        client = BotClient(http, made)
        assert (await client.say(chats[49]))["ok"]
        response = await client.raw("sendMessage", chat_id=chats[50], text="a")
        assert (response.status_code, response.json()["error_code"]) == (429, 429)
        made.bot.used["2026-11"] = 2999
        assert (await client.say(chats[0]))["ok"]
        assert (await client.raw("sendMessage", chat_id=chats[0], text="a")).status_code == 429
        made.clock.advance(days=8)
        assert (await client.say(chats[0]))["ok"]


@pytest.mark.parametrize("first", [True, False])
async def test_writing_first_is_a_switch(first: bool) -> None:
    made = world(bot_writes_first=first)
    async with inside(made) as http:
        assert (await BotClient(http, made).say("somebody"))["ok"] is first


def test_other_kinds_of_updates() -> None:
    made = world(bot_photo_key="photo_url")
    chat = made.bot.chat()
    assert made.bot.photo(chat, JPEG)["message"]["photo_url"].startswith(made.media.base)
    assert made.bot.sticker(chat)["event_name"] == "message.sticker.received"
    assert "voice_url" in made.bot.voice(chat)["message"]
    assert made.bot.write(chat, "a", group=True)["message"]["chat"]["chat_type"] == "GROUP"

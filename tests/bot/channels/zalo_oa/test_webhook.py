"""The webhook: whose calls it takes, and when Zalo is told to come again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest

from bot.channels import pictures
from bot.channels.zalo_oa import service
from bot.channels.zalo_oa.service import WEBHOOK_PATH
from bot.channels.zalo_oa.signature import is_genuine, made
from core.messages import MAX_PHOTO, Address
from simulators.zalo import attacks
from tests.bot.channels.zalo_oa.conftest import CONFIG, Shop

URL = f"http://bot.test{WEBHOOK_PATH}"


async def test_what_comes_opens_the_window(shop: Shop) -> None:
    person = shop.world.people.add()
    shop.world.people.write(person, "làm khai sinh")
    assert await shop.world.push() == 1
    assert await shop.zalo.windows.last(Address("zalo", person.id)) == shop.world.clock.now()


async def test_posts_zalo_never_makes(shop: Shop) -> None:
    event = shop.world.people.write(shop.world.people.add(), "tra cứu")
    for post in (attacks.forged(shop.world.hooks, event), attacks.altered(event, text="khác")):
        assert (await post.send(shop.webhook, URL)).status_code == 403
    assert shop.kept.arrivals == {}


def test_a_timestamp_cannot_carry_a_piece_of_the_body() -> None:
    body = b'{"a":1}'
    mac = made("1", body, "12", "s")
    assert is_genuine(f"mac={mac}", "1", body, ["12"], ["s"])
    assert is_genuine(mac.upper(), "1", body, ["12"], ["s"])
    assert not is_genuine(f"mac={mac}", "1", body[:-1], ["}12"], ["s"])
    assert not is_genuine("mac=ü", "1", body, ["12"], ["s", ""])
    assert not is_genuine(f"mac={made('1', body, '12', '')}", "1", body, ["12"], [""])
    assert not is_genuine("", "1", body, [], ["s"])


async def test_zalo_is_told_to_repeat_what_was_not_kept(shop: Shop, monkeypatch) -> None:
    shop.world.people.write(shop.world.people.add(), "tra cứu")
    shop.kept.failure = RuntimeError("database away")
    assert await shop.world.push() == 0
    assert shop.world.hooks.waiting[0].answers == [503]
    shop.kept.failure, shop.kept.seconds = None, 5
    monkeypatch.setattr(service, "KEEP_SECONDS", 0.01)
    shop.world.clock.advance(seconds=31)
    assert await shop.world.push() == 0
    shop.kept.seconds = 0
    monkeypatch.setattr(service, "KEEP_SECONDS", 10)
    shop.world.clock.advance(minutes=6)
    assert await shop.world.push() == 1
    assert len(shop.kept.arrivals) == 1


async def test_callbacks_are_told_and_repeated_when_they_fail(shop: Shop) -> None:
    person = shop.world.people.add()
    shop.world.people.follow(person, follows=False)
    shop.told.failure = RuntimeError()
    shop.world.people.claim_rights(person)
    assert await shop.world.push() == 1
    shop.told.failure = None
    shop.world.clock.advance(minutes=1)
    assert await shop.world.push() == 1
    address = Address("zalo", person.id)
    assert shop.told.gone == [address]
    assert [r.address for r in shop.told.rights] == [address]
    assert shop.kept.arrivals == {}


async def test_a_form_and_a_picture_arrive_and_the_picture_can_be_fetched(shop: Shop) -> None:
    person = shop.world.people.add()
    shop.world.switches.submit_from_oa = True
    shop.world.people.submit(person)
    shop.world.people.image(person, b"\xff\xd8anh")
    assert await shop.world.push() == 2
    form, picture = shop.kept.arrivals.values()
    assert form.incoming.phone == "+84987654321"
    assert form.incoming.address == picture.incoming.address == Address("zalo", person.id)
    assert picture.incoming.file is not None
    assert await shop.zalo.fetch(picture.incoming.file) == b"\xff\xd8anh"
    assert await shop.zalo.fetch("https://evil.test/a.jpg") is None


async def _chunks():
    for _ in range(11):
        yield b"x" * 1_000_000


def _moved(to: str) -> httpx.Response:
    return httpx.Response(302, headers={"Location": to})


@pytest.mark.parametrize(
    ("answer", "got"),
    [
        (lambda: httpx.Response(200, content=b"x"), b"x"),
        (lambda: httpx.Response(200, content=b"x" * (MAX_PHOTO + 1)), None),
        (lambda: httpx.Response(200, content=_chunks()), None),
        (lambda: httpx.Response(200, content=b""), None),
        (lambda: httpx.Response(404), None),
        (lambda: _moved("https://b.zdn.vn/ok"), b"ok"),
        (lambda: _moved("/ok"), b"ok"),
        (lambda: _moved("http://127.0.0.1/secret"), None),
        (lambda: _moved("https://a.zdn.vn/again"), None),
        (lambda: httpx.Response(302), None),
    ],
    ids=["good", "large", "endless", "empty", "404", "moved", "relative", "inside", "circle", "nowhere"],
)
async def test_fetching_pictures(answer: Callable[[], httpx.Response], got: bytes | None) -> None:
    async def serve(request: httpx.Request) -> httpx.Response:
        assert request.url.host.endswith(".zdn.vn")
        return httpx.Response(200, content=b"ok") if request.url.path == "/ok" else answer()

    async with httpx.AsyncClient(transport=httpx.MockTransport(serve)) as client:
        assert await pictures.fetch(client, "https://a.zdn.vn/x", CONFIG.pictures) == got


async def test_a_slow_picture_is_given_up(monkeypatch) -> None:
    async def serve(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(5)
        return httpx.Response(200)

    monkeypatch.setattr(pictures, "SECONDS", 0.01)
    async with httpx.AsyncClient(transport=httpx.MockTransport(serve)) as client:
        assert await pictures.fetch(client, "https://a.zdn.vn/x", CONFIG.pictures) is None

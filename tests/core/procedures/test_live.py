"""What is published reaches a guide that is answering, in time and as a whole; without a database the files serve."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.db import engine as engines
from core.procedures.catalogue import Catalogue
from core.procedures.guide import Guide
from core.procedures.live import EVERY, Live
from tests.conftest import NOW, until
from tests.core.procedures.editing.conftest import LAN, ONE, Desk, costing
from tests.core.procedures.made import procedure


@pytest.fixture
def desk(engine: AsyncEngine, catalogue: Catalogue) -> Desk:
    """The shipped catalogue, and one procedure of ours."""
    return Desk(engine, Catalogue([*catalogue.values(), ONE], catalogue.not_held))


def answer(guide: Guide, text: str = "cấp giấy thử lệ phí bao nhiêu") -> str:
    return guide.ask(text, ["fee"]).messages[0].text


def test_what_is_published_is_seen_within_half_a_minute() -> None:
    assert EVERY <= 10


async def test_a_guide_keeps_up_while_it_answers(desk: Desk) -> None:
    guide = Guide(desk.seed)
    live = Live(desk.engine, desk.seed, lambda: desk.day, guide.renew)
    async with running(live):
        assert "8.000 đồng" in answer(guide)
        await desk.publish(costing(9000))
        await until(lambda: "9.000 đồng" in answer(guide))
        await desk.publish(costing(9000, aliases=["bùa đăng ký"]), newest=1)
        await until(lambda: guide.ask("bùa đăng ký", ["fee"]).procedure == "giay-thu")
        await desk.editor.withdraw(LAN, "giay-thu", "Thủ tục đã bãi bỏ.", "bãi bỏ")
        await until(lambda: "Thủ tục đã bãi bỏ." in answer(guide))
        pressed = guide.press("tt:giay-thu:2")
        assert pressed is not None
        assert "Thủ tục đã bãi bỏ." in pressed.messages[0].text
        assert "Thủ tục đã bãi bỏ." in guide.ask("thế còn lệ phí?", ["fee"], "giay-thu").messages[0].text
        await desk.editor.revert(LAN, "giay-thu", 2, "mở lại")
        await until(lambda: "9.000 đồng" in answer(guide))


async def test_the_index_is_kept_where_names_did_not_change_and_built_aside_where_they_did(
    desk: Desk,
) -> None:
    guide, threads = Guide(desk.seed), []
    before = guide._known.index

    def renew(catalogue: Catalogue) -> None:
        threads.append(threading.current_thread())
        guide.renew(catalogue)

    live = Live(desk.engine, desk.seed, lambda: desk.day, renew)
    await desk.publish(costing(9000))
    await live.look()
    assert guide._known.index is before
    await desk.publish(procedure(title="Giấy thử nghiệm"), newest=1)
    await live.look()
    assert guide._known.index is not before
    assert threading.main_thread() not in threads


async def test_what_people_taught_outlives_a_new_catalogue(desk: Desk) -> None:
    guide = Guide(desk.seed)
    guide.learn({"giay-thu": ["bùa đăng ký"]})
    others = [p for p in desk.seed.values() if p.id != "giay-thu"]
    guide.renew(Catalogue([*others, costing(9000, aliases=["khác"])]))
    assert guide.ask("bùa đăng ký", ["fee"]).procedure == "giay-thu"


@pytest.mark.parametrize(
    "url", ["sqlite+aiosqlite:///{folder}/empty.db", "postgresql+asyncpg://a@127.0.0.1:9/c"]
)
async def test_without_a_database_the_files_serve_and_it_is_told_once(
    desk: Desk, tmp_path: object, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = engines.create(url.format(folder=tmp_path))
    live = Live(empty, desk.seed, lambda: NOW.date())
    for _ in range(3):
        await live.try_look()
    assert live.catalogue is desk.seed
    assert capsys.readouterr().out.count("catalogue_not_read") == 1
    await empty.dispose()


@contextlib.asynccontextmanager
async def running(live: Live) -> AsyncIterator[None]:
    """Looks again and again, faster than in service."""
    task = asyncio.create_task(live.keep(every=0.02))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

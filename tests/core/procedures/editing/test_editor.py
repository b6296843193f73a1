"""What editors do, on both databases: what is in force when, who is told of whom, what an upgrade does."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.errors import StaffError
from core.procedures import catalogue as catalogues
from core.procedures import overlay
from core.procedures.__main__ import app
from core.procedures.catalogue import Catalogue
from core.procedures.editing import export, store
from core.procedures.editing.editor import Conflict, Invalid, Wanted
from core.procedures.editing.version import DRAFT_NUMBER, Version, dumped, upgraded
from tests.conftest import rows
from tests.core.procedures.editing.conftest import LAN, MINH, ONE, TWO, Desk, costing, draft_of
from tests.core.procedures.made import procedure

DAY = dt.timedelta(days=1)


async def history(desk: Desk, ident: str = "giay-thu") -> list[Version]:
    async with desk.engine.connect() as connection:
        return await store.history(connection, ident)


@pytest.mark.both_databases
async def test_a_published_edit_is_answered_from_and_noted(desk: Desk) -> None:
    assert await desk.fee() == 8000
    draft = await draft_of(desk, costing(9000))
    assert await desk.fee() == 8000, "a draft changes nothing"
    desk.moment += DAY
    number = await desk.editor.publish(MINH, "giay-thu", Wanted(draft.revision, 0, "mức mới", "1/NQ-HĐND"))
    assert await desk.fee() == 9000
    (kept,) = await history(desk)
    assert (kept.number, kept.author_name, kept.approver_name) == (number, "Trần Thị Lan", "Lê Minh")
    assert (kept.note, kept.source, kept.valid_from) == ("mức mới", "1/NQ-HĐND", desk.day)
    told = [(r.who, r.what, r.subject) for r in await desk.audit.page()]
    assert told == [
        ("minh", "catalogue.publish", "procedure:giay-thu"),
        ("lan", "catalogue.save", "procedure:giay-thu"),
    ]
    assert not await desk.live.look(), "nothing new: one query and nothing built"


@pytest.mark.both_databases
async def test_two_who_begin_at_once_the_second_is_told(desk: Desk) -> None:
    first, second = await asyncio.gather(
        desk.editor.save(LAN, "giay-thu", dumped(costing(1000)), 0),
        desk.editor.save(MINH, "giay-thu", dumped(costing(2000)), 0),
        return_exceptions=True,
    )
    told = [x for x in (first, second) if isinstance(x, Conflict)]
    kept = [x for x in (first, second) if isinstance(x, Version)]
    assert len(told) == len(kept) == 1
    assert told[0].found == kept[0]


@pytest.mark.both_databases
async def test_saving_over_another_revision_is_refused_and_changes_nothing(desk: Desk) -> None:
    first = await draft_of(desk, costing(1000))
    second = await desk.editor.save(MINH, "giay-thu", dumped(costing(2000)), first.revision)
    with pytest.raises(Conflict) as error:
        await desk.editor.save(LAN, "giay-thu", dumped(costing(3000)), first.revision)
    assert error.value.found == second
    with pytest.raises(Conflict):
        await desk.editor.publish(LAN, "giay-thu", Wanted(first.revision, 0, "x", "y"))
    with pytest.raises(Conflict):
        await desk.editor.discard(LAN, "giay-thu", first.revision)
    assert await desk.fee() == 8000
    await desk.editor.discard(LAN, "giay-thu", second.revision)
    assert not await rows(desk.engine, "SELECT 1 FROM procedure_version")


async def test_publishing_over_what_was_not_seen_is_refused(desk: Desk) -> None:
    draft = await draft_of(desk, costing(9000))
    desk.moment += DAY
    await desk.editor.reviewed(MINH, "giay-thu", "trang DVCQG")
    wanted = Wanted(draft.revision, 0, "x", "y")
    with pytest.raises(Conflict):
        await desk.editor.publish(LAN, "giay-thu", wanted)
    assert await desk.editor.publish(LAN, "giay-thu", Wanted(draft.revision, 1, "x", "y")) == 2


async def test_a_changed_fee_asks_for_its_source_and_a_new_alias_does_not(desk: Desk) -> None:
    draft = await draft_of(desk, costing(9000))
    with pytest.raises(StaffError) as error:
        await desk.editor.publish(LAN, "giay-thu", Wanted(draft.revision, 0, "mức mới"))
    assert error.value.field == "source"
    draft = await draft_of(desk, procedure(aliases=["giấy thử nghiệm"]), draft.revision)
    with pytest.raises(StaffError) as error:
        await desk.editor.publish(LAN, "giay-thu", Wanted(draft.revision, 0, " "))
    assert error.value.field == "note"
    await desk.editor.publish(LAN, "giay-thu", Wanted(draft.revision, 0, "cách gọi mới"))
    assert (await desk.catalogue())["giay-thu"].aliases == ("giấy thử nghiệm",)


async def test_a_draft_may_be_unfinished_and_is_not_published(desk: Desk) -> None:
    record = {**dumped(ONE), "result": "", "channels": [], "code": "9.000002"}
    draft = await desk.editor.save(LAN, "giay-thu", record, 0)
    assert draft.record["channels"] == []
    with pytest.raises(Invalid) as error:
        await desk.editor.publish(LAN, "giay-thu", Wanted(draft.revision, 0, "x", "y"))
    assert set(error.value.wrong) == {"result", "channels"}
    fixed = {**record, "result": "Giấy", "channels": dumped(ONE)["channels"]}
    draft = await desk.editor.save(LAN, "giay-thu", fixed, draft.revision)
    with pytest.raises(Invalid) as error:
        await desk.editor.publish(LAN, "giay-thu", Wanted(draft.revision, 0, "x", "y"))
    assert error.value.wrong == {"code": "Mã này là của thủ tục “giay-khac”."}


@pytest.mark.both_databases
async def test_days_begin_and_end_at_the_province_midnight_without_a_change_of_rows(desk: Desk) -> None:
    first, last = desk.day + DAY, desk.day + 3 * DAY
    await desk.publish(costing(0), valid_from=first, valid_until=last)
    before = await rows(desk.engine, "SELECT * FROM procedure_version")
    told = []
    for _ in range(5):
        told.append(await desk.fee())
        desk.day += DAY
    assert told == [8000, 0, 0, 0, 8000]
    assert await rows(desk.engine, "SELECT * FROM procedure_version") == before


async def test_a_version_for_later_is_not_lost_when_another_is_published_for_now(desk: Desk) -> None:
    await desk.publish(costing(9000), valid_from=desk.day + 2 * DAY)
    await desk.publish(costing(8500), newest=1)
    assert await desk.fee() == 8500
    desk.day += 2 * DAY
    assert await desk.fee() == 9000


@pytest.mark.parametrize(
    ("begins", "ends", "field"), [(-1, None, "valid_from"), (2, 1, "valid_until"), (None, -1, "valid_until")]
)
async def test_days_that_cannot_be(desk: Desk, begins: int | None, ends: int | None, field: str) -> None:
    draft = await draft_of(desk, costing(9000))
    days = [None if n is None else desk.day + n * DAY for n in (begins, ends)]
    with pytest.raises(StaffError) as error:
        await desk.editor.publish(LAN, "giay-thu", Wanted(draft.revision, 0, "x", "y", *days))
    assert error.value.field == field


@pytest.mark.both_databases
async def test_reverting_publishes_the_old_record_anew(desk: Desk) -> None:
    await desk.publish(costing(9000))
    await desk.publish(costing(10000), newest=1)
    assert await desk.editor.revert(LAN, "giay-thu", 1, "nhầm") == 3
    assert await desk.fee() == 9000
    assert await desk.editor.revert(LAN, "giay-thu", 0, "về bản trong tệp") == 4
    assert await desk.fee() == 8000
    assert [v.number for v in await history(desk)] == [4, 3, 2, 1]
    with pytest.raises(StaffError):
        await desk.editor.revert(LAN, "giay-thu", 9, "không có")


@pytest.mark.both_databases
async def test_a_withdrawn_procedure_is_declined_with_its_sentence_and_can_come_back(desk: Desk) -> None:
    with pytest.raises(StaffError) as error:
        await desk.editor.withdraw(LAN, "giay-thu", "", "bãi bỏ")
    assert error.value.field == "notice"
    await desk.editor.withdraw(LAN, "giay-thu", "Đã bãi bỏ từ 01/12/2026.", "theo quyết định")
    catalogue = await desk.catalogue()
    assert "giay-thu" not in catalogue
    assert catalogue.withdrawn["giay-thu"].notice == "Đã bãi bỏ từ 01/12/2026."
    with pytest.raises(StaffError, match="không đang được phục vụ"):
        await desk.editor.reviewed(LAN, "giay-thu", "trang DVCQG")
    await desk.editor.revert(LAN, "giay-thu", 0, "mở lại")
    assert "giay-thu" in await desk.catalogue()


async def test_a_review_changes_the_day_of_checking_alone(desk: Desk) -> None:
    await desk.editor.reviewed(LAN, "giay-thu", "trang DVCQG")
    made = (await desk.catalogue())["giay-thu"]
    assert made == ONE.model_copy(update={"checked": desk.day})
    assert (await history(desk))[0].source == "trang DVCQG"
    with pytest.raises(StaffError):
        await desk.editor.reviewed(LAN, "giay-thu", "")


async def test_a_new_procedure(desk: Desk) -> None:
    made = procedure(id="giay-moi", code="9.000003", name="Cấp giấy mới")
    await desk.publish(made)
    assert (await desk.catalogue())["giay-moi"] == made
    assert list(await desk.catalogue()) == ["giay-thu", "giay-khac", "giay-moi"]


async def newest(desk: Desk) -> Version:
    async with desk.engine.connect() as connection:
        return (await store.newest(connection))["giay-thu"]


async def test_an_upgrade_of_an_edited_procedure_is_told_until_somebody_chooses(desk: Desk) -> None:
    await desk.publish(costing(9000))
    assert not upgraded(await newest(desk), desk.seed["giay-thu"])
    newer = costing(8500)
    desk.over(Catalogue([newer, TWO]))
    assert await desk.fee() == 9000, "what was edited here serves on"
    assert upgraded(await newest(desk), newer)
    await desk.publish(costing(9000, aliases=["giấy khác"]), newest=1)
    await desk.editor.reviewed(LAN, "giay-thu", "trang DVCQG")
    assert upgraded(await newest(desk), newer), "neither an edit nor a review decides about the file"
    await desk.editor.take_up(LAN, "giay-thu", "", file=False)
    assert not upgraded(await newest(desk), newer)
    assert await desk.fee() == 9000
    desk.over(Catalogue([costing(7000), TWO]))
    await desk.editor.take_up(LAN, "giay-thu", "", file=True)
    assert await desk.fee() == 7000
    assert not upgraded(await newest(desk), costing(7000))


async def test_files_that_took_our_correction_in_or_went_away(desk: Desk) -> None:
    await desk.publish(costing(9000))
    assert not upgraded(await newest(desk), costing(9000))
    desk.over(Catalogue([TWO]))
    assert await desk.fee() == 9000
    assert upgraded(await newest(desk), None)


async def test_a_record_that_an_upgrade_made_unreadable_leaves_the_file_in_force(desk: Desk) -> None:
    await desk.publish(costing(9000))
    async with desk.engine.begin() as connection:
        await connection.exec_driver_sql('UPDATE procedure_version SET record = \'{"id": "giay-thu"}\'')
    assert await desk.fee() == 8000


async def test_what_was_published_is_never_written_again(desk: Desk) -> None:
    await desk.publish(costing(9000))
    before = await history(desk)
    draft = await draft_of(desk, costing(1))
    await desk.editor.save(LAN, "giay-thu", dumped(costing(2)), draft.revision)
    assert await history(desk) == before
    async with desk.engine.connect() as connection:
        found = await store.draft(connection, "giay-thu")
    assert found is not None
    assert (found.number, found.parent) == (DRAFT_NUMBER, 1)


async def test_corrections_flow_back_to_files(desk: Desk, tmp_path: Path) -> None:
    await desk.publish(costing(9000))
    await desk.publish(procedure(id="giay-moi", code=None, name="Cấp giấy mới"))
    await desk.editor.withdraw(LAN, "giay-khac", "Đã bãi bỏ.", "bãi bỏ")
    versions = await overlay.in_force(desk.engine, desk.day)
    written, gone = export.export(versions, {"giay-thu": Path("tu-phap/cu.yml")}, tmp_path)
    assert [str(place) for place in written] == ["ho-tich/giay-moi.yml", "tu-phap/cu.yml"]
    assert gone == ["giay-khac"]
    files = catalogues.load(tmp_path)
    assert files["giay-thu"] == costing(9000)
    text = (tmp_path / "tu-phap" / "cu.yml").read_text(encoding="utf-8")
    assert "checked: 2026-07-20\n" in text
    desk.over(Catalogue(list(files.values())))
    assert not upgraded(await newest(desk), files["giay-thu"]), "the file says the same now"


async def test_the_command_exports(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.publish(costing(9000), valid_from=dt.date(2026, 12, 1))
    monkeypatch.setenv("DATABASE_URL", desk.engine.url.render_as_string(hide_password=False))
    ask = functools.partial(asyncio.to_thread, CliRunner().invoke, app)
    before = await ask(["export", str(tmp_path), "--day", "2026-11-30"])
    assert "0 thủ tục" in before.stdout
    done = await ask(["export", str(tmp_path), "--day", "2026-12-01"])
    assert "ho-tich/9.000001.yml" in done.stdout
    assert catalogues.load(tmp_path)["giay-thu"].channels[0].fee.amount_vnd == 9000

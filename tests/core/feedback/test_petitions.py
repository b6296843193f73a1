"""Numbers, offices, states and the audit log of petitions, on both databases; figures without anybody's name."""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import io

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core import spreadsheet as export
from core.errors import StaffError
from core.feedback.figures import Figures
from core.feedback.petition_model import Aim, Petition
from core.feedback.petition_queue import MAX_ANSWER, PAGE, Queue
from core.feedback.petition_words import wish
from core.feedback.petitions import Petitions
from core.feedback.surveys import Surveys
from core.messages import Address
from core.reminders.ratings import Ratings
from core.staff.audit import Audit
from core.staff.rights import Role, Staff
from tests.core.counter.made import MONDAY, PROFILE, ZONE, Counter

HERE = Staff(1, "hoa", "Trần Thị Hoa", frozenset({Role.COUNTER}), frozenset({1}))
THERE = Staff(2, "an", "Lê An", frozenset({Role.COUNTER}), frozenset({2}))


@pytest.fixture
def made(engine: AsyncEngine) -> Petitions:
    return Petitions(engine, PROFILE)


def queue(engine: AsyncEngine, now: dt.datetime = MONDAY) -> Queue:
    return Queue(engine, Audit(engine, lambda: now), lambda: now)


async def send(made: Petitions, who: str, office: int | None = 1, now: dt.datetime = MONDAY) -> Petition:
    draft = await made.draft(Address.parse(who), f"Chuyện của {who}", Aim(office), None, now)
    sent = await made.send(draft, now)
    assert sent is not None
    return sent


@pytest.mark.both_databases
async def test_each_gets_a_number_of_its_own_and_its_day(made: Petitions) -> None:
    sent = await asyncio.gather(*(send(made, f"zalo:{n}") for n in range(8)))
    assert sorted(p.number for p in sent) == [f"PA-2611-{n:04d}" for n in range(1, 9)]
    december = dt.datetime(2026, 12, 1, 0, 30, tzinfo=ZONE)  # still November in UTC
    assert (await send(made, "zalo:1", now=december)).number == "PA-2612-0001"
    # Five working days after a Monday whose Tuesday is a holiday.
    assert sent[0].due_at == dt.datetime(2026, 12, 1, 17, 0, tzinfo=ZONE)


@pytest.mark.both_databases
async def test_pressed_twice_at_once_it_is_sent_once(made: Petitions) -> None:
    draft = await made.draft(Address.parse("zalo:1"), "Chuyện này", Aim(1), None, MONDAY)
    sent = await asyncio.gather(made.send(draft, MONDAY), made.send(draft, MONDAY))
    assert [s is None for s in sent].count(True) == 1


@pytest.mark.both_databases
async def test_from_office_to_office_to_the_answer(made: Petitions, engine: AsyncEngine) -> None:
    one, nobodys = await send(made, "zalo:1"), await send(made, "zalo:2", None)
    work = queue(engine)
    assert [p.id for p in await work.page(HERE.scope())] == [one.id, nobodys.id]
    assert [p.id for p in await work.page(THERE.scope())] == [nobodys.id]
    with pytest.raises(StaffError):
        await work.answer(THERE, one.id, "Không phải việc của tôi")
    with pytest.raises(StaffError, match="chính nơi này"):
        await work.forward(HERE, one.id, 1, "")
    with pytest.raises(StaffError, match="Chưa trả lời"):
        await work.close(HERE, one.id)
    await work.forward(HERE, one.id, 2, "Thuộc địa bàn bên đó, hỏi 0905123456")
    assert await work.get(HERE.scope(), one.id) is None
    for bad, why in (("  ", "viết câu trả lời"), ("a" * (MAX_ANSWER + 1), "dài quá")):
        with pytest.raises(StaffError, match=why) as refused:
            await work.answer(THERE, one.id, bad)
        assert refused.value.field == "answer"
    await work.answer(THERE, one.id, "Đã sửa.")
    await work.answer(THERE, one.id, "Đã sửa xong.")
    await work.close(THERE, one.id)
    with pytest.raises(StaffError):
        await work.answer(THERE, one.id, "Muộn rồi")
    found = await work.get(None, one.id)
    assert found is not None
    assert (found.state, found.answer, found.office) == ("closed", "Đã sửa xong.", 2)
    steps = await work.steps(one.id)
    assert [(s.what, s.who) for s in steps] == [
        ("forwarded", "Trần Thị Hoa"), ("answered", "Lê An"), ("answered", "Lê An"), ("closed", "Lê An"),
    ]  # fmt: skip
    assert "0905" not in steps[0].note
    told = await Counter(engine).audited()
    assert told == [
        (f"petition.{what}", "petition:PA-2611-0001")
        for what in ("forwarded", "answered", "answered", "closed")
    ]


@pytest.mark.both_databases
async def test_the_queue_counts_and_pages(made: Petitions, engine: AsyncEngine) -> None:
    for number in range(PAGE + 2):
        await send(made, f"zalo:{number}", now=MONDAY - dt.timedelta(number))
    counts = await queue(engine).counts(HERE.scope())
    assert (counts.states, counts.late) == ({"received": PAGE + 2}, 14)  # sent up to the Sunday a week before
    first = await queue(engine).page(None)
    assert len(first) == PAGE + 1
    assert first[0].due_at is not None
    assert first == sorted(first, key=lambda p: (p.due_at or MONDAY, p.id))
    assert first[0].late(MONDAY)
    assert len(await queue(engine).page(None, number=2)) == 2
    assert await queue(engine).page(None, "answered") == []


@pytest.mark.both_databases
async def test_figures_are_of_offices_and_of_nobody(engine: AsyncEngine) -> None:
    surveys, ratings = Surveys(engine, PROFILE), Ratings(engine)
    for number, (score, office) in enumerate([(5, 1), (4, 1), (1, 1), (5, 2), (3, None)]):
        who, code = Address("zalo", str(number)), f"H15.50-261008-{number:04d}"
        await ratings.rate(who, code, score, MONDAY, office)
        await surveys.answer(who, code, "time", 3 if score < 3 else 2, MONDAY)
        await surveys.answer(who, code, "cost", 4, MONDAY)
        await surveys.comment(who, code, f"Ý kiến {number}, số tôi 0905123456", MONDAY)
    figures, since = Figures(engine, ZONE), MONDAY - dt.timedelta(1)
    one, two, none = await figures.scores(None, since)
    assert (one.office, one.counts, one.number) == (1, {5: 1, 4: 1, 1: 1}, 3)
    assert one.mean == pytest.approx(10 / 3)
    assert one.content == pytest.approx(2 / 3)
    assert {two.office, none.office} == {2, None}
    assert [s.office for s in await figures.scores({2}, since)] == [2]
    assert await figures.scores({1}, MONDAY + dt.timedelta(1)) == []
    answers = {a.question.name: a for a in await figures.answers({1}, since)}
    assert (answers["time"].counts, answers["time"].good) == ({2: 2, 3: 1}, pytest.approx(2 / 3))
    assert (answers["cost"].number, answers["cost"].good) == (3, None)  # nobody is sure
    comments = await figures.comments({1, 2}, since, office=2)
    assert [c.text for c in comments] == ["Ý kiến 3, số tôi [số đã che]"]
    assert comments[0].day == MONDAY.date()
    assert "zalo" not in str(await figures.comments(None, since))


def test_nothing_in_a_table_is_a_formula() -> None:
    cells = ["=1+1", "+84", "-2", "@SUM(A1)", " =1", "\t=1", "\xa0=1", "Đã sửa, xong", -3, 0.5, None, True]
    text = export.table(["a"] * len(cells), [cells])
    assert text.startswith("\ufeff")
    row = list(csv.reader(io.StringIO(text[1:])))[1]
    assert row == [
        "'=1+1", "'+84", "'-2", "'@SUM(A1)", "' =1", "'\t=1", "'\xa0=1", "Đã sửa, xong", "-3", "0.5", "", "True",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "deed"),
    [
        ("phản ánh", "start"),
        ("toi muon gui phan anh kien nghi", "start"),
        ("cho tôi gửi đơn phản ánh", "start"),
        ("tôi có kiến nghị với ủy ban", "start"),
        ("phản ánh đèn đường không sáng", "told"),
        ("góp ý thêm ghế cho người già", "told"),
        ("phản ánh của tôi đến đâu rồi", "mine"),
        ("xem phản ánh đã gửi", "mine"),
        ("phản ánh PA-2611-0042", "show"),
        ("pa2611 0042", "show"),
        ("phản ánh ở đâu", None),
        ("phản ánh gửi bao lâu thì được trả lời", None),
        ("mẫu phản ánh kiến nghị", None),
        ("làm cách nào gửi phản ánh về đường hư ở thôn", None),
        ("phản ánh có mất tiền không?", None),
        ("làm khai sinh cần gì", None),
        ("H15.50.05.13-261008-0975", None),
    ],
)
def test_what_is_wanted(text: str, deed: str | None) -> None:
    found = wish(text)
    assert (found.deed if found else None) == deed
    if deed == "show":
        assert found is not None
        assert found.number == "PA-2611-0042"

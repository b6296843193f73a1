"""Who may write, change, approve; what takes an approval away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.broadcasts.model import Audience, Listed, State
from core.errors import StaffError
from core.staff.rights import Role
from tests.conftest import rows
from tests.core.broadcasts.made import APPROVER, AUTHOR, HOUR, MORNING, SECOND, Town, content, staff

OTHER_APPROVER = staff(4, Role.APPROVER)
WHY = "Vỡ đập, sơ tán ngay trong đêm"


@pytest.fixture
async def crowd(town: Town) -> Town:
    """A town where one may decide about two people, and three agreed."""
    await town.subscribe("zalo:1", "zalo:2", "zalo:3")
    return Town(town.engine, town.many.audiences._catalogue(), approve_above=2)


async def test_a_small_notice_needs_nobody_else_a_large_one_does(town: Town) -> None:
    town = Town(town.engine, town.many.audiences._catalogue(), approve_above=2)
    await town.subscribe("zalo:1", "zalo:2")
    draft = await town.many.drafts.create(AUTHOR, content())
    small = await town.many.approval.submit(AUTHOR, draft.id, draft.version)
    assert small.state is State.APPROVED
    assert small.counted
    assert small.counted.recipients == 2
    await town.subscribe("zalo:3")
    draft = await town.many.drafts.create(AUTHOR, content())
    assert (await town.many.approval.submit(AUTHOR, draft.id, draft.version)).state is State.WAITING


async def test_an_emergency_always_needs_a_second_person_and_a_reason(town: Town) -> None:
    await town.subscribe("zalo:1")
    with pytest.raises(StaffError, match="ghi rõ lý do") as wrong:
        await town.many.drafts.create(AUTHOR, content(emergency=True, why="gấp"))
    assert wrong.value.field == "why"
    draft = await town.many.drafts.create(AUTHOR, content(emergency=True, why=WHY))
    assert (await town.many.approval.submit(AUTHOR, draft.id, draft.version)).state is State.WAITING


async def test_neither_the_author_nor_who_edited_it_approves(crowd: Town) -> None:
    drafts, approval = crowd.many.drafts, crowd.many.approval
    draft = await drafts.create(APPROVER, content())
    draft = await drafts.edit(OTHER_APPROVER, draft.id, draft.version, content(why=""))
    await approval.submit(APPROVER, draft.id, draft.version)
    for nobody in (APPROVER, OTHER_APPROVER, SECOND):
        with pytest.raises(StaffError):
            await approval.approve(nobody, draft.id, draft.version)
    done = await approval.approve(staff(5, Role.ADMIN), draft.id, draft.version)
    assert (done.state, done.approver) == (State.APPROVED, 5)


async def test_an_approval_is_for_what_was_seen(crowd: Town) -> None:
    """Changing words, audience, list or files makes it a draft again."""
    drafts, approval, many = crowd.many.drafts, crowd.many.approval, crowd.many
    one = await crowd.approved(content())
    assert one.approver_name == APPROVER.full_name
    with pytest.raises(StaffError, match="người khác thay đổi"):
        await approval.approve(APPROVER, one.id, one.version)  # approved already
    edited = await drafts.edit(SECOND, one.id, one.version, replace(content(), text="Khác"))
    assert (edited.state, edited.version, edited.approver) == (State.DRAFT, one.version + 1, None)
    with pytest.raises(StaffError, match="người khác thay đổi"):
        await drafts.edit(SECOND, one.id, one.version, content())
    await approval.submit(AUTHOR, one.id, edited.version)
    with pytest.raises(StaffError, match="người khác thay đổi"):
        await approval.approve(APPROVER, one.id, one.version)
    await many.files.attach(AUTHOR, one.id, edited.version, "Sơ đồ", b"%PDF-1.7")
    with pytest.raises(StaffError, match="người khác thay đổi"):
        await approval.approve(APPROVER, one.id, edited.version)
    again, _ = await drafts.put_list(AUTHOR, one.id, edited.version + 1, [Listed("zalo:1", "address")])
    assert again.state is State.DRAFT
    await crowd.tick()
    assert await crowd.outgoing(one.id) == []


async def test_sent_back_with_a_reason_and_taken_back(crowd: Town) -> None:
    approval = crowd.many.approval
    draft = await crowd.many.drafts.create(AUTHOR, content())
    await approval.submit(AUTHOR, draft.id, draft.version)
    with pytest.raises(StaffError, match="lý do"):
        await approval.refuse(APPROVER, draft.id, draft.version, " ")
    back = await approval.refuse(APPROVER, draft.id, draft.version, "Sai ngày")
    assert (back.state, back.refused) == (State.DRAFT, "Sai ngày")
    sent = await approval.submit(AUTHOR, draft.id, draft.version)
    assert (sent.state, sent.refused) == (State.WAITING, None)
    assert (await approval.withdraw(AUTHOR, draft.id)).state is State.DRAFT
    await crowd.tick()
    assert await crowd.outgoing(draft.id) == []


async def test_nothing_is_changed_once_it_is_sent(crowd: Town) -> None:
    made = await crowd.begun(content())
    for deed in (
        crowd.many.drafts.edit(AUTHOR, made.id, made.version, content()),
        crowd.many.drafts.discard(AUTHOR, made.id),
        crowd.many.approval.withdraw(AUTHOR, made.id),
        crowd.many.files.attach(AUTHOR, made.id, made.version, "a", b"%PDF-"),
        crowd.many.steering.resume(AUTHOR, made.id),
    ):
        with pytest.raises(StaffError):
            await deed


async def test_nobody_to_send_to(town: Town) -> None:
    draft = await town.many.drafts.create(AUTHOR, content())
    with pytest.raises(StaffError, match="Không có ai"):
        await town.many.approval.submit(AUTHOR, draft.id, draft.version)


async def test_too_late_to_approve(crowd: Town) -> None:
    draft = await crowd.many.drafts.create(AUTHOR, content(expires_at=MORNING + HOUR))
    await crowd.many.approval.submit(AUTHOR, draft.id, draft.version)
    crowd.clock.now = MORNING + HOUR
    with pytest.raises(StaffError, match="Hết hạn"):
        await crowd.many.approval.approve(APPROVER, draft.id, draft.version)


async def test_somebody_of_one_office_writes_to_its_people_only(town: Town) -> None:
    office = await town.office("Phường Buôn Ma Thuột", "22015", "H15.50.05")
    other = await town.office("Sở Tư pháp", None, "H15.07")
    clerk, drafts = staff(7, Role.COUNTER, offices=(office, other)), town.many.drafts
    made = await drafts.create(clerk, content(office=office))
    assert made.content.audience == Audience(units=("22015",))
    followers = await drafts.create(clerk, content(Audience("followers"), office=other))
    assert followers.content.audience == Audience("followers", offices=(other,))
    listed = await drafts.create(clerk, content(Audience("listed"), office=other))
    assert listed.content.audience == Audience("listed", units=("-",), offices=(other,))
    for wrong, field in (
        (content(), "office"),
        (content(office=99), "office"),
        (content(Audience(units=("22018",)), office=office), "units"),
        (content(Audience("followers", offices=(other,)), office=office), "offices"),
        (content(office=other), "audience"),
    ):
        with pytest.raises(StaffError) as error:
            await drafts.create(clerk, wrong)
        assert error.value.field == field


async def test_who_sees_which(town: Town) -> None:
    one, two = await town.office("Một", "1"), await town.office("Hai", "2")
    drafts = town.many.drafts
    clerk, neighbour = staff(7, Role.COUNTER, offices=(one,)), staff(8, Role.COUNTER, offices=(two,))
    mine = await drafts.create(clerk, content(office=one))
    everybodys = await drafts.create(AUTHOR, content())
    assert [b.id for b in await drafts.page(clerk)] == [everybodys.id, mine.id]
    assert [b.id for b in await drafts.page(neighbour)] == [everybodys.id]
    assert [b.id for b in await drafts.page(AUTHOR, before=everybodys.id)] == [mine.id]
    assert await drafts.page(AUTHOR, states=[State.DONE]) == []
    assert await drafts.get(neighbour, mine.id) is None
    for nobody, ident in ((neighbour, mine.id), (neighbour, everybodys.id)):
        with pytest.raises(StaffError, match="Không tìm thấy"):
            await drafts.edit(nobody, ident, 1, content(office=two))
    with pytest.raises(StaffError):
        await drafts.create(staff(9, Role.VIEWER), content())


async def test_a_draft_is_thrown_away_with_all_that_belongs_to_it(town: Town) -> None:
    many = town.many
    draft = await many.drafts.create(AUTHOR, content(Audience("listed")))
    draft, _ = await many.drafts.put_list(AUTHOR, draft.id, 1, [Listed("zalo:1", "address")])
    await many.files.attach(AUTHOR, draft.id, 2, "Sơ đồ", b"%PDF-1.7")
    await many.drafts.discard(AUTHOR, draft.id)
    for table in ("broadcast", "broadcast_listed", "broadcast_file"):
        assert await rows(town.engine, f"SELECT count(*) FROM {table}") == [(0,)]


async def test_every_change_is_audited_and_nothing_a_citizen_is_known_by(crowd: Town) -> None:
    made = await crowd.begun(content())
    await crowd.many.steering.pause(SECOND, made.id)
    await crowd.many.steering.resume(SECOND, made.id)
    await crowd.many.steering.cancel(SECOND, made.id)
    log = await rows(crowd.engine, "SELECT what, who, detail FROM audit ORDER BY id")
    assert [what for what, _, _ in log] == [
        f"broadcast.{what}" for what in ("create", "submit", "approve", "begin", "pause", "resume", "cancel")
    ]
    assert log[3][1] == "hệ thống"
    assert "zalo:" not in str(log)
    assert await crowd.audit.broken() is None

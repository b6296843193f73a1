"""The driver of iGate 2.0: what it asks, every parsing trap, what it makes of failures."""

from __future__ import annotations

import base64
import datetime as dt
import time
from typing import Any

import httpx
import pytest

from core.dossiers.model import Dossier, DossierView, Fee, Owner, Status, Step
from core.dossiers.portals.reading import ZONE
from core.errors import PortalAway, PortalConfused, PortalError, PortalRefused
from tests.core.dossiers.portals.fakes import (
    CODE,
    FEE,
    IDENTITY,
    PASSWORD,
    ROW,
    SHORT,
    TOKEN,
    USUAL,
    CutOff,
    Wire,
    code,
    igate,
    igate_wire,
    ok,
    page,
    raw,
    slow,
)


async def told(**answers: Any) -> Dossier:
    """What is told where everything works but for what is given."""
    limits = SHORT if slow in answers.values() else USUAL
    dossier = await igate(igate_wire(**answers), limits=limits).dossier(code())
    assert dossier
    return dossier


async def view_of(**changes: Any) -> DossierView:
    """How a dossier is seen whose row and detail are changed alike."""
    row = {**ROW, **changes}
    return (await told(ask=page(row), detail=ok(row))).view


async def test_a_dossier_is_told_in_our_terms() -> None:
    dossier = await told()
    assert dossier.view == DossierView(
        code=CODE,
        status=Status.PROCESSING,
        status_text="Đang xử lý",
        procedure_code="2.000635",
        procedure_name="Cấp bản sao trích lục hộ tịch",
        agency="UBND phường Tuy Hoà",
        received_at=dt.datetime(2026, 10, 8, 8, 30, tzinfo=ZONE),
        due_at=dt.datetime(2026, 10, 13, 17, tzinfo=ZONE),
        owner_masked="N*** T*** H***",
        steps=(Step(None, "", "", "Lê Văn Cán"),),
        fees=(Fee("Lệ phí", 8000, False),),
    )
    assert dossier.owner == Owner(("+84905123456",), (IDENTITY,))
    assert dossier.view.received_at is not None
    assert dossier.view.received_at.utcoffset() == dt.timedelta(hours=7)


async def test_the_exact_requests() -> None:
    wire = igate_wire()
    await igate(wire).dossier(code())
    sign_in, search, *extras = wire.requests
    assert (sign_in.method, str(sign_in.url)) == (
        "POST",
        "https://sso.test/auth/realms/digo/protocol/openid-connect/token",
    )
    assert (
        sign_in.headers["authorization"]
        == "Basic " + base64.b64encode(f"assistant:{PASSWORD}".encode()).decode()
    )
    assert sign_in.content == b"grant_type=client_credentials"
    assert (search.method, str(search.url)) == (
        "GET",
        "https://gw.test/pa/dossier/search?page=0&size=20&spec=slice&sort=appointmentDate%2Casc&code=" + CODE,
    )
    assert sorted(str(r.url) for r in extras) == [
        "https://gw.test/pa/dossier-fee/--by-dossiers?dossier-ids=6346abcdef",
        "https://gw.test/pa/dossier/6346abcdef/--online",
    ]
    assert {r.headers["authorization"] for r in wire.requests[1:]} == {"Bearer token-1"}
    assert all(not r.content for r in wire.requests[1:])


async def test_without_credentials_the_public_look_up_proves_nobody_the_owner() -> None:
    wire = Wire(public=page(ROW))
    dossier = await igate(wire, public=True).dossier(code())
    assert dossier
    assert dossier.owner == Owner()
    assert (dossier.view.owner_masked, dossier.view.fees) == (None, None)
    assert dossier.view.status is Status.PROCESSING
    (request,) = wire.requests
    assert str(request.url) == f"https://gw.test/pa/dossier-search/dvc?page=0&size=10&spec=slice&code={CODE}"
    assert "authorization" not in request.headers


FAILURES = [
    (raw(b"oops", 500), PortalAway, "HTTP 500", 3),
    (raw(b"", 429, **{"Retry-After": "Mon, 23 Nov 2026 08:01:00 GMT"}), PortalAway, "HTTP 429", 1),
    (httpx.ConnectError("refused"), PortalAway, "ConnectError", 3),
    (httpx.RemoteProtocolError("reset"), PortalAway, "RemoteProtocolError", 3),
    (httpx.ReadTimeout("slow"), PortalAway, "timed out", 3),
    (slow, PortalAway, "no answer within", 1),
    (raw(b"", 404), PortalConfused, "HTTP 404", 1),
    (raw(b"<!DOCTYPE html>"), PortalConfused, "HTML", 3),
    (raw(b"{"), PortalConfused, "not JSON", 3),
    (raw(b""), PortalConfused, "empty", 3),
    (httpx.Response(200, stream=CutOff()), PortalConfused, "cut off", 3),
    (raw(page(ROW).content.decode().encode("utf-16-le")), PortalConfused, "not", 3),
    (raw(page(ROW).content.decode("latin-1").encode()), PortalConfused, "letters", 1),
    (ok([]), PortalConfused, "no page", 1),
    (ok({"content": None}), PortalConfused, "no page", 1),
    (page("text"), PortalConfused, "without a code", 1),
    (page({**ROW, "code": None}), PortalConfused, "without a code", 1),
    (page({**ROW, "code": CODE + "1"}, last=False), PortalConfused, "more similar", 1),
    (page({**ROW, "code": "H15.50.05.13-261008-0976"}), PortalConfused, "another dossier", 1),
    (page(ROW, {**ROW, "id": "2"}), PortalConfused, "several", 1),
    (raw(b"", 403), PortalRefused, "HTTP 403", 1),
    (raw(b"", 401), PortalRefused, "HTTP 401", 2),
]


@pytest.mark.parametrize(("answer", "error", "kind", "times"), FAILURES)
async def test_every_failure_has_its_kind(
    answer: Any, error: type[PortalError], kind: str, times: int
) -> None:
    wire = igate_wire(ask=answer)
    with pytest.raises(error, match=kind) as caught:
        await igate(wire, limits=SHORT if answer is slow else USUAL).dossier(code())
    assert len(wire.asked("ask")) == times
    said = str(caught.value)
    assert said.startswith("portal dak-lak: ")
    assert not any(secret in said for secret in (CODE, "https", "Hoa", "token-1", PASSWORD))


@pytest.mark.parametrize(
    ("answer", "error", "kind"),
    [
        (raw(b'{"error":"invalid_client"}', 401), PortalRefused, "HTTP 401"),
        (raw(b'{"error":"unauthorized_client"}', 400), PortalRefused, "sign-in refused .HTTP 400"),
        (ok({}), PortalConfused, "no token"),
        (ok("token"), PortalConfused, "no token"),
        (raw(b"<html>"), PortalConfused, "HTML"),
        (raw(b"", 502), PortalAway, "HTTP 502"),
    ],
)
async def test_a_sign_in_fails_in_its_own_way(answer: Any, error: type[PortalError], kind: str) -> None:
    with pytest.raises(error, match=kind):
        await igate(igate_wire(sign_in=answer)).dossier(code())


async def test_an_expired_token_is_renewed_once() -> None:
    second = ok({"access_token": "token-2", "expires_in": 300})
    wire = igate_wire(sign_in=[TOKEN, second], ask=[raw(b"", 401), page(ROW)])
    assert await igate(wire).dossier(code())
    assert {r.headers["authorization"] for r in wire.asked("detail")} == {"Bearer token-2"}


@pytest.mark.parametrize(
    "answer",
    [page(), page({**ROW, "code": CODE + "1", "nationCode": ""}), ok({"content": [], "last": False})],
)
async def test_only_exactly_this_code_is_a_find(answer: httpx.Response) -> None:
    wire = igate_wire(ask=answer)
    assert await igate(wire).dossier(code()) is None
    assert not wire.asked("detail")


async def test_the_national_code_counts_too_but_the_own_code_first() -> None:
    national = {**ROW, "id": "n", "code": "000123", "nationCode": CODE}
    assert (await told(ask=page(national), detail=raw(b"", 404))).view.code == CODE
    wire = igate_wire(ask=page(national, ROW))
    assert await igate(wire).dossier(code())
    assert wire.asked("detail")[0].url.path == "/pa/dossier/6346abcdef/--online"


BROKEN = [
    raw(b"", 500),
    raw(b"", 401),
    raw(b"", 403),
    raw(b"", 404),
    raw(b"<html>"),
    httpx.ReadError("reset"),
    slow,
]


@pytest.mark.parametrize("broken", [*BROKEN, ok("odd"), ok(None), ok({"id": "another, without a code"})])
async def test_without_the_detail_the_row_is_shown(broken: Any) -> None:
    began = time.monotonic()
    dossier = await told(detail=broken)
    assert dossier == await told()
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "broken",
    [
        *BROKEN,
        ok("odd"),
        ok([FEE, "odd"]),
        ok([{**FEE, "amount": None}]),
        ok([{**FEE, "quantity": 3}]),
        ok([{**FEE, "dossier": {"id": "another"}}]),
    ],
)
async def test_without_the_fees_the_rest_is_shown(broken: Any) -> None:
    view = (await told(fees=broken)).view
    assert view.fees is None
    assert view.status is Status.PROCESSING


async def test_the_detail_of_another_dossier_is_not_trusted() -> None:
    with pytest.raises(PortalConfused, match="another dossier"):
        await told(detail=ok({**ROW, "code": "H15.50.05.13-261008-0976"}))


async def test_the_detail_adds_to_the_row() -> None:
    row = {"id": ROW["id"], "code": CODE, "dossierStatus": {"id": 2, "name": "Đang xử lý"}}
    dossier = await told(ask=page(row), detail=ok({**ROW, "dossierStatus": 2, "agency": None}))
    assert dossier.owner.identities == (IDENTITY,)
    assert (dossier.view.status, dossier.view.agency) == (Status.PROCESSING, "")


@pytest.mark.parametrize("number", ["", None, "../../admin", "a b", {"id": 1}])
async def test_an_odd_id_is_never_put_into_an_address(number: Any) -> None:
    wire = igate_wire(ask=page({**ROW, "id": number}))
    assert await igate(wire).dossier(code())
    assert len(wire.requests) == 2


@pytest.mark.parametrize(
    ("row", "fee"),
    [
        ({"paid": 8000}, Fee("Lệ phí", 8000, True)),
        ({"paid": 1}, Fee("Lệ phí", 8000, None)),
        ({"paid": None}, Fee("Lệ phí", 8000, None)),
        ({"amount": 0}, Fee("Lệ phí", 0, None)),
        ({"amount": "15.000"}, Fee("Lệ phí", 15000, False)),
        ({"quantity": None}, Fee("Lệ phí", 8000, False)),
        ({"procost": None}, Fee("", 8000, False)),
    ],
)
async def test_fees(row: dict[str, Any], fee: Fee) -> None:
    assert (await told(fees=ok([{**FEE, **row}]))).view.fees == (fee,)
    assert (await told(fees=ok({"content": [{**FEE, **row}]}))).view.fees == (fee,)


async def test_no_fees_are_none_due() -> None:
    assert (await told(fees=ok([]))).view.fees == ()


VI, EN = {"languageId": 228, "name": "Trích lục"}, {"languageId": 46, "name": "Extract"}


@pytest.mark.parametrize(
    ("field", "value", "attribute", "expected"),
    [
        ("procedure", {"name": "Trích lục"}, "procedure_name", "Trích lục"),
        ("procedure", {"name": [EN, VI]}, "procedure_name", "Trích lục"),
        ("procedure", {"name": [EN]}, "procedure_name", "Extract"),
        ("procedure", {"translate": VI}, "procedure_name", "Trích lục"),
        ("procedure", {"translate": [EN, VI]}, "procedure_name", "Trích lục"),
        ("procedure", {"translate": []}, "procedure_name", ""),
        ("procedure", None, "procedure_name", ""),
        ("agency", [EN, VI], "agency", "Trích lục"),
        ("agency", "UBND xã", "agency", "UBND xã"),
        ("agency", 7.5, "agency", ""),
        (
            "dossierStatus",
            {"id": 2, "name": [{"languageId": 228, "name": "Đã trả kết quả"}]},
            "status",
            Status.RETURNED,
        ),
        ("dossierStatus", "Đã xử lý xong", "status", Status.DONE),
        ("dossierStatus", 4, "status", Status.NEW),  # the name of the step's status; never the number 4
        ("dossierStatus", "4", "status", Status.NEW),
        ("dossierStatus", {"id": 4}, "status", Status.NEW),
        ("dossierStatus", {"id": 0, "name": "Chờ tiếp nhận"}, "status", None),
        ("dossierStatus", {"id": 0, "name": "Chờ tiếp nhận"}, "status_text", "Chờ tiếp nhận"),
        ("dossierStatus", None, "status", None),
        ("dossierStatus", None, "status_text", ""),
        (
            "acceptedDate",
            "2026-10-07T17:30:00.000+0000",
            "received_at",
            dt.datetime(2026, 10, 8, 0, 30, tzinfo=ZONE),
        ),
        (
            "acceptedDate",
            "2026-10-08T08:30:00.000+07:00",
            "received_at",
            dt.datetime(2026, 10, 8, 8, 30, tzinfo=ZONE),
        ),
        ("acceptedDate", "2026-12-08T08:30:00.000+0700", "received_at", None),
        ("acceptedDate", "", "received_at", None),
        ("acceptedDate", 1791422400000, "received_at", None),
        ("acceptedDate", "0001-01-01T00:00:00.000+0700", "received_at", None),
        (
            "appointmentDate",
            "2026-12-08T17:00:00.000+0700",
            "due_at",
            dt.datetime(2026, 12, 8, 17, tzinfo=ZONE),
        ),
        ("appointmentDate", "2999-12-31T00:00:00.000+0000", "due_at", None),
        ("completedDate", "2026-10-12T09:00:00Z", "finished_at", dt.datetime(2026, 10, 12, 16, tzinfo=ZONE)),
        ("completedDate", "2027-10-12T09:00:00Z", "finished_at", None),
        ("applicant", {"data": {"fullname": "Trần Văn Nộp"}}, "owner_masked", "T*** V*** N***"),
        ("applicant", {"data": None}, "owner_masked", None),
        ("applicant", "Hoa", "owner_masked", None),
        ("currentTask", None, "steps", ()),
        ("currentTask", [{"id": "7"}, 3], "steps", ()),
        (
            "currentTask",
            [{"name": "Thẩm định", "candidateGroup": [{"name": [EN, VI]}]}],
            "steps",
            (Step(None, "Thẩm định", "Trích lục"),),
        ),
    ],
)
async def test_each_field_is_read_or_absent(field: str, value: Any, attribute: str, expected: Any) -> None:
    assert getattr(await view_of(**{field: value}), attribute) == expected


def task(what: str, status: str, created: str, current: int = 0) -> dict[str, Any]:
    """A step of the history."""
    return {
        "assignee": {"fullname": "Lê Văn Cán"},
        "candidateGroup": [{"name": "Phòng Hộ tịch"}],
        "isCurrent": current,
        "createdDate": created,
        "bpmProcessDefinitionTask": {
            "name": {"id": "1", "name": what},
            "remind": {"id": "2", "name": status},
        },
    }


async def test_the_history_of_the_detail_is_told() -> None:
    history = [
        task("Tiếp nhận", "Được tiếp nhận", "2026-10-08T01:30:00.000+0000"),
        task("Trả tại quầy 5, gọi 0905 123 456", "Đã trả kết quả", "2026-10-12T09:00:00.000+0700", 1),
    ]
    view = await view_of(task=history, dossierStatus=4, dossierTaskStatus={"name": "Đã trả kết quả"})
    assert view.steps == (
        Step(
            dt.datetime(2026, 10, 8, 8, 30, tzinfo=ZONE),
            "Tiếp nhận",
            "Phòng Hộ tịch",
            "Lê Văn Cán",
            Status.RECEIVED,
        ),
        Step(
            dt.datetime(2026, 10, 12, 9, tzinfo=ZONE),
            "Trả tại quầy 5, gọi [số đã che]",
            "Phòng Hộ tịch",
            "Lê Văn Cán",
            Status.RETURNED,
        ),
    )
    assert view.returned_at == dt.datetime(2026, 10, 12, 9, tzinfo=ZONE)
    assert view.note == "Trả tại quầy 5, gọi [số đã che]"


async def test_papers_are_those_a_file_was_handed_in_for() -> None:
    papers = [{"formName": "Tờ khai", "file": [{"id": "1"}]}, {"formName": "Hộ chiếu", "file": []}, "odd"]
    assert (await view_of(dossierFormFile=papers)).papers == ("Tờ khai",)


async def test_names_of_one_portal_can_be_mapped() -> None:
    wire = igate_wire(
        ask=page({**ROW, "dossierStatus": {"id": 0, "name": "Chờ tiếp nhận"}}), detail=raw(b"", 404)
    )
    dossier = await igate(wire, status_names={"Chờ tiếp nhận": "Mới đăng ký"}).dossier(code())
    assert dossier
    assert (dossier.view.status, dossier.view.status_text) == (Status.NEW, "Chờ tiếp nhận")


async def test_credentials_are_encoded_for_basic() -> None:
    wire = igate_wire()
    await igate(wire, client_id="a:b ç").dossier(code())
    sent = base64.b64decode(wire.requests[0].headers["authorization"].removeprefix("Basic ")).decode()
    assert sent == f"a%3Ab%20%C3%A7:{PASSWORD}"


@pytest.mark.parametrize("lasts", [None, "soon", -5, 0, 10**9])
async def test_an_odd_expiry_does_no_harm(lasts: Any) -> None:
    wire = igate_wire(sign_in=ok({"access_token": "token-1", "expires_in": lasts}))
    assert await igate(wire).dossier(code())

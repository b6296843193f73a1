"""Records of the portal's ``LayThuTuc`` service (DVCQG/NGSP exchange; keys as that service sends them)."""

from __future__ import annotations

from typing import Any

from core.procedures.importing import values
from core.procedures.importing.values import RowError, text

_MODES = {"1": "in_person", "2": "online", "3": "postal"}


def recognises(record: Any) -> bool:
    """Whether a record has this shape."""
    return isinstance(record, dict) and "MATTHC" in record


def convert(record: dict[str, Any]) -> dict[str, Any]:
    """The facts of one record under the catalogue's names. Raises RowError naming the bad field."""
    if str(record.get("TRANGTHAI", "1")) != "1":
        raise RowError("TRANGTHAI: thủ tục không ở trạng thái công khai (1)")
    fields = record.get("LINHVUCTHUCHIEN") or [{}]
    agencies = [text(a.get("TENDONVI")) for a in record.get("COQUANTHUCHIEN") or []]
    results = [text(r.get("TENKETQUA")) for r in record.get("KETQUATHUCHIEN") or []]
    return {
        "code": values.code(record.get("MATTHC"), "MATTHC"),
        "name": _needed(text(record.get("TENTTHC")), "TENTTHC"),
        "field": _needed(text(fields[0].get("TENLINHVUC")), "LINHVUCTHUCHIEN"),
        "authority": _needed(", ".join(a for a in agencies if a) or None, "COQUANTHUCHIEN"),
        "documents": _documents(record),
        "channels": _channels(record),
        "steps": [
            step
            for group in record.get("TRINHTUTHUCHIEN") or []
            for one in group.get("TRINHTU") or []
            if (step := text(one.get("TENTRINHTU")))
        ],
        "result": _needed("; ".join(r for r in results if r) or None, "KETQUATHUCHIEN"),
        "conditions": [said] if (said := text(record.get("YEUCAU"))) else [],
        "legal_basis": [n for law in record.get("CANCUPHAPLY") or [] if (n := text(law.get("SOVANBAN")))],
    }


def _documents(record: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for group in record.get("THANHPHANHOSO") or []:
        case = text(group.get("TRUONGHOP"))
        for paper in group.get("GIAYTO") or []:
            name = _needed(text(paper.get("TENGIAYTO")), "THANHPHANHOSO.GIAYTO.TENGIAYTO")
            found.append(
                values.document(
                    name,
                    values.amount(paper.get("SOBANCHINH"), "SOBANCHINH") or 0,
                    values.amount(paper.get("SOBANSAO"), "SOBANSAO") or 0,
                    text(paper.get("TENMAUDON")),
                    f"trường hợp: {case}" if case else None,
                )
            )
    return found


def _channels(record: dict[str, Any]) -> list[dict[str, Any]]:
    channels = []
    for number, way in enumerate(record.get("CACHTHUCTHUCHIEN") or []):
        at = f"CACHTHUCTHUCHIEN.{number}"
        mode = _MODES.get(str(way.get("KENH")))
        if mode is None:
            raise RowError(
                f"{at}.KENH: “{way.get('KENH')}” không phải 1 (trực tiếp), 2 (trực tuyến), 3 (bưu chính)"
            )
        times = way.get("THOIGIAN") or [{}]
        first = times[0]
        said = [text(t.get("MOTA")) for t in times]
        note = "; ".join(dict.fromkeys(s for s in said if s)) or None
        limit = values.time_limit(
            first.get("THOIGIANGIAIQUYET"), first.get("DONVITINH"), note, f"{at}.THOIGIAN.THOIGIANGIAIQUYET"
        )
        channels.append({"mode": mode, "fee": _fee(times, at), "time_limit": limit})
    if not channels:
        raise RowError("CACHTHUCTHUCHIEN: không có cách nộp nào")
    return channels


def _fee(times: list[dict[str, Any]], at: str) -> dict[str, Any]:
    """One amount only where the record names one; several amounts are told in the note instead."""
    lines = [(fee.get("SOTIEN"), text(fee.get("MOTA"))) for t in times for fee in t.get("PHILEPHI") or []]
    amounts = [(values.amount(money, f"{at}.PHILEPHI.SOTIEN"), said) for money, said in lines]
    known = {money for money, _ in amounts if money is not None}
    if len(known) == 1 and len(amounts) == 1:
        return {"amount_vnd": known.pop(), "note": amounts[0][1]}
    told = [
        f"{said or 'mức thu'}: {money:,} đồng".replace(",", ".")
        for money, said in amounts
        if money is not None
    ]
    told += [said for money, said in amounts if money is None and said]
    return {"amount_vnd": None, "note": "; ".join(dict.fromkeys(told)) or None}


def _needed(value: str | None, field: str) -> str:
    if value is None:
        raise RowError(f"{field}: thiếu")
    return value

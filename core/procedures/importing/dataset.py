"""Records of the published dataset shape: ``metadata``, ``content``, ``tables`` with Vietnamese keys."""

from __future__ import annotations

import re
from typing import Any

from core.procedures.importing import values
from core.procedures.importing.values import RowError, text
from nlu.vietnamese import fold

_MODES = {"truc tiep": "in_person", "truc tuyen": "online", "buu chinh": "postal"}


def recognises(record: Any) -> bool:
    """Whether a record has this shape."""
    return isinstance(record, dict) and isinstance(record.get("metadata"), dict) and "tables" in record


def convert(record: dict[str, Any]) -> dict[str, Any]:
    """The facts of one record under the catalogue's names. Raises RowError naming the bad field."""
    meta, content, tables = (_plain(record.get(key) or {}) for key in ("metadata", "content", "tables"))
    return {
        "code": values.code(meta.get("ma thu tuc"), "metadata.mã_thủ_tục"),
        "name": _needed(meta.get("ten thu tuc"), "metadata.tên_thủ_tục"),
        "field": _needed(meta.get("linh vuc"), "metadata.lĩnh_vực"),
        "level": text(meta.get("cap thuc hien")),
        "authority": _needed(_starting(content, "co quan"), "content.cơ_quan_…"),
        "documents": [_document(row) for row in tables.get("thanh phan ho so") or []],
        "channels": _channels(tables.get("hinh thuc nop") or []),
        "steps": _lines(_starting(content, "trinh tu")),
        "result": _needed(_starting(content, "ket qua"), "content.kết_quả…"),
        "conditions": _lines(_starting(content, "yeu cau")),
        "legal_basis": [
            n for row in tables.get("can cu phap ly") or [] if (n := text(_plain(row).get("so ky hieu")))
        ],
        "decision": text(meta.get("so quyet dinh")),
    }


def _plain(mapping: dict[str, Any]) -> dict[str, Any]:
    """Keys folded and with blanks, so that ``Mã_thủ_tục`` and NFD spellings meet."""
    return {fold(key).replace("_", " ").strip(): value for key, value in mapping.items()}


def _starting(content: dict[str, Any], start: str) -> Any:
    return next((value for key, value in content.items() if key.startswith(start)), None)


def _lines(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else re.split(r"[\r\n]+", str(value or ""))
    return [line for part in parts if (line := text(part))]


def _needed(value: Any, field: str) -> str:
    said = text("; ".join(map(str, value)) if isinstance(value, list) else value)
    if said is None:
        raise RowError(f"{field}: thiếu")
    return said


def _document(row: dict[str, Any]) -> dict[str, Any]:
    row = _plain(row)
    note = str(row.get("ghi chu") or "")
    counts = {
        kind: int(found.group(1)) if (found := re.search(rf"ban {kind}\s*:\s*(\d+)", fold(note))) else 0
        for kind in ("chinh", "sao")
    }
    name = _needed(row.get("ten giay to"), "tables.thanh_phan_ho_so.ten_giay_to")
    return values.document(name, counts["chinh"], counts["sao"], text(row.get("so luong")), None)


def _channels(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    channels = []
    for number, raw in enumerate(rows):
        row = _plain(raw)
        said = fold(str(row.get("hinh thuc") or ""))
        mode = next((mode for word, mode in _MODES.items() if word in said), None)
        if mode is None:
            raise RowError(
                f"tables.hinh_thuc_nop.{number}.hinh_thuc: “{said[:40]}” không phải trực tiếp, trực tuyến, bưu chính"
            )
        fee = values.fee_in(text(row.get("phi le phi")))
        channels.append(
            {
                "mode": mode,
                "fee": fee,
                "time_limit": values.time_limit_in(text(row.get("thoi han giai quyet"))),
            }
        )
    if not channels:
        raise RowError("tables.hinh_thuc_nop: không có cách nộp nào")
    return channels

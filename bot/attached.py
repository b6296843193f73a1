"""Serves the files of notices to whoever has their address. Nothing else can be asked for here."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from core.broadcasts.files import PATH, Files, Stored

_ENDINGS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}
# A file is shown and does nothing: no script, no form, no frame of ours around it; it never changes.
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "DENY",
    "Cache-Control": "public, max-age=86400, immutable",
}


def routes(files: Files) -> APIRouter:
    """The route of attachments."""
    router = APIRouter(include_in_schema=False)

    @router.get(f"{PATH}/{{token}}")
    async def attachment(token: str) -> Response:
        found = await files.open(token[:64])
        if found is None:
            return Response(
                "Không có tệp này.", 404, {"Cache-Control": "no-store"}, "text/plain; charset=utf-8"
            )
        return Response(found.content, 200, {**_HEADERS, **_named(found)}, found.attachment.type)

    return router


def _named(stored: Stored) -> dict[str, str]:
    ending = _ENDINGS[stored.attachment.type]
    title = stored.attachment.title
    name = title if title.lower().endswith(ending) else f"{title}{ending}"
    return {"Content-Disposition": f"inline; filename*=UTF-8''{quote(name, safe='')}"}

"""What the pages about ratings and petitions share."""

from __future__ import annotations

from fastapi.responses import Response

from console.parts import Parts


async def names(parts: Parts) -> dict[int | None, str]:
    """What offices are called, closed ones too."""
    return {office.id: office.name for office in await parts.offices.all(also_closed=True)}


def download(text: str, name: str) -> Response:
    """A table as a file."""
    head = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(), media_type="text/csv; charset=utf-8", headers=head)


def numbered(number: int, more: bool, address: str) -> tuple[str | None, str | None]:
    """Where the pages before and after one are; ``address`` ends with ``trang=``."""
    return (f"{address}{number - 1}" if number > 1 else None), (f"{address}{number + 1}" if more else None)

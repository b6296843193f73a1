"""Files attached to a notice: kept in the database, sent as links under PUBLIC_URL, served by the bot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncEngine

from core.broadcasts.model import Attachment
from core.staff.audit import Audit
from core.staff.rights import Staff

MAX_BYTES = 5 * 1024 * 1024
PATH = "/tep"  # of the route by which the bot serves files: /tep/<token>


@dataclass(frozen=True, slots=True)
class Stored:
    """A file with its content."""

    attachment: Attachment
    content: bytes = field(repr=False)


class Files:
    """Reads and writes attachments. Raises StaffError (field ``file``) where staff can mend something.

    Args:
        public_url: where citizens reach the bot; without it nothing can be attached.
    """

    def __init__(
        self, engine: AsyncEngine, audit: Audit, clock: Callable[[], dt.datetime], public_url: str | None
    ) -> None:
        self._engine, self._audit, self._clock, self._public_url = engine, audit, clock, public_url

    async def attach(self, staff: Staff, ident: int, version: int, title: str, content: bytes) -> Attachment:
        """Attach a PDF, PNG or JPEG of at most MAX_BYTES (told by its content, not by its name); changes the
        version and takes an approval away."""
        raise NotImplementedError

    async def detach(self, staff: Staff, ident: int, version: int, token: str) -> None:
        """Take a file off a notice that has not begun."""
        raise NotImplementedError

    async def open(self, token: str) -> Stored | None:
        """What the bot serves; None for an unknown token."""
        raise NotImplementedError

    def url(self, attachment: Attachment) -> str:
        """Where citizens open it."""
        raise NotImplementedError

"""Files: what people send, served at ``/media/…``; what the OA uploads, kept 7 days.

Upload: POST /v2.0/oa/upload/image (jpg, png, at most 1 MB), /v2.0/oa/upload/file (pdf, doc, docx, 5 MB).
"""

from __future__ import annotations

import datetime as dt
import email.policy
from dataclasses import dataclass, field
from email.parser import BytesParser

from simulators.zalo.clock import Clock, Ids
from simulators.zalo.refusals import Refusal

LIFE = dt.timedelta(days=7)
_MB = 1024 * 1024
_SIGNS = {b"\xff\xd8\xff": "jpg", b"\x89PNG": "png", b"GIF8": "gif", b"%PDF": "pdf", b"PK\x03\x04": "docx"}
_ALLOWED = {
    "image": ({"jpg", "png"}, 1 * _MB),
    "gif": ({"gif"}, 5 * _MB),
    "file": ({"pdf", "docx", "doc"}, 5 * _MB),
}


@dataclass(frozen=True, slots=True)
class File:
    """Bytes and what they are said to be."""

    data: bytes
    mime: str
    name: str = ""
    at: dt.datetime | None = None


@dataclass
class Media:
    """Files by id.

    Args:
        base: the address people's files are served at; set it to where the simulator listens.
        slow: seconds before a download begins.
    """

    clock: Clock
    ids: Ids
    base: str = "http://zalo.test"
    slow: float = 0.0
    files: dict[str, File] = field(default_factory=dict)
    uploads: dict[str, File] = field(default_factory=dict)

    def keep(self, data: bytes, mime: str, name: str = "") -> str:
        """Keep what a person sends; gives its address."""
        ident = self.ids.hexadecimal()
        self.files[ident] = File(data, mime, name)
        return f"{self.base}/media/{ident}"

    def upload(self, kind: str, file: File | None) -> str:
        """Keep what the OA uploads; gives its attachment id or token."""
        if file is None:
            raise Refusal(-201, "file is empty")
        allowed, limit = _ALLOWED[kind]
        found = next((name for sign, name in _SIGNS.items() if file.data.startswith(sign)), "doc")
        if found not in allowed:
            raise Refusal(-201, "file type is not supported")
        if len(file.data) > limit:
            raise Refusal(-210, f"file is larger than {limit // _MB} MB")
        ident = self.ids.hexadecimal()
        self.uploads[ident] = File(file.data, file.mime, file.name, self.clock.now())
        return ident

    def uploaded(self, ident: str) -> bool:
        """Whether this attachment id or token can still be sent."""
        file = self.uploads.get(ident)
        return file is not None and file.at is not None and self.clock.now() - file.at < LIFE


def from_form(content_type: str, body: bytes) -> File | None:
    """The part named ``file`` of a multipart form."""
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    form = BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    for part in form.iter_parts() if form.is_multipart() else ():
        if part.get_param("name", header="content-disposition") == "file":
            data = part.get_payload(decode=True)
            if isinstance(data, bytes) and data:
                return File(data, part.get_content_type(), part.get_filename() or "")
    return None

"""Words for "what you told me is wrong". Pure.

"Thông tin sai trên giấy khai sinh" asks for a correction of papers and "sai rồi, tôi hỏi khai tử" says that the
question was misunderstood: neither is a report. So a report is either nothing but such words, or words that begin
so and then name a part of the answer.
"""

from __future__ import annotations

import re
from typing import Literal

from nlu.vietnamese import words

Heard = Literal["ask", "told"]
_MOST_WORDS = 60  # of a message that begins so; longer ones tell something else
_WHAT = r"(?:thong tin|cau tra loi|tra loi|noi|cai|le phi|phi|gia|giay to|ho so|thoi gian|thoi han|dia chi)"
_WRONG = r"(?:sai|nham|khong dung|khong chinh xac|chua dung|chua chinh xac|ko dung|loi thoi|cu roi)"
_FILL = r"(?: (?:nay|do|tren|vua roi|o tren|bi|la|dang|hinh nhu|co ve|cua ban|ban|the|vay|kia|may))*"
_TAIL = r"(?: (?:roi|het|bet|nhe|nha|anh|a|ah|oi|do|day|qua|kia|vay|thong tin))*"
_ONLY = re.compile(
    rf"(?:(?:ban|ad|anh|em|da|alo|oi) )*(?:bao|toi bao|toi muon bao|muon bao|bao cao)? ?(?:{_WHAT}{_FILL} {_WRONG}|{_WRONG} thong tin|sai thong tin){_TAIL}"
)
_BEGINS = re.compile(rf"(?:{_WHAT}{_FILL} )?{_WRONG}(?: roi| bet| het)?\b")
_PART = re.compile(
    r"\b(?:le phi|phi|tien|dong|nghin|ngan|giay to|ho so|to khai|mau don|ban sao|ban chinh|thoi gian|thoi han|ngay|dia chi"
    r"|noi nop|co quan|can cu|nghi dinh|thong tu|quyet dinh|truc tuyen|dieu kien|cac buoc|mien phi)\b"
)
_NOT = re.compile(
    r"\b(?:toi hoi|minh hoi|em hoi|y toi|hoi ve|muon hoi|khong phai thu tuc|khong phai hoi|dinh hoi)\b"
)
_PAPERS = re.compile(
    r"\b(?:sai|nham) (?:\w+ ){0,3}(?:tren|trong|o) (?:giay|the|so|bang|cccd|can cuoc)|\b(?:dinh chinh|cai chinh)\b"
)
_ASKS = re.compile(r"\b(?:khong|the nao|o dau|bao nhieu|bao lau|gi|nhi|lam sao|chua|hay khong)$")
_CANCELS = (
    "thoi",
    "khong",
    "khong bao nua",
    "thoi khong bao nua",
    "bo qua",
    "huy",
    "khong co gi",
    "nham",
    "toi nham",
)


def heard(text: str) -> Heard | None:
    """Whether a message says that something is wrong: without saying what ("ask"), or with it ("told")."""
    said = " ".join(words(text))
    if _ONLY.fullmatch(said) and not text.rstrip().endswith("?"):
        return "ask"
    begins = _BEGINS.match(said)
    if (
        not begins
        or asks(text)
        or _NOT.search(said)
        or _PAPERS.search(said)
        or len(said.split()) > _MOST_WORDS
    ):
        return None
    rest = said[begins.end() :]
    if not _PART.search(said) or len(rest.split()) < 3:
        return None
    return "told"


def asks(text: str) -> bool:
    """Whether a message is a question rather than a statement."""
    said = " ".join(words(text))
    return text.rstrip().endswith("?") or _ASKS.search(said) is not None


def cancels(text: str) -> bool:
    """Whether somebody who was asked what is wrong wants to leave it."""
    return (
        " ".join(words(text)).removesuffix(" anh") in _CANCELS
    )  # "ạ" is written like the short form of "anh"

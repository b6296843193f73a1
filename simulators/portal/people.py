"""Invented people of Đắk Lắk. Pure.

Nobody can be meant: no province has the code 099, with which every identity number begins (form: căn cước,
Luật Căn cước 26/2023/QH15), and every telephone number begins with 0900 0. E-mail is at example.com (RFC 2606).
"""

from __future__ import annotations

import datetime as dt
import random
import unicodedata
from dataclasses import dataclass

_SURNAMES = (
    "Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Huỳnh Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý".split()
)
_MIDDLE = ("Văn Hữu Đức Minh Quốc Thanh Công Ngọc".split(), "Thị Thị Thị Ngọc Thu Thanh Kim Mỹ".split())
_GIVEN = (
    "An Bình Cường Dũng Đạt Hải Hùng Khánh Lâm Long Nam Phúc Quân Sơn Tài Thắng Tuấn Việt".split(),
    "Anh Bích Chi Dung Hà Hạnh Hoa Hương Lan Linh Loan Mai Nga Nhung Phượng Thảo Trang Yến".split(),
)
_EDE = (
    "Blim Bhim Khoan Tuân Wăn Thiết Nguê Djuan Sơ Bel Hoan Ngông Krông Brim Yôl Khuê".split(),
    "Hen Blik Nhí Ngắt Yer Luin Mrơi Bia Juôn Lim Nuên Hoanh Đơi Siu Wăt Krih".split(),
)
_EDE_CLANS = [
    *"Niê Mlô Êban Ayŭn Knul Bkrông Byă Kbuôr Hđơk Ksơr Adrơng Kđoh Ênuôl".split(),
    *("Niê Kdăm", "Buôn Yă"),
]
_GIA_RAI = (
    "Blơm Thuân Hyui Phin Djơng Tơi Khiêm Luk".split(),
    "Yéo Pyan Blưh Nhan Thươi Mbơn Suen Lưk".split(),
)
_GIA_RAI_CLANS = ["Siu", "Ksor", "Nay", "Rcom", "Rahlan", "Kpă", "Rơ Châm", "Rơ Mah"]
_OTHERS = (
    [
        "Nông Văn Thiêm",
        "Giàng A Sính",
        "Lò Văn Ún",
        "Hoàng Văn Páo",
        "Y Kơi Bkrông",
        "Điểu Nhơr",
        "La O Tuấn",
    ],
    [
        "Nông Thị Thêm",
        "Vàng Thị Mỷ",
        "Lò Thị Ún",
        "Triệu Mùi Nái",
        "H'Mai Bkrông",
        "Điểu Thị Grái",
        "Mang Thị Lý",
    ],
)
_FIRM_NAMES = "Ban Mê|Ea Súp|Sông Ba|Sê San|Cư Mgar|Vịnh Xuân Đài|Buôn Hồ|Ea Kar|Đá Đĩa|Lắk Xanh".split("|")
_FIRM_TRADES = ["Cà phê", "Hồ tiêu", "Sầu riêng", "Xây dựng", "Vận tải", "Thủy sản", "Du lịch", "Nông sản"]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose dossier it is. ``firm`` and ``tax_code`` are empty for citizens."""

    name: str
    woman: bool
    birthday: dt.date
    identity: str
    phone: str
    email: str
    address: str
    firm: str = ""
    tax_code: str = ""

    @property
    def title(self) -> str:
        """The name the dossier runs under."""
        return self.firm or self.name


def invent(rng: random.Random, serial: int, commune: str) -> Owner:
    """Somebody of this commune.

    Args:
        serial: within any 62,500 working days no other dossier has it; makes the identity number unique.
        commune: its name with its kind, as in ``xã Ea Kao``.
    """
    woman = rng.random() < 0.5
    name = person(rng, woman)
    birthday = dt.date(rng.randint(1950, 2007), rng.randint(1, 12), rng.randint(1, 28))
    century = 2 * (birthday.year // 100 - 19) + woman
    identity = f"099{century}{birthday.year % 100:02}{serial * 387_421 % 1_000_000:06}"
    phone = f"09000{serial * 38_567 % 100_000:05}"
    email = f"{_slug(name)}{serial % 1000:03}@example.com" if rng.random() < 0.6 else ""
    firm = _firm(rng) if rng.random() < 0.12 else ""
    tax_code = f"00{serial * 387_421 % 100_000_000:08}" if firm else ""
    address = f"{_hamlet(rng)}, {commune}, tỉnh Đắk Lắk"
    return Owner(name, woman, birthday, identity, phone, email, address, firm, tax_code)


def person(rng: random.Random, woman: bool) -> str:
    """A name as people of the province bear it: Kinh, Êđê, Gia Rai, M'nông, Tày, Mông, Thái…"""
    people = rng.random()
    if people < 0.22:
        return f"{_prefix(woman, 'Y ')}{rng.choice(_EDE[woman])} {rng.choice(_EDE_CLANS)}"
    if people < 0.28:
        return f"{rng.choice(_GIA_RAI_CLANS)} {_prefix(woman, '')}{rng.choice(_GIA_RAI[woman])}"
    if people < 0.35:
        return rng.choice(_OTHERS[woman])
    return f"{rng.choice(_SURNAMES)} {rng.choice(_MIDDLE[woman])} {rng.choice(_GIVEN[woman])}"


def _firm(rng: random.Random) -> str:
    kind = rng.choice(["Công ty TNHH", "Công ty TNHH MTV", "Công ty Cổ phần", "Hộ kinh doanh", "Hợp tác xã"])
    return f"{kind} {rng.choice(_FIRM_TRADES)} {rng.choice(_FIRM_NAMES)}"


def _hamlet(rng: random.Random) -> str:
    buon = f"Buôn {rng.choice(['Kmrơng Prông', 'Ea Bông', 'Akõ Dhông', 'Cư Êbur', 'Trấp', 'Lê', 'Jun'])}"
    return rng.choice([f"Thôn {rng.randint(1, 14)}", f"Tổ dân phố {rng.randint(1, 12)}", buon])


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(c for c in plain if c.isascii() and c.isalpha())


def _prefix(woman: bool, man: str) -> str:
    return "H'" if woman else man

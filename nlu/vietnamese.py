"""Normalising Vietnamese as people type it. Standard library only.

Everything works on NFC text. ``fold`` is the sturdy base: it drops tone marks, vowel marks and
đ/Đ, so that "Đăng ký" and "dang ky" and NFD input meet. ``expand`` turns one written syllable
into the folded words it stands for ("gks" -> giay khai sinh).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF])
_WORD = re.compile(r"[^\W_]+(?:[.,/](?=\d)[^\W_]+)*")
_REPEATED = re.compile(r"([a-z])\1{2,}")

# Written form (lower case, accents as typed or folded) -> folded words.
_SHORT = """
k khong|ko khong|kh khong|hok khong|hong khong|hông khong|hổng khong|hem khong|khum khong|khg khong
dc duoc|đc duoc|dk duoc|đk dang ky|đx duoc|j gi|ji gi|gj gi|jì gi|chi gi|ntn nhu the nao|nhu nao nhu the nao
bn bao nhieu|bnh bao nhieu|bnhieu bao nhieu|nhiu nhieu|nhiu nhieu|bao lau bao lau|bl bao lau|baonhieu bao nhieu
mô dau|đâu dau|rứa vay|răng sao|ri nay|dzậy vay|zậy vay|z vay|v vay|zay vay|dzay vay|vầy vay|s sao|sao sao
lm lam|mần lam|mằn lam|man lam|lmf lam|vs voi|vơi voi|r roi|rùi roi|rui roi|oy roi|rồi roi
e em|a anh|c chi_dai|mk minh|mik minh|mih minh|t toi|ad admin|ng nguoi|ngta nguoi ta|nta nguoi ta|cx cung
trc truoc|h gio|bh bao gio|bj bay gio|bgio bao gio|bit biet|bik biet|bjt biet|nt nhan tin|ib nhan tin
tt thu tuc|tthc thu tuc|hs ho so|hsơ ho so|gt giay to|gtờ giay to|lp le phi|pl phap luat|đkí dang ky|dki dang ky
dky dang ky|đky dang ky|đkk dang ky|gks giay khai sinh|gksinh giay khai sinh|ks khai sinh|kt khai tu
sanh sinh|cccd can cuoc cong dan|cc can cuoc|cmnd chung minh nhan dan|cmt chung minh nhan dan|cmtnd chung minh nhan dan
đkkd dang ky kinh doanh|dkkd dang ky kinh doanh|gpkd giay phep kinh doanh|hkd ho kinh doanh|kd kinh doanh
đkkh dang ky ket hon|dkkh dang ky ket hon|kh ket hon|hk ho khau|shk so ho khau|sđ so do|gcn giay chung nhan
qsdđ quyen su dung dat|qsdd quyen su dung dat|cnqsdđ giay chung nhan quyen su dung dat|bđ bien dong
gplx giay phep lai xe|blx bang lai xe|bl bang lai|xm xe may|oto o to|ôtô o to|gpxd giay phep xay dung|xd xay dung
bhyt bao hiem y te|bhxh bao hiem xa hoi|bhtn bao hiem that nghiep|bh bao hiem|tctn tro cap that nghiep
lltp ly lich tu phap|ttht tinh trang hon nhan|xntthn xac nhan tinh trang hon nhan|tthn tinh trang hon nhan
tncn thu nhap ca nhan|mst ma so thue|tnhh trach nhiem huu han|cty cong ty|ct cong ty|dn doanh nghiep
ubnd uy ban nhan dan|ub uy ban|ubx uy ban xa|ca cong an|cax cong an xa|csgt canh sat giao thong|vneid vneid
vk vo|ck chong|ox ong xa|bx ba xa|ba ba|pn phu nu|thpt trung hoc pho thong|thcs trung hoc co so|c2 cap hai|c3 cap ba
attp an toan thuc pham|vsattp an toan thuc pham|kcb kham chua benh|nvqs nghia vu quan su|sv sinh vien|hssv hoc sinh sinh vien
dt dien thoai|đt dien thoai|sdt so dien thoai|sđt so dien thoai|onl online|ol online|wa qua|wá qua|lun luon|luôn luon
tks cam on|thanks cam on|thank cam on|camon cam on|cmon cam on|ơn on|hcc hanh chinh cong|pvhcc phuc vu hanh chinh cong
đc dia chi|nn nha nuoc|gpld giay phep lao dong|gấp gap|nhé nhe|nha nhe|hoy thoi|thui thoi|iu yeu|wen quen
dnk dang nhap|tạmtrú tam tru|kt3 tam tru|kt1 thuong tru|sodo so do|passport ho chieu|visa thi thuc|ship giao
hc ho chieu|gcs giay chung sinh|gct giay chung tu|gbt giay bao tu|trích_lục trich luc|cavet giay dang ky xe|cà_vẹt giay dang ky xe
ttxh tro cap xa hoi|bttxh tro cap xa hoi|ncc nguoi co cong|ls liet si|tb thuong binh|ccb cuu chien binh|nkt nguoi khuyet tat
cthuc chung thuc|cc_vk can cuoc|photo ban sao|pto ban sao|foto ban sao|app ung dung|mxn mau xac nhan|vb van bang
"""
_AMBIGUOUS = {"dk", "cc", "kh", "bh", "bl", "ba", "man", "chi", "a", "c", "e", "dc", "đc"}


def _table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for entry in _SHORT.replace("\n", "|").split("|"):
        parts = entry.split()
        if len(parts) >= 2:
            table.setdefault(parts[0].replace("_", " "), tuple(p.split("_")[0] for p in parts[1:]))
    table["chi"] = ("chi",)  # folded "chị", "chi phí" and dialect "chi" (what): left as it is
    table["dk"] = ("dang", "ky")
    table["cc"] = ("can", "cuoc")
    table["kh"] = ("khong",)
    table["bh"] = ("bao", "hiem")
    table["bl"] = ("bang", "lai")
    table["ba"] = ("ba",)
    table["man"] = ("man",)
    return table


@dataclass(frozen=True, slots=True)
class Syllable:
    """One written token with its place in the text it came from: ``text[start:end]``."""

    text: str
    start: int
    end: int


def clean(text: str) -> str:
    """NFC, without control and invisible characters, white space collapsed to single blanks."""
    text = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp", "Co") else c for c in text)
    return " ".join(text.split())


def fold(text: str) -> str:
    """Lower case without any diacritics; đ becomes d. Works on NFC and NFD alike."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()


def strip_accents(text: str) -> str:
    """The text as people type it without diacritics: case and length of NFC text are kept."""
    text = unicodedata.normalize("NFC", text).replace("đ", "d").replace("Đ", "D")
    return "".join(unicodedata.normalize("NFD", c)[0] for c in text)


def syllables(text: str) -> list[Syllable]:
    """Words and numbers with exact offsets into ``text`` as given (NFD combining marks included)."""
    found = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        found.append(Syllable(text[start:end], start, end))
    return _join_combining(text, found)


def _join_combining(text: str, found: list[Syllable]) -> list[Syllable]:
    """Glue pieces that only a combining mark separates: ``\\w`` does not match the marks of NFD."""
    joined: list[Syllable] = []
    for piece in found:
        end = piece.end
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        if joined and joined[-1].end == piece.start:
            start = joined[-1].start
            joined[-1] = Syllable(text[start:end], start, end)
        else:
            joined.append(Syllable(text[piece.start : end], piece.start, end))
    return joined


def expand(word: str) -> tuple[str, ...]:
    """The folded words that one written token stands for; itself when it is no abbreviation."""
    lower = unicodedata.normalize("NFC", word).lower()
    if lower in _TABLE:
        return _TABLE[lower]
    folded = _REPEATED.sub(r"\1", fold(lower))
    if folded in _TABLE and (lower == folded or len(folded) > 3):
        return _TABLE[folded]
    return (_untelex(folded),)


_TELEX = re.compile(r"^(?=[a-z0-9]*[aeiouy])([a-z]*?[aeiouy]+(?:ch|nh|ng|[cmnpt])?)[sfrxj]$")
_VNI = re.compile(r"^([a-z]+?)([0-9]+)$")
_KEEP = {"as", "is", "os", "us", "gas", "bus", "yes", "sos", "max", "tax", "box", "for", "or", "zalo"}


def _untelex(folded: str) -> str:
    """Undo Telex and VNI leftovers of a folded syllable: ``thur`` -> thu, ``tuc5`` -> tuc."""
    if len(folded) > 2 and folded not in _KEEP and (match := _TELEX.match(folded)):
        return match.group(1)
    if len(folded) > 2 and (match := _VNI.match(folded)) and re.fullmatch(r"[1-9]{1,2}", match.group(2)):
        return match.group(1) if re.search(r"[aeiouy]", match.group(1)) else folded
    return folded


def words(text: str) -> list[str]:
    """Folded, expanded words of a message: the common ground of search and classification."""
    out: list[str] = []
    for syllable in syllables(clean(text)):
        out.extend(expand(syllable.text))
    return out


def ngrams(tokens: list[str], sizes: Iterable[int] = (1, 2)) -> list[str]:
    """Word n-grams joined by a blank, in order of size."""
    return [" ".join(tokens[i : i + n]) for n in sizes for i in range(len(tokens) - n + 1)]


_TABLE = _table()

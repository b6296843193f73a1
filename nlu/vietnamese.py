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
from functools import lru_cache

from nlu.syllables import is_syllable, mend

_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF])
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")  # grave, acute, tilde, hook, dot below
_WORD = re.compile(r"[^\W_]+(?:[.,/](?=\d)[^\W_]+)*")
_REPEATED = re.compile(r"([a-z])\1{2,}")

# Written forms (lower case, accents as typed or folded) = the folded words they stand for.
_SHORT = """
k ko kh hok hong hông hổng hem khum khg = khong | dc đc đx = duoc | dk đk đkí dki dky đky đkk = dang ky
j ji gj jì = gi | ntn nhtn = nhu the nao | bn bnh bnhieu bnhiu baonhieu = bao nhieu
nhiu = nhieu | bl = bang lai | mô đou = dau | rứa dzậy zậy z v zay dzay vầy = vay
răng s seo = sao | ni ri = nay | lm mần mằn lmf = lam | vs vơi = voi | r rùi rui oy ròi = roi | e = em
a = anh | c = chi | mk mik mih = minh | t = toi | ad = admin | ng = nguoi | ngta nta = nguoi ta
cx = cung | trc = truoc | h = gio | bh = bao hiem | bj = bay gio | bgio = bao gio | bit bik bjt = biet
nt ib = nhan tin | tt tthc = thu tuc | hs hsơ = ho so | gt gtờ = giay to | lp = le phi | pl = phap luat
gks gksinh = giay khai sinh | ks = khai sinh | kt = khai tu | sanh = sinh | cccd = can cuoc cong dan
cc = can cuoc | cmnd cmt cmtnd = chung minh nhan dan | đkkd dkkd = dang ky kinh doanh
gpkd = giay phep kinh doanh | hkd = ho kinh doanh | kd = kinh doanh | đkkh dkkh = dang ky ket hon
hk = ho khau | shk = so ho khau | sđ sodo = so do | gcn = giay chung nhan
qsdđ qsdd = quyen su dung dat | cnqsdđ = giay chung nhan quyen su dung dat | bđ = bien dong
gplx = giay phep lai xe | blx = bang lai xe | xm = xe may | oto ôtô = o to | gpxd = giay phep xay dung
xd = xay dung | bhyt = bao hiem y te | bhxh = bao hiem xa hoi | bhtn = bao hiem that nghiep
tctn = tro cap that nghiep | lltp = ly lich tu phap | ttht tthn = tinh trang hon nhan
xntthn = xac nhan tinh trang hon nhan | tncn = thu nhap ca nhan | mst = ma so thue
tnhh = trach nhiem huu han | cty ct = cong ty | dn = doanh nghiep | ubnd = uy ban nhan dan | ub = uy ban
ubx = uy ban xa | cax = cong an xa | csgt = canh sat giao thong | vk = vo | ck = chong
ox = ong xa | bx = ba xa | pn = phu nu | thpt = trung hoc pho thong | thcs = trung hoc co so
c2 = cap hai | c3 = cap ba | attp vsattp = an toan thuc pham | kcb = kham chua benh
nvqs = nghia vu quan su | sv = sinh vien | hssv = hoc sinh sinh vien | dt đt = dien thoai
sdt sđt = so dien thoai | onl ol = online | wa wá = qua | lun = luon
tks thanks thank camon cmon = cam on | hcc = hanh chinh cong | pvhcc = phuc vu hanh chinh cong
nc = nuoc | nn = nuoc ngoai | đtnn = dau tu nuoc ngoai | gpld = giay phep lao dong | nhé = nhe | hoy thui = thoi | iu = yeu
wen = quen | dnk = dang nhap | kt3 = tam tru | kt1 = thuong tru | passport hc = ho chieu
pai fai = phai | mun mún = muon | ms = moi | nhg nhug nhữg = nhung | ch chx = chua | ns = noi | ae = anh em
nh = ngan hang | gd gđ = gia dinh | cb = can bo | bv = benh vien | vp = van phong | vn = viet nam | xn = xac nhan
cm = chung minh | qa = qua | nge = nghe | gp = giay phep | dl = du lich | hd hđ = hop dong | tn = tot nghiep
vc = viec | uq = uy quyen | cq = co quan | dvc = dich vu cong | qd qđ = quyet dinh | th = truong hop
md = muc dich | bs = ban sao | bc = buoc | lsao = lam sao | nvay nv = nhu vay | bthg bt = binh thuong | hp = hoc phi
kgia = khong gia | hqua = hom qua | hnay = hom nay | hqa = hom qua | dkien đkiện = dieu kien | hsinh hsg = hoc sinh
visa = thi thuc | ship = giao | gcs = giay chung sinh | gct = giay chung tu | gbt = giay bao tu
cavet = giay dang ky xe | ttxh bttxh = tro cap xa hoi
ncc = nguoi co cong | ls = lam sao | tb = thuong binh | ccb = cuu chien binh | nkt = nguoi khuyet tat
cthuc = chung thuc | photo pto foto = ban sao | app = ung dung | mxn = mau xac nhan | vb = van bang | mn = moi nguoi
"""


def _table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for entry in _SHORT.strip().replace("\n", "|").split("|"):
        forms, _, meaning = entry.partition("=")
        for form in forms.split():
            table[form] = tuple(meaning.split())
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


def tone_last(word: str) -> str:
    """Lower case with the tone mark moved to the end: "hoà" and "hòa", "uỷ" and "ủy" meet, in NFC and NFD."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    tone = "".join(c for c in decomposed if c in _TONES)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONES)) + tone


def syllables(text: str) -> list[Syllable]:
    """Words and numbers with exact offsets into ``text`` as given (NFD combining marks included)."""
    found = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        found.append(Syllable(text[start:end], start, end))
    return _join_combining(text, found)


def _join_combining(text: str, found: list[Syllable]) -> list[Syllable]:
    """Glue pieces that only a combining mark separates: ``\\w`` does not match the marks of NFD."""
    if text.isascii() or not any(map(unicodedata.combining, text)):
        return found
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


@lru_cache(maxsize=20_000)
def expand(word: str) -> tuple[str, ...]:
    """The folded words that one written token stands for: short forms, Telex and slips undone."""
    lower = unicodedata.normalize("NFC", word).lower()
    if lower in _TABLE:
        return _TABLE[lower]
    folded = _REPEATED.sub(r"\1", fold(lower))
    if folded in _TABLE and (lower.isascii() or len(folded) > 3):
        return _TABLE[folded]
    if age := _AGE.match(folded):
        return (age.group(1), "tuoi")
    plain = _untelex(folded)
    if plain in _TABLE and plain != folded:
        return _TABLE[plain]
    if (short := _short_with_slip(folded)) is not None:
        return _TABLE[short]
    return tuple(part for found in mend(plain, _TABLE) for part in _TABLE.get(found, (found,)))


def _short_with_slip(folded: str) -> str | None:
    """The short form a doubled letter or a stray tone letter hides: ``jj``, ``bnn``, ``jf``; None if none."""
    if not 2 <= len(folded) <= 4 or is_syllable(folded) or folded[:-1] == "a":  # "aj" is "ạ", not "anh"
        return None
    if folded[-1] in "sfrxj" + folded[-2] and folded[:-1] in _TABLE:
        return folded[:-1]
    return None


_AGE = re.compile(r"^(\d{1,3})t$")
_TELEX = re.compile(r"^(?=[a-z0-9]*[aeiouy])([a-z]*?[aeiouy]+(?:ch|nh|ng|[cmnpt])?)[sfrxj]$")
_VNI = re.compile(r"^([a-z]+?)([0-9]+)$")
_VNI_INNER = re.compile(r"^[a-z]+(?:[1-9]{1,2}[a-z]+)+[1-9]?$")  # typed where the mark belongs: ``gia61y``
_KEEP = {"as", "is", "os", "us", "gas", "bus", "yes", "sos", "max", "tax", "box", "for", "or", "zalo"}


def _untelex(folded: str) -> str:
    """Undo Telex and VNI leftovers of a folded syllable: ``thur`` -> thu, ``tuc5`` -> tuc."""
    if len(folded) > 2 and folded not in _KEEP and (match := _TELEX.match(folded)):
        return match.group(1)
    if len(folded) > 2 and (match := _VNI.match(folded)) and re.fullmatch(r"[1-9]{1,2}", match.group(2)):
        return match.group(1) if re.search(r"[aeiouy]", match.group(1)) else folded
    if _VNI_INNER.match(folded) and is_syllable(plain := re.sub(r"[1-9]", "", folded)):
        return plain
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

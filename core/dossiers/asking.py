"""Which question about the dossier in hand a message asks, by cues. Pure.

Cues are looked for on folded words, so that accents, short forms and dialect do not matter ("răng lâu rứa",
"s lau z"). A cue alone is not enough: "bao giờ lấy được" is about the dossier in hand, "làm căn cước bao giờ
lấy được" about a procedure. What tells them apart is the rest of the message: words that are neither cue nor
chatter name something else. Who says "hồ sơ", "đã nộp" or gives a code may name a little.
"""

from __future__ import annotations

import re
from typing import Literal

from nlu.vietnamese import words

Follow = Literal[
    "late",
    "when",
    "pay",
    "pickup",
    "papers",
    "where_now",
    "history",
    "status",
    "bring",
    "complain",
    "who_can",
]

MAX_WORDS = 28  # of a message that is read for cues; longer ones are told, not asked

_WHEN = r"(?:bao gio|bao lau nua|khi (?:nao|dau)|chung (?:nao|dau)|(?:bua|hom|ngay|luc) (?:nao|dau)|ngay may|may gio)"
_GET = r"(?:lay|nhan(?! ho so)|lanh|linh|xong|co|duoc|ra|tra|toi|den|het|giai quyet|hoan thanh|cam)"
_FETCH = r"(?:lay|nhan(?! ho so)|lanh|linh|cam)"
_PLACE = r"(?:o dau|cho nao|noi nao|o cho dau|phong nao|quay nao|dau)"
_WHAT = r"(?:gi|chi|nao|nhung gi|cai gi|cai chi|giay gi|giay chi|giay nao|giay to gi|giay to nao|giay to chi|nhung giay gi)"
_FILL = r"(?:(?:ho so|cua|toi|em|minh|con|tui|nha|me|ba|nay|no|lai|ma|van|lam|gi|cai) ){0,4}?"
_KIN = r"(?:con|vo|chong|me|bo|ba|ma|cha|ong|chau|dua|anh|chi|em|chu|bac|co|cau|ban|hang xom|ai|nguoi|nguoi khac|nguoi nha|nguoi quen)"
_CUES: tuple[tuple[Follow, str], ...] = (
    ("late", rf"(?:tai |vi |lam )?sao {_FILL}(?:tre|lau|cham|ngam|keo dai|qua han|qua hen)"),
    ("late", rf"(?:tai |vi )?sao {_FILL}(?:chua|khong|chang|hong) (?:thay |ai |duoc )?(?:xong|co|lam|giai quyet|tra|goi|ra|duyet|ky|nghe)"),
    ("late", r"(?:tre|qua|cham|lo) (?:han|hen|ngay hen)|(?:tre|cham) (?:may|bao nhieu) (?:ngay|bua|hom)|cham tre|cham qua|tre qua"),
    ("late", r"(?:lau|tre|cham) (?:qua |lac |du |hung )?(?:vay|the|rua|qua|du|lam roi)|(?:co )?bi (?:tre|cham|ngam)"),
    ("late", r"(?:cho|doi) (?:hoai|mai|dai co|qua lau|lau qua|lau roi|met)|(?:den|toi|qua) (?:ngay )?hen (?:roi )?(?:ma )?(?:chua|khong)"),
    ("when", rf"{_WHEN} (?:\w+ ){{0,4}}?{_GET}(?: duoc| ket qua| xong| ve)?"),
    ("when", rf"{_GET} (?:duoc )?(?:ket qua )?{_WHEN}|bao lau nua|bao gio nua|bao lau (?:thi )?(?:xong|co|lay|moi)|{_WHEN} hen|hen (?:tra )?{_WHEN}"),
    ("when", r"(?:con )?may (?:ngay|bua|hom|tuan|thang) nua|con (?:may|bao nhieu|bao lau)(?: ngay| bua| hom)?|ngay (?:hen )?tra (?:la )?(?:ngay )?(?:nao|may)|ngay hen (?:la )?(?:ngay )?(?:nao|may|bao nhieu)|hen (?:tra )?(?:toi |den )?(?:ngay|bua|hom) (?:nao|may)"),
    ("when", rf"(?:mai|nay|mot|chieu|sang|kia|tuan sau) (?:toi |em |con |len |di |ra |ghe |den |qua |co )*{_FETCH} (?:ket qua )?(?:duoc )?(?:chua|khong)|{_FETCH} duoc (?:chua|roi chua)|(?:da )?(?:di )?{_FETCH} (?:ket qua )?duoc chua|toi ngay (?:lay|hen) chua|han (?:tra )?(?:la )?{_WHEN}|co kip"),
    ("pay", r"(?:dong|nop|tra) (?:tien|phi|le phi)(?: (?:(?:o|cho|noi) \w+|kieu gi|bang gi))?|nop thue|(?:dong|nop) (?:het )?bao nhieu(?: tien)?|bao nhieu tien nua"),
    ("pay", r"thanh toan|chuyen khoan|so tai khoan|stk|quet (?:ma|qr)|con (?:thieu|no|phai) (?:dong |nop )?(?:bao nhieu|may) tien|tien (?:dong|nop) o dau"),
    ("pickup", rf"{_FETCH} (?:ket qua |giay |so |giay to |the )?(?:o )?(?:tai )?{_PLACE}|{_PLACE} (?:de )?{_FETCH}|(?:len|den|toi|ra|xuong) dau (?:de )?{_FETCH}|tra ket qua (?:o )?{_PLACE}"),
    ("pickup", rf"(?:co )?gui (?:qua |ve )?(?:buu dien|nha|tan nha)|(?:giao|ship) (?:ve |toi |tan )+nha|(?:thu bay|chu nhat|cuoi tuan) (?:co )?{_FETCH} duoc"),
    ("papers", rf"(?:con |bi |dang )?thieu {_WHAT}|(?:phai |can |duoc )?(?:bo sung|bo tuc|nop them|nop bo sung|them|dua them) (?:them |giay to |giay |cai |ho so |nhung )*(?:gi|chi|nao|o dau|cho nao|dau|the nao|nhu the nao|luc nao)"),
    ("papers", r"(?:can|phai|doi|yeu cau|co) bo sung|bo sung (?:roi|xong|giay|ho so)|nop bo sung|giay to (?:gi )?con thieu|thieu giay(?: to)?(?: gi| nao| chi)?"),
    ("where_now", r"ai (?:dang |con )?(?:giu|xu ly|thu ly|ngam)|ai (?:dang|con) (?:lam|giai quyet|phu trach|cam|duyet)|dang (?:o|nam|ket|vuong|tac)(?: o| lai)?(?: (?:dau|cho dau|phong nao|buoc (?:nao|may)|khau nao|cho nao|co quan nao|ban nao|ai))"),
    ("where_now", r"(?:o|toi|den|qua|lam|tai) (?:buoc|khau|giai doan|cong doan) (?:nao|may|thu may)|buoc (?:nao|may) roi|(?:o|toi|den) (?:phong|co quan|bo phan|tay) (?:nao|ai)|(?:nam|ket|mac|vuong|tac) (?:o )?(?:dau|phong nao|cho nao|khau nao)|(?:ket|vuong) (?:cai )?(?:gi|chi)"),
    ("history", r"(?:lich su|qua trinh|dien bien|tien trinh|nhat ky)|(?:da )?(?:qua|lam) (?:duoc )?(?:nhung |cac |may )?(?:buoc|khau|phong) (?:nao|gi|roi|may|chi)|(?:cac|nhung) buoc (?:da|dang) (?:qua|lam|xu ly)|tung buoc (?:xu ly|giai quyet)|qua (?:nhung )?dau roi|ai (?:da )?lam gi"),
    ("status", r"(?:toi|den) dau roi|(?:ho so|lam|giai quyet|xu ly|chay) (?:\w+ ){0,2}?(?:toi|den) dau|(?:ra )?sao roi|the nao roi|nhu the nao roi|tinh trang(?! hon nhan)|trang thai|tien do|tinh hinh|gio sao"),
    ("status", r"(?:xong|co|ra|duyet|ky|nhan|lam|tra|ve|in|chay|giai quyet|tiep nhan|xu ly)(?: xong| duoc)?(?: ket qua)?(?: duoc)? chua|ket qua (?:ra |co )?(?:chua|roi chua)|(?:da )?(?:xong|co ket qua|duyet|duoc duyet) (?:roi )?(?:chua|ha|a|khong)|co gi moi|cap nhat (?:gi )?(?:chua|moi)|bi (?:tra lai|tu choi|tra ve|loai)"),
    ("status", r"(?:bay )?gio lam gi|lam gi bay gio|(?:bay )?gio phai lam (?:gi|sao)|(?:xem|coi|kiem tra|tra|check) (?:lai )?(?:giup |gium |dum |ho )?(?:toi |em |minh |con )?(?:lai )?ho so(?: nay)?"),
    ("bring", rf"(?:mang|dem|cam|xach) (?:theo )?(?:nhung |giay to |giay |cai |them )*{_WHAT}(?: theo)?|(?:can|phai) (?:mang|dem|cam)(?: theo)?(?: (?:giay|can cuoc|giay hen|so ho khau|chung minh))?|(?:di|khi|len|luc) {_FETCH} (?:ket qua )?(?:thi )?(?:can|phai co|phai dem|phai mang) (?:nhung )?(?:gi|chi|giay)(?: gi| to gi| to)?"),
    ("complain", r"khieu nai|phan anh|kien nghi|khieu kien|phan nan|(?:muon |doi )?kien(?: o dau| ai)|than phien"),
    ("who_can", rf"(?:{_FETCH}|di) (?:ket qua |giay |ho so )?(?:giup|gium|dum|ho|thay|the)(?: toi| em| minh| ba| me)?(?: (?:duoc|co))?|(?:nho|cho|de|gui|keu) (?:\w+ )?{_KIN} (?:\w+ )?(?:di |den |toi |len |ra )*{_FETCH}(?: (?:ket qua|giup|gium|dum|ho|thay|duoc))*|uy quyen|{_KIN}(?: \w+)? (?:di |den |toi |len )?{_FETCH} (?:ket qua |thay |ho |giup )*(?:duoc|co duoc)|ai (?:duoc|co the|di) (?:di )?{_FETCH}|phai (?:chinh chu|tu di|dich than)"),
)  # fmt: skip
_COMPILED = tuple((follow, re.compile(rf"(?<!\w)(?:{cue})(?!\w)")) for follow, cue in _CUES)

_CHATTER = frozenset(
    """
    a ac ad admin khi gui online troi xong ah ai alo anh ay ba ban bac bay bi bo biet bua buoi cac cai can cau cam on cha chac chau chi
    cho chu chua co coi con cu cua cung da dan dang dau day de den di do duoc dum duong em gap gi gio giup
    giay gium ha hay he hen hic hoi hom hong huhu hu hi i ket khong la lai lam len luc luon ma mai
    me minh mong moi mot muon nao nay ne neu nghe ngay nguoi nha nhan nhe nhi nho nhu nhung noi nop nua o oi ong on
    phai phieu qua quay ra rang roi rua sang sao sap so tai tao thay the thi thiet thoi thu theo tieng tien to toi
    tra tren trua trong tu tui tuan thang nam u ua ui um va van vang vao vay ve vi vo voi vu vui xa xem xin xuong
    lan dum bien lay ket chieu toi hay that moi het phuong
    """.split()
)
# Runs of chattering words that name something after all.
_NAMING = re.compile(
    r"(?<!\w)(?:so (?:do|hong)|uy ban|can bo|tru so|den duong|khai tu|bao tu|truoc ba|xin giay|ban nha|nhan (?:con|cha|me)|sao luc|xa hoi|lam (?:giay|the|so|bang)|di lam)(?!\w)"
)
_ANCHOR = re.compile(
    r"(?<!\w)(?:ho so|ma ho so|giay hen|phieu hen|bien nhan|da nop|nop (?:roi|hom|bua|tu|ngay|tuan|thang)|(?:so|the|giay|bang|don) (?:\w+ ){0,3}cua (?:toi|minh|em|con|tui|anh|chi|chau|nha))(?!\w)"
)
_WRITTEN_CODE = re.compile(r"(?i)[a-z]\d{2}[\s.\d]{0,30}[-–—−_\s]{1,5}\d{6,8}[-–—−_\s]{1,5}\d{3,7}")
# Words that turn "hồ sơ" into what one hands in for a procedure.
_PROCEDURE = re.compile(
    r"(?<!\w)(?:ho so (?:gom|can|xin|lam|de|phai|bao gom|the nao|nhu the nao)|thanh phan|(?:lam|nop|chuan bi|soan|viet) ho so|bao gom|chuan bi|(?:muon|dinh|can|phai) (?:lam|xin|dang ky|doi|cap|tach|sang ten|nop|mua|ban)|thu tuc|(?:dang ky|cap lai|cap doi|cap moi|xin cap|xin giay|xin phep|sang ten|tach thua|lam lai) \w+|gom (?:nhung )?(?:gi|chi|giay)|can (?:nhung )?(?:gi|giay)|giay to gi de|dieu kien)(?!\w)"
)
# Asked before anything is handed in.
_BEFORE = re.compile(r"(?<!\w)(?:neu nop|nop (?:hom|bua|ngay) (?:nay|mai|ni)|sang (?:nop|dua) .*chieu)(?!\w)")
_OWN = r"(?:toi|minh|em|con|chau|tui|tao|chung toi|nha (?:toi|minh|em|tui|con)|(?:ba|bo|me|ma|cha|vo|chong|ong|anh|chi|chau|di|chu|bac|co|cau|mo)(?: (?:toi|em|minh|tui|con|noi|ngoai|nha))*)"
_MINE = re.compile(
    rf"(?<!\w)(?:ho so (?:\w+ ){{0,3}}?cua {_OWN}|ho so (?:ma )?{_OWN} (?:da |moi |co )?(?:nop|gui|dang theo doi|theo doi|luu)|ho so (?:toi|minh|em|tui) (?:toi|den|xong|sao|dau|co|bi|lau|tre|dang|duoc|ra|van|the nao|chua|duyet)|ho so (?:\w+ )?(?:da|moi) (?:nop|gui|luu)|(?:danh sach|cac|nhung|tat ca|may) (?:bo )?ho so(?: (?:cua|da|dang|toi|minh|em))?|ho so (?:da luu|dang theo doi)|(?:toi|minh|em|tui|con|chau|da) nop ho so (?:roi|hom|bua|tu|ngay|tuan|thang|lau))(?!\w)"
)


def asked(text: str) -> list[Follow]:
    """What is asked about the dossier in hand, in the order it is asked; empty for everything else."""
    said = _said(text)
    hits = _hits(said) if len(said.split()) <= MAX_WORDS else []
    if not hits or _BEFORE.search(said) or _unexplained(said, hits) > _allowed(text, said, hits):
        return []
    return list(dict.fromkeys(follow for follow, _, _ in hits))


def is_follow_up(text: str) -> bool:
    """Whether a message asks something about the dossier in hand."""
    return bool(asked(text))


def mentions_mine(text: str) -> bool:
    """Whether somebody speaks of dossiers of their own: "hồ sơ của tôi", "hs đã nộp", "danh sách hồ sơ"."""
    said = _said(text)
    short = len(said.split()) <= MAX_WORDS
    return short and _MINE.search(said) is not None and _PROCEDURE.search(said) is None


def mentions_dossier(text: str) -> bool:
    """Whether a handed-in dossier is spoken of at all, not the papers that a procedure wants."""
    said = _said(text)
    spoken = _ANCHOR.search(said) is not None or _WRITTEN_CODE.search(text) is not None
    return (spoken and _PROCEDURE.search(said) is None) or is_follow_up(text)


def _said(text: str) -> str:
    """Folded words with codes left out and what dialect looks like without accents undone."""
    said = " ".join(w for w in words(_WRITTEN_CODE.sub(" ", text)) if not (len(w) > 4 and w[-1].isdigit()))
    said = re.sub(r"\b(o|khi|chung|toi|den|luc|bua|hom|ngay|cho|noi|len|ra|nam|ket) mo\b", r"\1 dau", said)
    said = re.sub(r"\brang (?=(?:\w+ )?(?:lau|tre|cham|chua|roi|khong|ma))", "sao ", said)
    said = re.sub(r"\bkq\b", "ket qua", said)
    return re.sub(r"\b(?:rua|ri|hi)\b", "vay", said)


def _hits(said: str) -> list[tuple[Follow, int, int]]:
    """Follow-ups with the place of their cue; a cue inside another's words does not count."""
    found = [(follow, m.start(), m.end()) for follow, cue in _COMPILED for m in cue.finditer(said)]
    outer = [
        (follow, start, end)
        for follow, start, end in found
        if not any(f != follow and s <= start and end <= e and e - s > end - start for f, s, e in found)
    ]
    return sorted(outer, key=lambda hit: hit[1])


def _unexplained(said: str, hits: list[tuple[Follow, int, int]]) -> int:
    """How many words are neither cue nor chatter: they name something."""
    letters = list(said)
    for _, start, end in hits:
        letters[start:end] = " " * (end - start)
    rest = "".join(letters)
    named = sum(len(m.group().split()) for m in _NAMING.finditer(rest))
    rest = re.sub(r"(?<!\w)(?:ho so|xu ly|giai quyet)(?!\w)", " ", _NAMING.sub(" ", rest))
    return named + sum(w not in _CHATTER and not w.isdigit() for w in rest.split())


def _allowed(text: str, said: str, hits: list[tuple[Follow, int, int]]) -> int:
    """How much may be named besides: more where the message itself speaks of a dossier handed in."""
    if _WRITTEN_CODE.search(text):
        return 6
    if _PROCEDURE.search(said):
        return 0
    if _ANCHOR.search(said) or _MINE.search(said):
        return 4
    return 2 if all(follow == "status" for follow, _, _ in hits) else 0

"""What somebody wants of our messages, by the words they use. Pure.

Only a message that is about nothing else counts: "tạm dừng kinh doanh" and "dừng xử lý hồ sơ" name something
that is not ours. Read on folded words, so that accents, short forms and slips do not matter, except where
accents decide: "đúng" is no "dừng".
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from core.reminders import times
from core.reminders.model import Kind
from core.reminders.times import Hours
from core.reminders.wording import TITLES
from nlu.vietnamese import clean, syllables, words

Deed = Literal[
    "stop", "resume", "pause", "hours", "quiet", "loud", "off", "on", "menu", "why", "genuine", "this_one"
]
_MOST_WORDS = 22

_STOP = r"(?:dung|ngung|ngung lai|tat|huy(?: dang ky)?|khoi|stop|cham dut|xin|thoi|het|bo|khong(?: muon| can| thich| phai)?|chan)"
_OBJECT = (
    r"(?:nhac(?: nho)?|nhan tin|tin (?:nhan|nhac)|loi nhac|thong bao|lam phien|spam|goi tin"
    r"|(?:gui|nhan)(?! ho so| ket qua| duoc| lai)(?= tin| nua| cho| toi| em| minh| con| gi| thong| \.)|bao(?! gio| lau| nhieu)(?= nua| tin| cho| toi))"
)
_FAR = r"(?:\w+ ){0,4}?"
_NIGHT = re.compile(
    r" (?:ban dem|buoi dem|nua dem|dem(?: hom)?|khuya|dem khuya|toi khuya|toi muon|(?:luc |gio |khi )?(?:dang )?ngu) "
)
_OFF = re.compile(rf" {_STOP} {_FAR}{_OBJECT} | (?:dung|khoi|thoi) (?:co )?(?:moi|nhac|nhan|bao|gui) ")
_ON = re.compile(
    r" (?:bat|mo)(?: lai)? | (?:nho )?nhac (?:nho )?(?:cho )?(?:toi|em|minh|con|tui|chau|bac|co|chu|ong|ba)\b| muon (?:duoc |nhan )?nhac| (?:nhan|gui) tin nhac| co nhac "
)
_ASKS = re.compile(rf" {_OBJECT} ")
_AWAY = re.compile(r" (?:di vang|vang nha|di xa|di cong tac|di du lich|nam vien) ")
_PAUSE = re.compile(
    rf" tam (?:dung|ngung|nghi|tat|hoan) | (?:dung|ngung|tat|khoi|hoan|nghi|thoi) {_FAR}{_OBJECT} |{_OBJECT} lai "
)
_RESUME = re.compile(
    rf" (?:bat|mo|tiep tuc|noi)(?: lai)? {_FAR}{_OBJECT} |{_OBJECT} (?:toi |em |minh |con |cho |tin )*(?:tiep|tro lai) | (?:bat|mo) lai "
)
_AGAIN = re.compile(r" nhac lai ")
_MENU = re.compile(
    rf" (?:cai dat|thiet lap|tuy chinh|chinh|sua|doi|quan ly|xem|lich|gio|che do|muc|menu|tuy chon|lua chon) {_FAR}{_OBJECT} "
    rf"|{_OBJECT} (?:\w+ )?(?:khi nao|luc nao|may gio|bao gio|the nao|nhung gi|nao) |^ (?:nhac nho|nhac hen|tin nhac|loi nhac|nhac toi|nhac|nhac toi voi|nhac em|nhac minh) $"
    r"| (?:khong|chua|sao khong) (?:thay |nhan duoc |duoc |co )+(?:tin )?(?:nhac|thong bao|tin nhan) | sao (?:khong|chua) (?:nhac|bao|nhan tin) "
)
_WHY = re.compile(
    r" (?:vi sao|tai sao|sao|ly do|vi ly do|can cu|dua vao|vi dau|lam sao|co gi) (?:\w+ ){0,5}?(?:nhan(?: duoc)? (?:\w+ )?(?:tin|thong bao)|nhac|nhan tin|nhan cho|gui (?:cho |tin )|bao cho|tin (?:nay|nhan)|thong bao)"
    r"| (?:ai|don vi nao|co quan nao|o dau) (?:da )?(?:gui|nhan) (?:tin |cho )?(?:\w+ )?(?:nay|toi|tin)| (?:tin|tin nhan|thong bao) nay (?:la )?(?:o dau ra|cua ai|la sao|tu dau|nghia la gi|ve viec gi)"
)
_GENUINE = re.compile(
    r" (?:tin|tin nhan|thong bao) (?:\w+ ){0,3}?(?:that|gia|lua dao|lua|chinh thong) | (?:co phai|phai) (?:\w+ ){0,5}?(?:gui|nhan|lua dao|lua) | (?:kiem tra|xac minh|check) (?:\w+ ){0,3}?tin (?:nhan )?(?:nay|nhac) "
)
_CHANGES = r"doi tinh trang|(?:thay )?doi trang thai|thay doi|tinh trang|trang thai|cap nhat"
_KINDS: tuple[tuple[Kind, str], ...] = (
    (Kind.PAID, r"(?:xac nhan )?da (?:nop|dong|thanh toan)(?: tien| phi)?|xac nhan (?:nop|dong|thanh toan)(?: tien| phi)?"),
    (Kind.SUPPLEMENT, r"bo sung(?: giay to| giay| ho so)?|thieu giay(?: to)?|bo tuc"),
    (Kind.PAYMENT, r"(?:nop|dong|tra) (?:tien|le phi|phi|thue)|le phi|thanh toan"),
    (Kind.CLOSED, r"(?:quay |lich )?nghi le|ngay le|quay nghi|ngay nghi|quay dong cua|nghi tet"),
    (Kind.RATING, r"(?:moi )?(?:danh gia|cham diem|cham sao|gop y)|moi cham"),
    (Kind.LATE, r"tre hen|tre han|qua han|qua hen|bao tre|cham tra"),
    (Kind.DUE, r"(?:sap |gan )?(?:den |toi )?(?:ngay )?hen(?: tra)?(?: ket qua)?|sap den ngay|(?:den|toi|gan) han"),
    (Kind.PICKUP, r"(?:nhan|lay|co|linh) ket qua|ket qua"),
    (Kind.NOTICE, r"thong bao chung|tin chung|tin tuyen truyen|tuyen truyen"),
    (Kind.CHANGED, _CHANGES),
)  # fmt: skip
_KIND = tuple((kind, re.compile(rf" (?:{cue})(?= )")) for kind, cue in _KINDS)
_VERBS: dict[str, Deed] = {"tắt": "off", "bật": "on", "bật lại": "on"}
_THIS = re.compile(r" (?:ho so|ma) (?:\w+ )?(?:nay|do|kia|tren) | ho so nay ")


def _listed(text: str) -> frozenset[str]:
    """Phrases written one after the other."""
    return frozenset(" ".join(phrase.split()) for phrase in text.split("|"))


_BARE = _listed(
    """dung|dung lai|dung het|dung ngay|dung luon|dung tat ca|dung hoan toan|stop|stop all|stop het|ngung|ngung lai|ngung het
    | unsubscribe|huy nhan|dung di|dung nhe|dung lai di|dung lai nhe|xin dung|dung giup|dung giup toi"""
)
_ENOUGH = _listed(
    """thoi|thoi khoi|thoi du|du roi|thoi du roi|khoi|khoi can|thoi khong can|thoi khong can nua|khong can|khong can nua|phien qua
    | phien|spam|spam qua|spam hoai|huy|im di|thoi nhe|thoi di|thoi dung nua|dung nua|khong muon nua|phien phuc|dung co gui nua
    | nhieu qua|nhieu tin qua|hoi nhieu|lam phien qua"""
)
_TAIL = re.compile(
    r"(?: (?:a|ah|nhe|nha|nhen|di|voi|oi|ad|admin|ban|giup|gium|dum|ho|toi|em|minh|nua|ngay|nao|cho|chu|ma|thoi|da))+ $"
)
_ABOUT = frozenset(
    """
    a ah ai anh ad admin ba bac ban bat bao bo bot buoi cai can cap cha chan che chi chieu chinh cho chu chua chung chau co con cua cung cuoi cut
    da dang dat dau dem den di do doi don dong du duoc dum dung dut em gan ghe gi gia gio giup gium giay goi gop gui ha han hay he hen het ho hoan
    hoac hoai hoi hom huy ket kenh kia khi khoi khong khuya ky la lai lam lan lau le lien lich linh loi luc luon lua ly ma mai mat me may menu minh mo moi mong
    mot muc muon muc nay nam nao ne nen ngay nghi nghia nghe ngu ngung nha nhac nhan nhap nhat nhe nhen nhieu nho nhu nhung noi nop nua o oi ong phai phep phien
    phi phuc qua quan quay ra rac roi sang sao sap so spam stop sua sung suot tai tam tap tat tet that thay the theo thi thich thiet thieu thoi thong
    thuc tiep tin tien tinh to toan toi tong tra trang tren tren tro trong truoc trua tu tuan tuc tui tuy tuc tre tuyen truyen u ung van vao vang vay ve vi
    vien viec vo voi xa xac xem xin unsubscribe all noti cham diem danh y thanh than tro ly dua chon lua lap dau ra chinh quyen
    tu khoang vui long sms message kiem ca cong tac nhu vay cam on hom dan dao phuong xa tinh nha nuoc
    """.split()
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted.

    Args:
        kind: which messages (``off``, ``on``).
        hours: which hours (``hours``); None when they named none and have to be asked.
        until: from which day they want to be told again (``pause``); None as above.
        weak: it may mean something else, and counts only where it makes sense: "nhắc lại" while stopped.
    """

    deed: Deed
    kind: Kind | None = None
    hours: Hours | None = None
    until: dt.date | None = None
    weak: bool = False


_TITLED = {
    " ".join(words(f"{verb} {title}")): Wanted(deed, kind)
    for kind, title in TITLES.items()
    for verb, deed in _VERBS.items()
}


def wanted(text: str, today: dt.date, recent: bool = False) -> Wanted | None:
    """What a message wants of our messages; None when it is about something else.

    Args:
        recent: whether one of them came a short while ago, so that "thôi" and "phiền quá" are about it.
    """
    folded = times.plain(text)
    if len(folded.split()) > _MOST_WORDS:
        return None
    hours, rest = times.hours_in(folded)
    until, rest = times.pause_in(rest, today) if hours is None else (None, rest)
    said = f" {' '.join(_said(text) if rest == folded else words(rest))} "
    if "@" in said or not set(said.split()) <= _ABOUT:
        return None
    if (hours or until) and (found := _with_time(said, hours, until, recent)):
        return found
    return None if hours or until else _without_time(said, text, recent)


def hours_answer(text: str) -> Hours | None:
    """The hours in an answer to "which hours?"."""
    hours, rest = times.hours_in(times.plain(text))
    return hours if hours and set(words(rest)) <= _ABOUT else None


def pause_answer(text: str, today: dt.date) -> dt.date | None:
    """The day in an answer to "until when?"."""
    until, rest = times.pause_in(times.plain(text), today)
    return until if until and set(words(rest)) <= _ABOUT else None


def _with_time(said: str, hours: Hours | None, until: dt.date | None, recent: bool) -> Wanted | None:
    spoken = f"{said}. "
    if until:
        away, pauses = _AWAY.search(said), _PAUSE.search(spoken) or _OFF.search(spoken)
        bare = recent and re.search(r" (?:dung|ngung|tat|hoan|nghi) ", said)
        return Wanted("pause", until=until) if away or pauses or bare else None
    if not hours or not (_ASKS.search(spoken) or re.search(r" (?:nhac|nhan|bao|gui) ", said)):
        return None
    if re.search(r" (?:ket qua|ho so|giay) ", said) and " nhac " not in said:
        return None
    negative = re.search(r" (?:dung|khong(?! $)|khoi|ngung|tat) ", said)
    return Wanted("hours", hours=_turned(hours) if negative else hours)


def _turned(hours: Hours) -> Hours:
    """The hours left by "đừng nhắn trước 9 giờ", "đừng nhắn từ 21h đến 6h"."""
    if hours.at:
        return Hours(wrong=True)
    return Hours(hours.last, hours.first, wrong=hours.wrong)


def _without_time(said: str, text: str, recent: bool) -> Wanted | None:
    spoken = f"{said}. "
    bare = _TAIL.sub(" ", said).strip() or said.strip()
    if said.strip() in _BARE or bare in _BARE:
        return _bare_stop(bare, text.lower(), recent)
    if recent and (said.strip() in _ENOUGH or bare in _ENOUGH):
        return Wanted("stop")
    if _NIGHT.search(said) and (found := _by_night(said, spoken)):
        return found
    if named := _TITLED.get(said.strip()):
        return named
    kind, without = _kind(said)
    if kind and (found := _about_kind(kind, f"{without}. ")):
        return found
    if _THIS.search(said) and _OFF.search(spoken):
        return Wanted("this_one")
    return _general(said, spoken)


def _bare_stop(bare: str, text: str, recent: bool) -> Wanted | None:
    """ "Dừng" and nothing else; "dung" may also be "đúng", and "đừng" wants something behind it."""
    if recent or bare != "dung" or "dừ" in text or "w" in text:
        return Wanted("stop")
    return Wanted("stop", weak=True) if text.isascii() else None


def _general(said: str, spoken: str) -> Wanted | None:
    if _MENU.search(said):
        return Wanted("menu")
    if _WHY.search(said):
        return Wanted("why")
    if _GENUINE.search(said) and not re.search(r" (?:ho so|ket qua) ", said):
        return Wanted("genuine")
    if re.search(r" tam (?:dung|ngung|nghi|tat|hoan) ", said) and _ASKS.search(spoken):
        return Wanted("pause")
    if _RESUME.search(spoken) and _ASKS.search(spoken):
        return Wanted("resume")
    if _OFF.search(spoken) and not re.search(r" (?:ho so|ket qua|giay to|le phi) ", said):
        return Wanted("stop")
    if _AGAIN.search(said):
        return Wanted("resume", weak=True)
    return None


def _by_night(said: str, spoken: str) -> Wanted | None:
    if not _ASKS.search(spoken) and not re.search(r" (?:nhac|nhan|gui|bao) ", said):
        return None
    if re.search(r" (?:dung|khong|khoi|ngung|tat|thoi) ", said):
        return Wanted("quiet")
    return Wanted("loud") if re.search(r" (?:ca|cung|luon|bat|duoc) ", said) else None


def _kind(said: str) -> tuple[Kind | None, str]:
    """Which kind of message is named, and what is said of it."""
    for kind, cue in _KIND:
        if match := cue.search(said):
            return kind, f"{said[: match.start()]} {said[match.end() :]}".replace("  ", " ")
    return None, said


def _about_kind(kind: Kind, rest: str) -> Wanted | None:
    """On or off; a question about the matter itself ("nộp tiền ở đâu") is none of ours."""
    if re.search(r" (?:sao|gi|nao|o dau|ai|bao nhieu|the nao|may) ", rest):
        return None
    if _OFF.search(rest) or (kind is Kind.NOTICE and re.search(rf" {_STOP} ", rest)):
        return Wanted("off", kind)
    named = re.search(r" (?:nhac|nhan|tin|thong bao|bao|gui|moi) ", rest)
    if re.search(r" (?:tat|dung) ", rest) and (named or kind is Kind.RATING):
        return Wanted("off", kind)
    if _ON.search(rest) and (named or kind is Kind.RATING):
        return Wanted("on", kind)
    return None


def _said(text: str) -> list[str]:
    """Folded words; ``@`` where accents say that it is no "dừng" but "đúng" or "dùng"."""
    out = []
    for syllable in syllables(clean(text)):
        written = syllable.text.lower()
        found = words(written)
        other = found == ["dung"] and not written.isascii() and not re.match(r"[dđ][ưừ]", written)
        telex = found == ["dung"] and written.isascii() and "s" in written
        out += ["@"] if other or telex else found
    return out

"""Which procedure is meant: search over names, everyday names and life events. Pure.

Words are folded and expanded (``nlu.vietnamese``), so that accents, teencode and abbreviations do
not matter; words nobody indexed are taken for their nearest spelling. Three rankings are added up
(``core.procedures.ranking``): how much likelier the words are in what people say about the procedure
than in general and how alike its nearest phrases are, both in standard deviations over all procedures,
and how much of the message is a whole name.
Nothing is trained: a changed catalogue is a new index.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from core.procedures.ranking import Likelihood, Named, Nearest, Postings, at_least
from core.procedures.spelling import Spelling
from nlu.vietnamese import ngrams, words

# Set on the development questions: the weights of the nearest phrases and of names, and what
# speaks for a message being about any procedure at all: bias, likeness of the best phrases, share of
# known terms. Length is left out on purpose: long chatter must not pass for a long question.
_NEAREST = 0.8
_NAMED = 8.0
_FIT = (-5.45, 6.8, 5.1)
# Logistic regression of "this was meant" on the log odds of share and fit, over the development questions in
# three writings. Held out, the expected calibration error falls from 21 % to 3 %.
_CALIBRATION = (-0.005, 0.509, 1.826)
# Words of asking and of courtesy. A message of nothing else names no procedure ("thế lệ phí bao nhiêu").
_ASKING = frozenset(
    """
    a ad admin ah ai anh ay ba bac ban bao bay bi biet bo buoc cac cam can chau chi cho chua co coi con
    cong cu cua cung da dan dang dau den di dieu dinh do don dum duoc duoi em gi gian giay gio giup gom
    ha hay he hen het ho hoac hoi hom kem khai khi khoan khong kia kien ko la lam lau lay le len long
    luat luc luon ma mai mang mat mau may minh mot muon nao nay ne neu ngay nghi ngoai nha nhan nhat nhe
    nhi nhieu nhu nhung noi nop nua o oi on ong online phai phi qua quy ra re roi sao sau se so tai
    thang the theo thi thoi thong thu tien tiep to toi ton tra tren trinh trong truc truoc tu tuc tui
    tuyen u uh ui um va vang vao vay ve vi voi vui xem xin xong
    """.split()
)
# Pairs of such words that do name something: sổ đỏ, sổ hồng, khai tử, báo tử, trước bạ, bán nhà, nhận con, sao lục.
_NAMING = ("so do", "so hong", "khai tu", "bao tu", "truoc ba", "ban nha", "nhan con", "sao luc")


@dataclass(frozen=True, slots=True)
class Hit:
    """One candidate.

    Args:
        id: the procedure.
        score: 0-1, how probable it is that the message means this procedure; calibrated.
        share: 0-1, how far it stands out from the other candidates.
        fit: 0-1, how much the message looks like being about any procedure at all.
        likeness: 0-1, how alike the message and its nearest phrases are.
    """

    id: str
    score: float
    share: float
    fit: float
    likeness: float


class Index:
    """An in-memory index over procedures; building 10,000 takes a few seconds.

    Args:
        entries: the id of each procedure, its names, and what else people may say to mean it.
    """

    def __init__(self, entries: Iterable[tuple[str, Sequence[str], Sequence[str]]]) -> None:
        self._ids: list[str] = []
        named: list[tuple[list[str], int]] = []
        phrases: list[list[str]] = []
        owners: list[int] = []
        for number, (ident, names, others) in enumerate(entries):
            self._ids.append(ident)
            named += [(words(name), number) for name in names]
            own = [_terms(words(text)) for text in (*names, *others)]
            phrases += own
            owners += [number] * len(own)
        postings = Postings(phrases, np.asarray(owners, dtype=np.int64), len(self._ids))
        self._numbers = postings.numbers
        self._likelihood = Likelihood(postings)
        self._nearest = Nearest(postings)
        self._named = Named(dict(zip(postings.numbers, self._nearest.rarity.tolist(), strict=True)), named)
        self._spelling = Spelling(t for t in postings.numbers if " " not in t and len(t) > 2)

    def search(self, text: str, limit: int = 5) -> list[Hit]:
        """The best candidates for a message, best first; empty when it has no word that could name one."""
        tokens = [self._known(t) for t in words(text)]
        numbers, said = self._numbers, set(_terms(tokens))
        terms = sorted(numbers[t] for t in said if t in numbers)
        if not terms or not self._ids or not _names_anything(tokens):
            return []
        likely = self._likelihood.scores(terms)
        near = self._nearest.scores(terms)
        ranked = _standard(likely) + _NEAREST * _standard(near)
        for owner, score in self._named.scores(tokens, _ASKING).items():
            ranked[owner] += _NAMED * score
        top = at_least(ranked, limit)
        order = top[np.argsort(-ranked[top], kind="stable")][:limit]
        shares = np.exp(ranked - ranked[order[0]])
        shares /= shares.sum()
        fit = _fit(float(near[order[0]]), len(terms) / len(said))
        return [
            Hit(self._ids[i], _probable(float(shares[i]), fit), float(shares[i]), fit, float(near[i]))
            for i in order
            if near[i] > 0
        ]

    def _known(self, token: str) -> str:
        """The token itself, or its nearest indexed spelling when it is unknown and long enough."""
        if token in self._numbers or len(token) < 4 or not token.isalpha():
            return token
        return self._spelling.nearest(token)


def _names_anything(tokens: list[str]) -> bool:
    if not all(t in _ASKING for t in tokens):
        return True
    said = " ".join(tokens).replace("ho so", "")  # "hồ sơ đó" is no "sổ đỏ"
    return any(name in said for name in _NAMING)


def _terms(tokens: list[str]) -> list[str]:
    return ngrams(tokens, (1, 2))


def _standard(values: np.ndarray) -> np.ndarray:
    """The figures in standard deviations from their mean; zeros where all are alike."""
    centred: np.ndarray = values - values.sum() / len(values)
    return centred / (math.sqrt((centred * centred).sum() / len(values)) or 1.0)


def _fit(nearest: float, known: float) -> float:
    """How probable it is that the message means any procedure at all."""
    bias, by_nearest, by_known = _FIT
    return 1 / (1 + math.exp(-(bias + by_nearest * nearest + by_known * known)))


def _probable(share: float, fit: float) -> float:
    """How probable it is that a candidate is meant."""
    bias, by_share, by_fit = _CALIBRATION
    return 1 / (1 + math.exp(-(bias + by_share * _log_odds(share) + by_fit * _log_odds(fit))))


def _log_odds(value: float) -> float:
    kept = min(max(value, 1e-6), 1 - 1e-6)
    return math.log(kept / (1 - kept))

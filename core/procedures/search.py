"""Which procedure is meant: search over names, everyday names and life events. Pure.

Words are folded and expanded (``nlu.vietnamese``), so that accents, teencode and abbreviations do
not matter. A procedure is a handful of short phrases; the score is what the best phrases cover of
the question, weighted by how rare each word is (BM25's idf), plus a procedure-wide BM25 part. Words
nobody indexed are matched to their nearest spelling.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from core.procedures.model import Procedure
from nlu.vietnamese import ngrams, words

_K1, _B = 1.2, 0.5
# Words that carry what is asked, not which procedure: they say little and are everywhere.
_STOP = frozenset(
    [
        "a",
        "oi",
        "la",
        "thi",
        "ma",
        "va",
        "voi",
        "cho",
        "cua",
        "co",
        "khong",
        "duoc",
        "bao",
        "nhieu",
        "gi",
        "nao",
        "the",
        "nhu",
        "o",
        "dau",
        "khi",
        "toi",
        "em",
        "anh",
        "chi",
        "minh",
        "con",
        "ban",
        "cac",
        "nhung",
        "mot",
        "nay",
        "do",
        "kia",
        "ay",
        "roi",
        "da",
        "dang",
        "se",
        "cung",
        "nua",
        "di",
        "den",
        "tu",
        "tai",
        "ve",
        "trong",
        "ngoai",
        "len",
        "ra",
        "vao",
        "lam",
        "thu",
        "tuc",
        "ho",
        "so",
        "giay",
        "to",
        "can",
        "phai",
        "muon",
        "hoi",
        "xin",
        "cam",
        "on",
        "vay",
        "sao",
        "hay",
        "hoac",
        "vi",
        "neu",
        "ai",
        "bi",
        "may",
        "ngay",
        "tien",
        "phi",
        "le",
        "thoi",
        "gian",
        "lau",
        "xong",
        "nop",
        "lay",
        "nhan",
        "online",
        "mang",
        "truc",
        "tuyen",
        "tiep",
        "mau",
        "don",
        "khai",
        "buoc",
        "quy",
        "trinh",
        "dieu",
        "kien",
        "luat",
        "nghi",
        "dinh",
        "thong",
        "bac",
        "chau",
        "ong",
        "ba",
        "giup",
        "dum",
        "biet",
        "chua",
        "tra",
        "khoan",
        "het",
        "ton",
        "mat",
        "bay",
        "gio",
        "mai",
        "hom",
        "qua",
        "luc",
        "truoc",
        "sau",
        "vang",
        "ad",
        "admin",
        "nhe",
        "ah",
        "uh",
        "um",
        "ha",
        "nhi",
    ]
)
_SOFT = 0.25  # what a stop word still weighs


@dataclass(frozen=True, slots=True)
class Hit:
    """One candidate. ``score`` is 0–1: roughly the share of the question's meaning it explains."""

    id: str
    score: float


@dataclass(slots=True)
class _Postings:
    """For each term, which documents hold it and with what weight."""

    docs: dict[str, np.ndarray] = field(default_factory=dict)
    weights: dict[str, np.ndarray] = field(default_factory=dict)
    idf: dict[str, float] = field(default_factory=dict)


class Index:
    """An in-memory index over procedures; building 10,000 takes about a second."""

    def __init__(self, procedures: Iterable[Procedure]) -> None:
        self._ids: list[str] = []
        phrases: list[list[str]] = []
        owners: list[int] = []
        whole: list[list[str]] = []
        for number, procedure in enumerate(procedures):
            self._ids.append(procedure.id)
            own = [_terms(text) for text in _phrases(procedure)]
            phrases += own
            owners += [number] * len(own)
            whole.append([t for terms in own for t in terms])
        self._owners = np.asarray(owners, dtype=np.int64)
        self._norms = np.ones(len(phrases))
        self._phrases = _build(phrases, normalise=self._norms)
        self._whole = _build(whole)
        self._vocabulary = sorted(t for t in self._phrases.idf if " " not in t and len(t) > 2)

    def search(self, text: str, limit: int = 5) -> list[Hit]:
        """The best candidates for a message, best first; empty when no word is known."""
        query = self._query(text)
        if not query or not self._ids:
            return []
        total = sum(self._phrases.idf.get(t, 0.0) * w for t, w in query.items()) or 1.0
        norm = math.sqrt(sum((self._phrases.idf.get(t, 0.0) * w) ** 2 for t, w in query.items())) or 1.0
        phrase = np.zeros(len(self._owners))
        for term, weight in query.items():
            docs = self._phrases.docs.get(term)
            if docs is not None:
                phrase[docs] += self._phrases.weights[term] * self._phrases.idf[term] * weight
        phrase /= self._norms * norm
        best = np.zeros(len(self._ids))
        np.maximum.at(best, self._owners, phrase)
        spread = np.zeros(len(self._ids))
        for term, weight in query.items():
            docs = self._whole.docs.get(term)
            if docs is not None:
                spread[docs] += self._whole.weights[term] * self._phrases.idf[term] * weight
        score = 0.6 * best + 0.4 * spread / (total * (_K1 + 1))
        order = np.argsort(-score, kind="stable")[:limit]
        return [Hit(self._ids[i], float(score[i])) for i in order if score[i] > 0]

    def _query(self, text: str) -> Counter[str]:
        tokens = [self._known(t) for t in words(text)]
        counts = Counter(ngrams(tokens, (1, 2)))
        return Counter({t: _weight(t) * min(n, 2) for t, n in counts.items() if t in self._phrases.idf})

    def _known(self, token: str) -> str:
        """The token itself, or its nearest indexed spelling when it is unknown and long enough."""
        if token in self._phrases.idf or len(token) < 4 or not token.isalpha():
            return token
        found = process.extractOne(
            token,
            self._vocabulary,
            scorer=DamerauLevenshtein.distance,
            score_cutoff=1 if len(token) < 8 else 2,
        )
        return str(found[0]) if found else token


def _phrases(procedure: Procedure) -> list[str]:
    texts = [procedure.name, *procedure.aliases, *procedure.situations]
    texts += [word for case in procedure.cases for word in case.words]
    texts += [name for name in (procedure.title, procedure.official_name) if name]
    return texts


def _terms(text: str) -> list[str]:
    return ngrams(words(text), (1, 2))


def _weight(term: str) -> float:
    parts = term.split()
    stops = sum(p in _STOP for p in parts)
    if stops == len(parts):
        return _SOFT
    return 1.0 if len(parts) == 1 else 1.2


def _build(documents: list[list[str]], normalise: np.ndarray | None = None) -> _Postings:
    """Postings with BM25 weights, or cosine weights with norms written into ``normalise``."""
    postings: dict[str, list[tuple[int, float]]] = {}
    lengths = [len(d) or 1 for d in documents]
    mean = sum(lengths) / max(len(lengths), 1)
    for number, terms in enumerate(documents):
        for term, count in Counter(terms).items():
            soft = count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * lengths[number] / mean))
            postings.setdefault(term, []).append((number, soft if normalise is None else 1.0))
    built = _Postings()
    squares = np.zeros(len(documents))
    for term, pairs in postings.items():
        idf = math.log(1 + (len(documents) - len(pairs) + 0.5) / (len(pairs) + 0.5))
        built.idf[term] = idf
        built.docs[term] = np.asarray([p[0] for p in pairs], dtype=np.int64)
        built.weights[term] = np.asarray([p[1] for p in pairs]) * _weight(term)
        if normalise is not None:
            squares[built.docs[term]] += (built.weights[term] * idf) ** 2
    if normalise is not None:
        normalise[:] = np.sqrt(np.maximum(squares, 1e-9))
        for term in built.docs:
            built.weights[term] = built.weights[term] * built.idf[term]
    return built

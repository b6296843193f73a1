"""How well questions are understood: scores over labelled questions, in four writings. Pure."""

from __future__ import annotations

import csv
import itertools
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.errors import AssistantError
from nlu.vietnamese import strip_accents, words

Writing = Literal["accented", "unaccented", "nfd", "rough"]
_BINS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.01)
WRITINGS: tuple[Writing, ...] = ("accented", "unaccented", "nfd", "rough")


@dataclass(frozen=True, slots=True)
class Question:
    """One labelled question.

    Args:
        text: with diacritics.
        rough: the same as typed in a hurry: teencode, slips, few diacritics.
        aspects: what is asked, in order.
        procedures: ids a reasonable clerk could mean, the likeliest first; empty for other messages.
        intent: for messages that are no question about a held procedure.
    """

    text: str
    rough: str
    aspects: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    intent: str | None = None

    def written(self, writing: Writing) -> str:
        """The question in one of the four writings."""
        if writing == "unaccented":
            return strip_accents(self.text)
        if writing == "nfd":
            return unicodedata.normalize("NFD", self.text)
        return self.rough if writing == "rough" else self.text


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the assistant made of one question.

    Args:
        intent: the intent found.
        aspects: the aspects found, in order.
        ranked: procedure ids, best first.
        answered: id of the procedure that was answered about; None when it asked back or declined.
        declined: whether it said that nothing fits or that this is not its business.
        score: 0-1, how probable it held the best procedure to be meant.
        elsewhere: whether it said that it serves its own province only.
    """

    intent: str | None
    aspects: tuple[str, ...]
    ranked: tuple[str, ...]
    answered: str | None
    declined: bool = False
    score: float = 0.0
    elsewhere: bool = False

    @property
    def band(self) -> Literal["answered", "asked back", "declined"]:
        """What was done with the message."""
        if self.declined:
            return "declined"
        return "answered" if self.answered else "asked back"


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares between 0 and 1; ``None`` where there was nothing to count."""

    count: int
    aspects: float | None
    top1: float | None
    top3: float | None
    answered: float | None
    wrong: float | None
    intents: float | None
    accepted: float | None


def read(file: Path) -> list[Question]:
    """Questions of a tab-separated file with a header line.

    Raises:
        AssistantError: naming the file and the line that lacks a column.
    """
    found = []
    with file.open(encoding="utf-8", newline="") as handle:
        for number, row in enumerate(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE), 2):
            if (
                not row.get("text")
                or not row.get("rough")
                or not (row.get("procedures") or row.get("intent"))
            ):
                raise AssistantError(f"{file}, line {number}: needs text, rough, and procedures or intent")
            found.append(
                Question(
                    row["text"],
                    row["rough"],
                    _listed(row.get("aspects")),
                    _listed(row.get("procedures")),
                    row.get("intent"),
                )
            )
    return found


def _listed(cell: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (cell or "").split(",") if part.strip())


def score(pairs: Sequence[tuple[Question, Outcome]]) -> Scores:
    """Scores of questions and what was made of them.

    * aspects: exactly the aspects asked were found (overview counts as found when nothing else was).
    * top1 / top3: a right procedure is ranked first / among the first three.
    * wrong: answered about a procedure nobody asked for, over all questions about held procedures.
    * accepted: other messages that were answered as if they were about a procedure.
    """
    held = [(q, o) for q, o in pairs if q.procedures]
    others = [(q, o) for q, o in pairs if not q.procedures]
    outside = [(q, o) for q, o in others if q.intent in ("out_of_scope", "procedure_not_held")]
    named = [(q, o) for q, o in others if q.intent != "procedure_not_held"]
    return Scores(
        len(pairs),
        _share(_same_aspects(q, o) for q, o in held if q.aspects),
        _share(bool(o.ranked) and o.ranked[0] in q.procedures for q, o in held),
        _share(any(r in q.procedures for r in o.ranked[:3]) for q, o in held),
        _share(o.answered in q.procedures for q, o in held),
        _share(o.answered is not None and o.answered not in q.procedures for q, o in held),
        _share(q.intent == o.intent for q, o in named),
        _share(o.answered is not None for q, o in outside),
    )


def _same_aspects(question: Question, outcome: Outcome) -> bool:
    return set(outcome.aspects or ("overview",)) == set(question.aspects)


def _share(values: Iterable[bool]) -> float | None:
    counted = list(values)
    return sum(counted) / len(counted) if counted else None


def table(rows: dict[Writing, Scores]) -> str:
    """The scores as a Markdown table, one row a writing."""
    head = "| writing | aspects | top-1 | top-3 | answered right | wrong answers | intents | out of scope answered |"
    lines = [head, "|---|---|---|---|---|---|---|---|"]
    for writing, s in rows.items():
        cells = (s.aspects, s.top1, s.top3, s.answered, s.wrong, s.intents, s.accepted)
        lines.append(f"| {writing} | " + " | ".join(map(_percent, cells)) + " |")
    return "\n".join(lines)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def names_none(question: Question, names: Mapping[str, Iterable[str]]) -> bool:
    """Whether a question uses no telling word of the official names of the procedures it may mean.

    Args:
        names: by id of the procedure the telling (folded) words of its official name.
    """
    said = set(words(question.text))
    return bool(question.procedures) and not any(said & set(names[p]) for p in question.procedures)


def bands(kinds: Mapping[str, Sequence[Outcome]]) -> str:
    """What was done with each kind of message, as a Markdown table."""
    lines = ["| messages | number | answered | asked back | declined |", "|---|---|---|---|---|"]
    for kind, outcomes in kinds.items():
        count = Counter(o.band for o in outcomes)
        cells = (count[band] / max(len(outcomes), 1) for band in ("answered", "asked back", "declined"))
        lines.append(f"| {kind} | {len(outcomes)} | " + " | ".join(map(_percent, cells)) + " |")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Bin:
    """Messages whose best candidate was held about equally probable: how many, how probable, how often right."""

    low: float
    high: float
    count: int
    mean: float
    right: float


def bins(pairs: Sequence[tuple[Question, Outcome]]) -> list[Bin]:
    """The messages by probability; those about no held procedure count as wrong."""
    found = []
    for low, high in itertools.pairwise(_BINS):
        rows = [(q, o) for q, o in pairs if low <= o.score < high]
        if rows:
            mean = sum(o.score for _, o in rows) / len(rows)
            right = sum(bool(o.ranked) and o.ranked[0] in q.procedures for q, o in rows) / len(rows)
            found.append(Bin(low, min(high, 1.0), len(rows), mean, right))
    return found


def calibration_error(found: Sequence[Bin]) -> float:
    """How far probability and truth are apart on average, 0-1."""
    return sum(abs(b.mean - b.right) * b.count for b in found) / max(sum(b.count for b in found), 1)


def reliability(pairs: Sequence[tuple[Question, Outcome]]) -> str:
    """How often the best candidate was right, by how probable it was held to be, as a Markdown table."""
    lines = ["| held to be probable | messages | mean | right |", "|---|---|---|---|"]
    found = bins(pairs)
    lines += [
        f"| {b.low:.2f}-{b.high:.2f} | {b.count} | {_percent(b.mean)} | {_percent(b.right)} |" for b in found
    ]
    return "\n".join(lines) + f"\n\nExpected calibration error: {_percent(calibration_error(found))}"

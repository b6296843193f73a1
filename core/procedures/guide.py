"""From a question to an answer about a procedure: answer, ask back, or decline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.messages import Message
from core.procedures import wording
from core.procedures.catalogue import Catalogue
from core.procedures.model import ASPECTS, Aspect, Case, Procedure
from core.procedures.search import Hit, Index
from nlu.vietnamese import words

# Set on the development questions (tests/nlu/development), never on the held-out ones.
CERTAIN = 0.42  # from here the best candidate is answered about
POSSIBLE = 0.22  # below this nothing fits
CLOSE = 0.85  # a second candidate with this share of the best score is asked about
SWITCH = 0.40  # with a procedure in hand, a new one needs this much

POPULAR = (
    "dang-ky-khai-sinh", "dang-ky-ket-hon", "xac-nhan-tinh-trang-hon-nhan", "chung-thuc-ban-sao",
    "dang-ky-thuong-tru", "can-cuoc-cap-doi", "bien-dong-chuyen-nhuong", "thanh-lap-ho-kinh-doanh",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guidance:
    """What to say, which procedure is now in hand, and how the candidates ranked."""

    messages: tuple[Message, ...]
    procedure: str | None
    hits: tuple[Hit, ...] = ()


class Guide:
    """Answers questions from one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._index = Index(catalogue.values())

    def search(self, text: str, limit: int = 5) -> list[Hit]:
        """Ranked candidates for a message."""
        return self._index.search(text, limit)

    def ask(self, text: str, aspects: Sequence[Aspect], current: str | None = None) -> Guidance:
        """Answer one message.

        Args:
            text: what the citizen wrote.
            aspects: what is asked, in order; empty when nobody could tell.
            current: id of the procedure in hand, which a follow-up keeps.
        """
        hits = tuple(self.search(text))
        best = hits[0].score if hits else 0.0
        held = self.catalogue.get(current) if current else None
        if held and best < SWITCH:
            return Guidance(tuple(wording.answer(held, aspects)), held.id, hits)
        if best < POSSIBLE:
            short = aspects and aspects[0] != "overview" and len(words(text)) <= 8
            message = wording.which_procedure(aspects) if short else wording.nothing_fits()
            return Guidance((message,), current, hits)
        close = [h for h in hits[:4] if h.score >= best * CLOSE]
        if held and held.id in {h.id for h in close}:
            close = [next(h for h in close if h.id == held.id)]
        if best < CERTAIN or len(close) > 1:
            shown = [self.catalogue[h.id] for h in hits[:4] if h.score >= best * 0.6]
            return Guidance((wording.choose(shown, aspects),), current, hits)
        found = self.catalogue[close[0].id]
        return Guidance(self.about(found, text, aspects), found.id, hits)

    def about(self, p: Procedure, text: str, aspects: Sequence[Aspect]) -> tuple[Message, ...]:
        """The answer about one procedure, or the question for the case that decides it."""
        case = case_in(p, text)
        if p.cases and case is None and _case_matters(p, aspects):
            return (wording.ask_case(p, aspects),)
        return tuple(wording.answer(p, aspects, case))

    def press(self, payload: str) -> Guidance | None:
        """Answer a button about a procedure; None when the payload is not one of ours."""
        kind, *parts = payload.split(":")
        if kind != "tt" or len(parts) not in (2, 3) or parts[0] not in self.catalogue:
            return None
        procedure = self.catalogue[parts[0]]
        if not parts[1].isdecimal() or int(parts[1]) >= len(ASPECTS):
            return None
        case = next((c for c in procedure.cases if c.id == parts[2]), None) if len(parts) == 3 else None
        return Guidance(tuple(wording.answer(procedure, [ASPECTS[int(parts[1])]], case)), procedure.id)

    def topics(self) -> Message:
        """The menu of well-known procedures."""
        return wording.topics([self.catalogue[i] for i in POPULAR if i in self.catalogue])


def case_in(procedure: Procedure, text: str) -> Case | None:
    """The circumstance the message itself tells, if one of the case's words stands in it."""
    said = f" {' '.join(words(text))} "
    for case in procedure.cases:
        if any(f" {' '.join(words(w))} " in said for w in case.words):
            return case
    return None


def _case_matters(procedure: Procedure, aspects: Sequence[Aspect]) -> bool:
    decided = {a for case in procedure.cases for a in case.aspects}
    return not decided or not aspects or bool(decided & set(aspects))

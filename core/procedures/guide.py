"""From a question to an answer about a procedure: answer, ask back, or decline."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.messages import Message, Outcome
from core.procedures import declining, wording
from core.procedures.catalogue import Catalogue
from core.procedures.model import ASPECTS, Aspect, Case, Procedure
from core.procedures.search import Hit, Index
from nlu.vietnamese import words

# Set on the development questions (tests/nlu/development), never on the held-out ones.
CERTAIN = 0.7  # share from which the best candidate is answered about
POSSIBLE = 0.3  # fit below which nothing fits
WORTH = 0.04  # share from which a candidate is worth a button
TWIN = 0.95  # a second candidate whose phrases are this nearly as alike as the best's is asked about…
DISTINCT = 0.95  # … unless the best has this share
PLAIN = 0.85  # from this product of share and fit a procedure is plainly meant
NAMED = 0.5  # the same for procedures not held: declining by name says more than declining
SWITCH = 0.6  # with a procedure in hand, a message with this fit…
STAY = 0.1  # … in which that procedure has less than this share is about another

_NOT_HELD, _WITHDRAWN = "not-held:", "withdrawn:"  # no id of a procedure holds a colon
POPULAR = (
    "dang-ky-khai-sinh", "dang-ky-ket-hon", "xac-nhan-tinh-trang-hon-nhan", "chung-thuc-ban-sao",
    "dang-ky-thuong-tru", "can-cuoc-cap-doi", "bien-dong-chuyen-nhuong", "thanh-lap-ho-kinh-doanh",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guidance:
    """What to say, which procedure is now in hand, and how the candidates ranked.

    ``fits`` says whether procedures of the catalogue are answered or asked about; ``outcome`` what the messages do.
    """

    messages: tuple[Message, ...]
    procedure: str | None
    hits: tuple[Hit, ...] = ()
    fits: bool = True
    outcome: Outcome = "answered"

    @property
    def answered(self) -> str | None:
        """The procedure the messages are about; None when they are about several or none."""
        return self.procedure if self.outcome in ("answered", "asked_back") else None


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything a guide answers from at one moment: put in place as a whole, never changed.

    ``others`` is what is said about procedures that are not, or no longer, served; their keys hold a colon,
    which no id of a procedure does.
    """

    catalogue: Catalogue
    others: Mapping[str, Message]
    learned: Mapping[str, Sequence[str]]
    entries: Sequence[tuple[str, Sequence[str], Sequence[str]]]
    index: Index


class Guide:
    """Answers questions from a catalogue, which can be exchanged for a newer one while it answers."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._building = threading.Lock()
        self._known = _known(catalogue, {})

    @property
    def catalogue(self) -> Catalogue:
        """What is answered from now."""
        return self._known.catalogue

    def learn(self, phrases: Mapping[str, Sequence[str]]) -> bool:
        """Take in what people say to mean procedures, beside the catalogue; False when nothing is new.

        Builds a new index (a tenth of a second for a hundred procedures) and only then puts it in place.

        Args:
            phrases: by id of the procedure; what is no longer there is forgotten.
        """
        with self._building:
            if phrases == self._known.learned:
                return False
            self._known = _known(self._known.catalogue, phrases, self._known)
        return True

    def renew(self, catalogue: Catalogue) -> None:
        """Answer from another catalogue from now on; what was learned stays.

        As slow as :meth:`learn` where names or situations differ, and quick where they do not.
        """
        with self._building:
            self._known = _known(catalogue, self._known.learned, self._known)

    def search(self, text: str, limit: int = 5) -> list[Hit]:
        """Ranked candidates of the catalogue for a message."""
        known = self._known
        return [h for h in known.index.search(text, limit + 3) if h.id in known.catalogue][:limit]

    def names_one(self, text: str) -> bool:
        """Whether a message plainly means a procedure, held or not, whatever else it was taken for."""
        known = self._known
        found = known.index.search(text, 1)
        return bool(found) and found[0].share * found[0].fit >= (
            NAMED if found[0].id in known.others else PLAIN
        )

    def ask(self, text: str, aspects: Sequence[Aspect], current: str | None = None) -> Guidance:
        """Answer one message.

        Args:
            text: what the citizen wrote.
            aspects: what is asked, in order; empty when nobody could tell.
            current: id of the procedure in hand, which a follow-up keeps.
        """
        known = self._known
        found = known.index.search(text, 8)
        hits = tuple(h for h in found if h.id in known.catalogue)[:5]
        held = known.catalogue.get(current) if current else None
        if held and not _is_about_another(found, held.id):
            return replace(self.answer(held, text, aspects), hits=hits)
        if not found or found[0].fit < POSSIBLE:
            nothing, outcome = _nothing(known, text, aspects, current)
            return Guidance((nothing,), current, hits, fits=False, outcome=outcome)
        best = found[0]
        if best.id in known.others and best.share >= 0.5:
            return Guidance((known.others[best.id],), None, hits, fits=False, outcome="declined")
        close = [h for h in hits if h.share >= WORTH][:4] or list(hits[:1])
        if not close:  # only procedures that are not held came near, and none of them surely
            return Guidance((declining.nothing_fits(),), None, hits, fits=False, outcome="declined")
        if best.share < CERTAIN or best.id in known.others or _twins(close):
            choice = wording.choose([known.catalogue[h.id] for h in close], aspects)
            return Guidance((choice,), None, hits, outcome="asked_back")
        return replace(self.answer(known.catalogue[best.id], text, aspects), hits=hits)

    def answer(self, p: Procedure, text: str, aspects: Sequence[Aspect]) -> Guidance:
        """The answer about one procedure, or the question for the case that decides it."""
        case = case_in(p, text)
        if p.cases and case is None and _case_matters(p, aspects):
            return Guidance((wording.ask_case(p, aspects),), p.id, outcome="asked_back")
        return Guidance(tuple(wording.answer(p, aspects, case)), p.id)

    def press(self, payload: str) -> Guidance | None:
        """Answer a button about a procedure; None when the payload is not one of ours."""
        kind, *parts = payload.split(":")
        if kind != "tt" or len(parts) not in (2, 3):
            return None
        known = self._known
        if gone := known.others.get(f"{_WITHDRAWN}{parts[0]}"):
            return Guidance((gone,), None)
        if parts[0] not in known.catalogue:
            return None
        procedure = known.catalogue[parts[0]]
        if not parts[1].isdecimal() or int(parts[1]) >= len(ASPECTS):
            return None
        case = next((c for c in procedure.cases if c.id == parts[2]), None) if len(parts) == 3 else None
        return Guidance(tuple(wording.answer(procedure, [ASPECTS[int(parts[1])]], case)), procedure.id)

    def topics(self) -> Message:
        """The menu of well-known procedures."""
        catalogue = self._known.catalogue
        return wording.topics([catalogue[i] for i in POPULAR if i in catalogue])


def _known(
    catalogue: Catalogue, learned: Mapping[str, Sequence[str]], before: _Known | None = None
) -> _Known:
    """What is known of a catalogue; the index of before is kept where it would be the same."""
    others: dict[str, Message] = {}
    entries = [(p.id, p.names(), [*p.situations, *learned.get(p.id, ())]) for p in catalogue.values()]
    for number, entry in enumerate(catalogue.not_held):
        others[f"{_NOT_HELD}{number}"] = declining.not_held(entry.name)
        entries.append((f"{_NOT_HELD}{number}", [entry.name, *entry.phrases], []))
    for ident, gone in catalogue.withdrawn.items():
        others[f"{_WITHDRAWN}{ident}"] = declining.withdrawn(gone.procedure.short_name, gone.notice)
        entries.append((f"{_WITHDRAWN}{ident}", gone.procedure.names(), list(gone.procedure.situations)))
    same = before is not None and before.entries == entries
    index = before.index if before and same else Index(entries)
    return _Known(catalogue, others, learned, entries, index)


def _nothing(
    known: _Known, text: str, aspects: Sequence[Aspect], current: str | None
) -> tuple[Message, Outcome]:
    """No procedure is named; the one in hand may have gone out of service since."""
    if gone := known.others.get(f"{_WITHDRAWN}{current}"):
        return gone, "declined"
    if aspects and len(words(text)) <= 8:
        return declining.which_procedure(aspects), "asked_back"
    return declining.nothing_fits(), "declined"


def _is_about_another(found: Sequence[Hit], held: str) -> bool:
    """Whether a message with a procedure in hand turns to another one rather than asking on."""
    if not found or found[0].fit < SWITCH:
        return False
    return next((h.share for h in found if h.id == held), 0.0) < STAY


def _twins(close: Sequence[Hit]) -> bool:
    """Whether two candidates are named alike: "sang tên" is said of land and of vehicles."""
    return len(close) > 1 and close[0].share < DISTINCT and close[1].likeness >= TWIN * close[0].likeness


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

"""What the two passes look at: words around a word, and words and spans around a span."""

from __future__ import annotations

from collections import Counter
from typing import List, Sequence, Text, Tuple

from nlu.components.slots.sentence import Sentence, Span

_AROUND = (-3, -2, -1, 1, 2, 3)
_RUNS = ((-1, 1), (-2, 0), (0, 2), (1, 3), (-1, 2), (-2, 1), (-3, 0), (0, 3))
_PAD = 4
_LOOK_BACK = 14  # how many words before a span may hold the verb it belongs to


def of_words(sentence: Sentence, seen: Sequence[Text], marks: Sequence[Sequence[Text]]) -> List[List[Text]]:
    """Features of each word for the first pass.

    Args:
        seen: the words, unknown ones by shape.
        marks: kinds of known phrases at each word.
    """
    w = ["<s>"] * _PAD + list(seen) + ["</s>"] * _PAD
    a = [""] * _PAD + list(sentence.accented) + [""] * _PAD
    rows = []
    for i, word in enumerate(sentence.words):
        k = i + _PAD
        row = ["", f"w={w[k]}", f"s={sentence.shapes[i]}"]
        row += [f"w{d}={w[k + d]}" for d in _AROUND]
        row += [f"n{x}:{y}={' '.join(w[k + x : k + y])}" for x, y in _RUNS]
        if a[k]:
            row += [f"a={a[k]}", f"aa={a[k - 1]} {a[k]}", f"ab={a[k]} {a[k + 1]}"]
            row += [f"a{d}={a[k + d]}" for d in (-2, -1, 1)]
        if sentence.shapes[i] != "s" or w[k][0] == "~":
            row += [f"p={word[:3]}", f"e={word[-3:]}"]
        if sentence.marks[i]:
            row.append(f"m={sentence.marks[i]}")
        row += marks[i]
        row += [f"-{m}" for m in (marks[i - 1] if i else ())]
        row += [f"+{m}" for m in (marks[i + 1] if i + 1 < len(marks) else ())]
        rows.append(row)
    return rows


def of_spans(sentence: Sentence, spans: Sequence[Span]) -> List[List[Text]]:
    """Features of each span for the second pass; ``label`` of the spans is their kind.

    Other spans appear by their kind only, so that "từ Huế đến Vinh" and "từ Hà Nội đến Sa Pa" are alike.
    """
    symbols, places = _abstract(sentence, spans)
    runs = [symbols[places[i - 1] + 1 if i else 0 : place] for i, place in enumerate(places)]
    fillers = [sentence.words[s.start : s.end] for s in spans]
    edges = ["^"] * 3 + [s.label for s in spans] + ["$"] * 3
    total = Counter(s.label for s in spans)
    said = sorted({x for x in symbols if x[0] != "<"})
    so_far: Counter = Counter()
    rows = []
    for i, span in enumerate(spans):
        kind = span.label
        before = runs[i]
        after = symbols[places[i] + 1 : places[i + 1] if i + 1 < len(places) else None]
        row = [*_filling(sentence, span), *_near(symbols, places[i], kind)]
        row += [f"m={x}" for x in set(before)]
        row.append(f"mm={' '.join(before[-6:])}|{edges[i + 2]}|{kind}")
        row += [f"q={x}" for x in set(after[:5])]
        back = set(symbols[max(0, places[i] - _LOOK_BACK) : places[i]])
        row += [f"u={x}" for x in back]
        row += [f"v={x} {kind}" for x in said]
        nth, of = min(so_far[kind], 3), min(total[kind], 4)
        so_far[kind] += 1
        row += [f"k={nth} {kind}", f"K={nth}/{of} {kind}"]
        row += _order(edges, i)
        row += _since(runs, edges, i)
        row += _again(fillers, runs, i, kind)
        row += _within(symbols, places[i], kind)
        rows.append([f"{kind}|{feature}" for feature in row])
    return rows


def _abstract(sentence: Sentence, spans: Sequence[Span]) -> Tuple[List[Text], List[int]]:
    """The message with each span replaced by its kind, and where those stand."""
    symbols: List[Text] = []
    places = []
    done = 0
    for span in spans:
        symbols += sentence.words[done : span.start]
        places.append(len(symbols))
        symbols.append(f"<{span.label}>")
        done = span.end
    return symbols + list(sentence.words[done:]), places


def _filling(sentence: Sentence, span: Span) -> List[Text]:
    words = sentence.words[span.start : span.end]
    accented = " ".join(sentence.accented[span.start : span.end]).strip()
    row = ["", f"c={span.label}", f"t={' '.join(words)}", f"f={words[0]}", f"l={words[-1]}"]
    row.append(f"n={min(len(words), 4)}")
    return row + ([f"ta={accented}"] if accented else [])


def _near(symbols: Sequence[Text], place: int, kind: Text) -> List[Text]:
    padded = ["<s>"] * _PAD + list(symbols) + ["</s>"] * _PAD
    k = place + _PAD
    row = [f"L{d}={' '.join(padded[k - d : k])}" for d in (1, 2, 3, 4)]
    row += [f"R{d}={' '.join(padded[k + 1 : k + 1 + d])}" for d in (1, 2, 3, 4)]
    row += [f"l{d}={padded[k - d]}" for d in (2, 3, 4)] + [f"r2={padded[k + 2]}"]
    row.append(f"LR={padded[k - 1]} {padded[k + 1]}")
    return row


def _order(edges: Sequence[Text], i: int) -> List[Text]:
    """The kinds of the spans around span ``i``, which stands at ``i + 3``."""
    row = [f"P1={edges[i + 2]}", f"P2={edges[i + 1]} {edges[i + 2]}", f"P3={' '.join(edges[i : i + 3])}"]
    row += [f"N1={edges[i + 4]}", f"N2={edges[i + 4]} {edges[i + 5]}", f"PN={edges[i + 2]} {edges[i + 4]}"]
    return [*row, f"all={' '.join(edges[3:-3])} {i}"]


def _since(runs: Sequence[Sequence[Text]], edges: Sequence[Text], i: int) -> List[Text]:
    """The words before span ``i`` with the other spans left out, and those between the spans before it."""
    kind, before, after = edges[i + 3], edges[i + 2], edges[i + 4]
    plain = [word for run in runs[: i + 1] for word in run]
    row = [f"o{n}={' '.join(plain[-n:])} {kind}" for n in (1, 2, 3, 4)]
    row += [f"x={' '.join(runs[i][-1:])} {before} {kind}", f"y={' '.join(runs[i][-2:])} {kind} {after}"]
    if i:
        row.append(f"b={' '.join(runs[i - 1][-3:])}|{before}|{' '.join(runs[i][-3:])}|{kind}")
    return row + [f"m{n}={word} {kind}" for n in (1, 2) if i >= n for word in set(runs[i - n])]


def _again(
    fillers: Sequence[Sequence[Text]], runs: Sequence[Sequence[Text]], i: int, kind: Text
) -> List[Text]:
    """Whether a filler was said before or is said again: "… đến Vinh, đến Vinh lúc 9 giờ"."""
    earlier = fillers[i] in fillers[:i]
    row = [f"again={'before' if earlier else 'later' if fillers[i] in fillers[i + 1 :] else 'no'} {kind}"]
    if earlier:
        row.append(f"ra={' '.join(runs[i][-1:])} {kind}")
    repeated = [j for j in range(i) if fillers[j] in fillers[:j]]
    if repeated:
        row += [f"after={' '.join(runs[repeated[-1]][-1:])} {kind}", f"after {kind}"]
    return row


def _within(symbols: Sequence[Text], place: int, kind: Text) -> List[Text]:
    """Words before a span by their distance, and how the message begins."""
    row = [f"L5={' '.join(symbols[max(0, place - 5) : place])}", f"F={' '.join(symbols[:2])} {kind}"]
    near = [(d, symbols[place - d]) for d in range(1, 9) if d <= place]
    return row + [f"D{min((d + 1) // 2, 3)}={word} {kind}" for d, word in near if word[0] != "<"]

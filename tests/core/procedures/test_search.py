"""The search ranks as its plain definition does: over the shipped catalogue, a small one and a grown one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks.search import grown
from core.procedures.catalogue import Catalogue
from core.procedures.ranking import Table, at_least, sum_of_best
from core.procedures.search import Hit, Index
from core.procedures.spelling import Spelling
from core.training.evaluation import read
from nlu.vietnamese import words
from tests.conftest import ROOT
from tests.core.procedures.plain_search import Entry, Plain


def _entries(catalogue: Catalogue) -> list[Entry]:
    held: list[Entry] = [(p.id, p.names(), p.situations) for p in catalogue.values()]
    return held + [(f"other:{n}", (e.name, *e.phrases), ()) for n, e in enumerate(catalogue.not_held)]


def _asked(catalogue: Catalogue) -> list[str]:
    files = sorted((ROOT / "tests" / "nlu").glob("*/*.tsv"))
    asked = [q.text for file in files if file.parent.name in ("development", "holdout") for q in read(file)]
    assert len(asked) > 500
    asked += [name for p in catalogue.values() for name in p.names()]
    return list({tuple(words(text)): text for text in asked}.values())  # the same words are one question


def _same(fast: Sequence[Hit], plain: Sequence[Hit]) -> bool:
    """Whether ids stand in the same order with the same figures, of which the last digits may differ."""
    if [h.id for h in fast] != [h.id for h in plain]:
        return False
    figures = [[(h.score, h.share, h.fit, h.likeness) for h in hits] for hits in (fast, plain)]
    return not fast or bool(np.allclose(*figures, rtol=1e-9, atol=1e-12))


def _different(entries: Sequence[Entry], asked: Sequence[str]) -> list[str]:
    fast, plain = Index(entries), Plain(entries)
    return [text for text in asked if not _same(fast.search(text, 8), plain.search(text, 8))]


def test_questions_and_names_are_ranked_as_defined(catalogue: Catalogue) -> None:
    assert _different(_entries(catalogue), _asked(catalogue)[::4]) == []  # all of them take half a minute


def test_a_small_catalogue_is_ranked_as_defined(catalogue: Catalogue) -> None:
    assert _different(_entries(catalogue)[:10], _asked(catalogue)[::5]) == []


def test_a_catalogue_beyond_what_is_looked_at_closely_is_ranked_as_defined(catalogue: Catalogue) -> None:
    many: list[Entry] = [(p.id, p.names(), p.situations) for p in grown(list(catalogue.values()), 1_000)]
    assert _different(many, _asked(catalogue)[::40]) == []


def test_fewer_hits_are_the_first_of_more(catalogue: Catalogue) -> None:
    index = Index(_entries(catalogue))
    for text in _asked(catalogue)[::25]:
        assert [h.id for h in index.search(text, 1)] == [h.id for h in index.search(text, 8)][:1]


@pytest.mark.parametrize("size", [1, 127, 128, 300, 5_000])
@pytest.mark.parametrize("number", [1, 8, 400])
def test_at_least_leaves_none_of_the_highest_out(size: int, number: int) -> None:
    draw = np.random.default_rng(size)
    for figures in (draw.random(size), np.zeros(size), draw.integers(0, 3, size).astype(float)):
        found = at_least(figures, number)
        assert len(found) >= min(number, size)
        left_out = np.delete(figures, found)
        assert not len(left_out) or left_out.max() <= np.sort(figures[found])[-min(number, size)]


def test_a_table_finds_the_highest_phrase_of_each_procedure() -> None:
    draw = np.random.default_rng(7)
    sizes = np.array([1, 16, 0, 17, 40, 3])
    owners, first = np.repeat(np.arange(6), sizes), np.cumsum(sizes) - sizes
    table, figures = Table(owners, first), draw.random(len(owners))
    assert len(set(table.places.tolist())) == len(owners)
    placed = np.zeros(table.size)
    placed[table.places] = figures
    wanted = [max(figures[owners == p], default=0.0) for p in range(6)]
    assert table.highest(placed).tolist() == wanted


def test_the_best_of_each_group_are_added_up() -> None:
    figures = np.array([0.5, 0.1, 0.4, 0.1, 0.3, 0.2, 0.0, 0.9])
    assert np.allclose(sum_of_best(figures, np.array([6, 2])), [0.5 + 0.4 + 0.3 + 0.2 + 0.1, 0.9])


def test_the_nearest_spelling_allows_two_slips_in_long_words_only() -> None:
    spelling = Spelling(["giay", "khaisinh", "ketdon", "kethon"])
    assert spelling.nearest("gay") == "giay"
    assert spelling.nearest("giya") == "giay"  # two neighbours changed places: one slip
    assert spelling.nearest("gyia") == "gyia"
    assert spelling.nearest("kaisinhh") == "khaisinh"
    assert spelling.nearest("kethonn") == "kethon"
    assert spelling.nearest("ketlon") == "ketdon"  # as near as the other, first by alphabet

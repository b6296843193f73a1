"""Ranges of codes against the rule for one code."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from core.counter.scope import holds, ranges
from core.staff.offices import Office, of_code

_SEGMENT = st.sampled_from(["05", "5", "50", "051", "13"])
_IDENTIFIER = st.builds(
    lambda root, rest: ".".join([root, *rest]),
    st.sampled_from(["H15", "H45"]),
    st.lists(_SEGMENT, max_size=3),
)
_CODE = st.builds(lambda i: f"{i}-261008-0975", _IDENTIFIER)
_OFFICES = st.lists(st.lists(_IDENTIFIER, max_size=4), min_size=1, max_size=4).map(
    lambda found: [Office(n, str(n), identifiers=tuple(ids)) for n, ids in enumerate(found, 1)]
)


@settings(max_examples=400, deadline=None)
@given(_OFFICES, st.sets(st.integers(1, 4)), st.lists(_CODE, min_size=1, max_size=8))
def test_a_code_lies_in_the_ranges_of_its_office_and_of_no_other(
    offices: list[Office], mine: set[int], codes: list[str]
) -> None:
    wanted = ranges(offices, mine)
    assert wanted is not None
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(wanted)), wanted
    for code in codes:
        office = of_code(offices, code)
        assert holds(wanted, code) is (office is not None and office.id in mine), (code, wanted)


def test_everything_is_no_range() -> None:
    assert ranges([], None) is None
    assert ranges([Office(1, "a", identifiers=("H15",))], set()) == []
    assert ranges([Office(1, "a", identifiers=("H15",))], {1}) == [("H15-", "H15/")]

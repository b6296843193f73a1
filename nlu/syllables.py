"""Which folded letter sequences are Vietnamese syllables, and mending those that are none.

Vietnamese has few syllables, so a slip of the finger nearly always makes a sequence that is none:
"tein" (tien), "thag" (thang), "khaisinh" (khai sinh). No word list is needed. Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from functools import lru_cache

_RHYMES = frozenset(
    """
    a ac ach ai am an ang anh ao ap at au ay e ec ech em en eng enh eo ep et eu i ia ich iec iem ien
    ieng iep iet ieu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oen
    oeo oet oi om on ong oong op ot u ua uan uang uat uay uc ue uech uenh ui um un ung uo uoc uoi uom
    uon uong uop uot uou up ut uu uy uya uych uyen uyet uynh uyt uyu y yem yen yet yeu yt yp ynh
    """.split()
)
_SPLIT = re.compile(r"^(ngh|ng|nh|gh|gi|qu|ch|kh|ph|th|tr|[bcdghklmnpqrstvx])?([aeiouy].*)?$")
_INNER_TONE = re.compile(r"(?<=[aeiouy])[sfrxj](?=[aeiouycmnpt])")
_FINAL_G = re.compile(r"(?<=[aeiouy])g$")
_TELEX = (
    ("dd", "d"),
    ("aw", "a"),
    ("ow", "o"),
    ("uw", "u"),
    ("aa", "a"),
    ("ee", "e"),
    ("oo", "o"),
    ("w", "u"),
)


@lru_cache(maxsize=20_000)
def is_syllable(folded: str) -> bool:
    """Whether a folded, lower-case sequence can be a Vietnamese syllable."""
    if folded == "gi":
        return True
    found = _SPLIT.match(folded)
    if not found:
        return False
    onset, rhyme = found.group(1) or "", found.group(2) or ""
    if rhyme in _RHYMES:
        return True
    return onset in ("gi", "qu") and onset[1] + rhyme in _RHYMES


def mend(folded: str, short: Container[str]) -> tuple[str, ...]:
    """The syllables a slipped sequence most likely stands for; itself when nothing plausible is near.

    Args:
        folded: lower case without diacritics.
        short: known short forms, which may be glued to a syllable ("komun" = ko + mun).
    """
    if is_syllable(folded) or not folded.isalpha() or len(folded) < 3:
        return (folded,)
    for way in (_final_g, _initial_w, _telex, _swapped, _doubled):
        if found := way(folded):
            return (found,)
    return _glued(folded, lambda part: len(part) > 1 and (is_syllable(part) or part in short)) or (folded,)


def _final_g(word: str) -> str | None:
    fixed = _FINAL_G.sub("ng", word)
    return fixed if fixed != word and is_syllable(fixed) else None


def _initial_w(word: str) -> str | None:
    """Teencode for qu: ``wan`` -> quan, ``wyet`` -> quyet."""
    fixed = "qu" + word[1:]
    return fixed if word[0] == "w" and is_syllable(fixed) else None


def _telex(word: str) -> str | None:
    """Telex left as typed: ``ddawng`` -> dang, ``dduowcj`` -> duoc."""
    for end in ("", word[-1] if word[-1] in "sfrxj" else ""):
        plain = word.removesuffix(end) if end else word
        for typed, letter in _TELEX:
            plain = plain.replace(typed, letter)
        if plain != word and is_syllable(plain):
            return plain
    late = word.replace("w", "")  # the w of a horn, typed at the end: ``buocw`` -> buoc
    if late != word and is_syllable(late):
        return late
    inner = _INNER_TONE.sub("", word)
    if inner != word and is_syllable(inner):
        return inner
    both = _INNER_TONE.sub("", plain).replace(
        "w", ""
    )  # tone and vowel marks in odd places: ``giaasy``, ``duowjc``
    return both if both != word and is_syllable(both) else None


def _swapped(word: str) -> str | None:
    candidates = (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1))
    return next((c for c in candidates if is_syllable(c)), None)


def _doubled(word: str) -> str | None:
    candidates = (word[:i] + word[i + 1 :] for i in range(len(word) - 1) if word[i] == word[i + 1])
    return next((c for c in candidates if is_syllable(c)), None)


def _glued(word: str, known: Callable[[str], bool]) -> tuple[str, ...] | None:
    """Two parts that are both known; the longest first part wins, as people drop one blank."""
    for cut in range(len(word) - 2, 1, -1):
        if known(word[:cut]) and known(word[cut:]):
            return word[:cut], word[cut:]
    return None

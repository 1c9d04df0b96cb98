"""Who does what, what is put before what: the roles in a statement must be those of the passage it cites.

Nothing is parsed. The clauses of both were set beside each other by meaning; what is compared are the groups of people
they name, the order in which they name them, and the sides of "more than" and "from, to".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.answering.writing.words import Words, licensed
from bot.documents.sentences import sentence_spans

if TYPE_CHECKING:
    from bot.answering.writing.rules import Pair

PEOPLE = frozenset(
    {"child", "pupil", "young", "parent", "family", "adult", "staff", "professional", "teacher", "leader", "politician"}
    | {"council", "police", "researcher", "elderly", "citizen", "health"}
)
"""Groups that can do something."""
MISTAKEN = 2
"""Clauses whose people the passage has in another clause of the same sentence: one may be a pronoun, two are a swap."""
FRAMES = (
    re.compile(r"\b(?:fra|från|from)\b(?P<one>.+?)\b(?:til|till|to)\b(?P<other>.+)", re.IGNORECASE | re.DOTALL),
    re.compile(r"(?P<one>.+?)\b(?:end|än|than)\b(?P<other>.+)", re.IGNORECASE | re.DOTALL),
)
"""Two sides that must not change places."""
AGENT = re.compile(r"\b(?:af|av|by)\b", re.IGNORECASE)
"""Tells who does it in the passive, where who does it comes last."""
AND = re.compile(r"(?:(?:og|och|and|eller|or|samt|&)\s+)?(?:\w+\s+)?", re.IGNORECASE)
CONTENT = re.compile(r"[^\W\d_]{4,}")
STEM = 5
"""Letters of a word that its forms share."""


def roles_agree(pair: Pair) -> bool:
    """Nobody stands in the place of another."""
    return _people_agree(pair) and _order_agrees(pair) and _sides_agree(pair)


def without_bodies(text: str, bodies: tuple[str, ...]) -> str:
    """`text` without the names of bodies: "Barn- och Elevhälsan" names no children and no pupils."""
    for body in bodies:
        text = text.replace(body, " ")
    return text


def _people_agree(pair: Pair) -> bool:
    """Where the clause that says it speaks of people, they are those of the statement, or one stands for the other."""
    mistaken = 0
    anywhere = pair.written.groups_in(without_bodies(pair.text, pair.bodies))
    for part, clauses in pair.beside:
        said = pair.spoken.groups_in(without_bodies(part, pair.bodies)) & PEOPLE
        stands = pair.written.groups_in(without_bodies(clauses[0], pair.bodies))
        if not said or not stands & (PEOPLE | {"we"}) or _one_of(said, stands):
            continue
        if not stands & PEOPLE:
            if not _one_of(said, anywhere - {"we"}):
                return False  # "we" do it, and of whom the statement speaks only a heading does
            continue
        sentence = pair.written.groups_in(without_bodies(_sentence_of(clauses[0], pair.text), pair.bodies))
        if not _one_of(said, sentence):
            return False
        mistaken += 1
    return mistaken < MISTAKEN


def _one_of(said: set[str], stands: set[str]) -> bool:
    """Is one of the groups that are spoken of there, or one that may stand for it, or that it may stand for?"""
    may = licensed()
    return any(
        group in stands or may.get(group, frozenset()) & stands or any(group in may.get(other, ()) for other in stands)
        for group in said
    )


def _order_agrees(pair: Pair) -> bool:
    """Two groups that both clauses name are named in the same order, but for "parents and staff" and the passive."""
    for part, clauses in pair.beside:
        if bool(AGENT.search(part)) != bool(AGENT.search(clauses[0])):
            continue
        said = _people_in(without_bodies(part, pair.bodies), pair.spoken)
        stands = _people_in(without_bodies(clauses[0], pair.bodies), pair.written)
        both = sorted(said.keys() & stands.keys(), key=lambda group: said[group].start())
        for one, other in pairwise(both):
            swapped = stands[one].start() > stands[other].start()
            if swapped and not _side_by_side(said[one], said[other], pair.spoken):
                return False
    return True


def _people_in(text: str, words: Words) -> dict[str, re.Match[str]]:
    """Each group that `text` names, where it does so first."""
    found = {group: words.groups[group].search(text) for group in sorted(PEOPLE & words.groups.keys())}
    return {group: match for group, match in found.items() if match}


def _side_by_side(one: re.Match[str], other: re.Match[str], words: Words) -> bool:
    """Is nothing but an "and" between them, and no number before them? Then they may change places."""
    before = " ".join(one.string[: one.start()].split()[-1:])
    between = one.string[one.end() : other.start()].partition(" ")[2]
    return AND.fullmatch(between) is not None and not words.numbers_in(f"{before} {between}")


def _sides_agree(pair: Pair) -> bool:
    """What is more than the other, or where something begins and ends, is so in the passage too."""
    for frame in FRAMES:
        said = frame.search(pair.said)
        if said and any(_crossed(said, stands) for stands in _framed(frame, pair.text)):
            return False
    return True


def _framed(frame: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    for start, end in sentence_spans(text):
        if found := frame.search(text, start, end):
            yield found


def _crossed(said: re.Match[str], stands: re.Match[str]) -> bool:
    """Do the words of both sides stand on the other side of the passage's frame, and more of them than on their own?"""
    one, other, first, second = (_stems(match[side]) for match in (said, stands) for side in ("one", "other"))
    crossed, straight = (one & second, other & first), (one & first, other & second)
    return all(crossed) and sum(map(len, crossed)) > sum(map(len, straight))


def _stems(text: str) -> set[str]:
    return {word.lower()[:STEM] for word in CONTENT.findall(text)}


def _sentence_of(clause: str, text: str) -> str:
    at = text.find(clause)
    return next((text[start:end] for start, end in sentence_spans(text) if start <= at < end), clause)

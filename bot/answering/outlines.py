"""The headings of a document, for those who ask which parts or themes it has."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from bot.answering.quotes import Quote
from bot.answering.selecting import Selection, Shape
from bot.retrieval.retriever import Found
from bot.schema import Document, Section
from bot.store.lexical import ngrams
from bot.store.snapshot import Snapshot

# Words for the parts of a text, in the languages people ask in.
PARTS = re.compile(
    r"""(?:afsnit|avsnitt|overskrift|rubrik|kapit[el]|kapitl|opdelt|inddelt|indelad|indelat|delt\ op|delt\ inn|uppdela
      |struktur|\btema(?:er|erne|ta|n)?\b|\bemne|\bämne|\bdele\b|\bdelar\b|\bdeler\b|består\ a[fv]
      |section|heading|chapter|\bparts?\b|themes?\b|topics?\b|divided|structured|outline|contents
      |abschnitt|überschrift|kapitel|gliedert|teile\b|themen
      |розділ|частин|заголов|теми\b|поділен
      |أقسام|قسم|عناوين|عنوان|فصول|أجزاء|محاور
      |rozdział|część|części|nagłówk|tematy|podzielon)""",
    re.IGNORECASE | re.VERBOSE,
)
# "How many districts is the municipality divided into?" asks for districts.
COUNTED = re.compile(r"\b(?:hvor mange|hur många|how many|wie viele|скільки|ile|كم)\s+\w+", re.IGNORECASE)
NUMBERS = {
    "to": 2, "två": 2, "two": 2, "zwei": 2, "dwa": 2, "dwie": 2, "два": 2, "дві": 2,
    "tre": 3, "three": 3, "drei": 3, "trzy": 3, "три": 3, "ثلاثة": 3, "الثلاث": 3, "الثلاثة": 3,
    "fire": 4, "fyra": 4, "four": 4, "vier": 4, "cztery": 4, "чотири": 4, "أربعة": 4, "الأربعة": 4,
    "fem": 5, "five": 5, "fünf": 5, "pięć": 5, "п'ять": 5, "خمسة": 5,
    "seks": 6, "sex": 6, "six": 6, "sechs": 6, "syv": 7, "sju": 7, "seven": 7, "sieben": 7,
    "otte": 8, "åtta": 8, "åtte": 8, "eight": 8, "acht": 8, "ni": 9, "nio": 9, "nine": 9, "neun": 9,
}  # fmt: skip
OPENING_CHARACTERS = 60
SHORTEST_OPENING = 24
"""The opening words beneath a heading end with their clause, if it is this long, or after so many characters."""
FEWEST_WORDS = 3
NEXT_LINE = re.compile(r"\s*(\w[^\n]*\S|\w)")
CLAUSE_END = re.compile(r"[,;:.!?](?=\s|$)")
TOP = 10
"""So many of the best passages tell which document is meant, where the question does not name it."""
WORD = re.compile(r"\w+(?:'\w+)?")


VALUES = re.compile(
    r"""(?:hvilke|hvad\ er|hva\ er|vilka|vad\ är|which|what|welche|was\ sind|які|ما\ هي|jakie|nævn|nämn|list)
        \W+(?:\w+\W+){0,4}?
        (?:værdier|værdierne|værdiord|verdier|verdiene|värden|värdena|värdeord|värdeorden|ledord|values|werte
        |wartości|цінності|القيم|قيم)\b""",
    re.IGNORECASE | re.VERBOSE,
)
VALUE_HEADING = re.compile(r"værdi|verdi|värde|value|ledord", re.IGNORECASE)
"""A document often gives one heading to each of its values, below a heading about them."""


def best_values(snapshot: Snapshot, found: Found, named: Sequence[str]) -> Selection | None:
    """The headings below a heading about values, for those who ask which values there are; else None.

    "Uddybning af værdigrundlaget / TROVÆRDIGHED / ENGAGEMENT / FÆLLESSKAB": the values are the three headings.
    """
    if not VALUES.search(found.query.text):
        return None
    document = snapshot.documents[_document(snapshot, found, named)]
    for parent in document.sections:
        below = [s for s in document.sections if s.path[:-1] == parent.path]
        if parent.level > 0 and len(below) > 1 and VALUE_HEADING.search(parent.title):
            quotes = [Quote(document.name, s.start, s.end, s.path[:-1], bullet=True) for s in below]
            return Selection(Shape.OUTLINE, tuple(quotes))
    return None


def asks_for_headings(question: str) -> bool:
    """Does the question have a word for the parts of a text?"""
    counted = COUNTED.search(question)
    if counted is not None and not PARTS.search(counted.group()):
        return False
    return bool(PARTS.search(question))


def best_outline(snapshot: Snapshot, found: Found, named: Sequence[str]) -> Selection | None:
    """The headings that the question asks for; None where the document has fewer than two.

    A number in the question ("hvilke tre overskrifter") chooses the level that has so many; where several have, the one
    below the heading that the question speaks of.
    """
    document = snapshot.documents[_document(snapshot, found, named)]
    levels = [level for level in _levels(document) if len(level) > 1]
    if not levels:
        return None
    wanted = next((NUMBERS[w] for w in (m.group().lower() for m in WORD.finditer(found.query.text)) if w in NUMBERS), 0)
    fitting = [level for level in levels if len(level) == wanted] or levels[:1]
    asked = set(ngrams(found.query.text))
    level = max(fitting, key=lambda level: _spoken_of(level, asked))
    return _headings(document, level)


def _headings(document: Document, sections: Sequence[Section]) -> Selection:
    return Selection(Shape.OUTLINE, tuple(_heading(document, section) for section in sections))


def _heading(document: Document, section: Section) -> Quote:
    """A heading; one of a single word ("Data"), which says little alone, with the opening words beneath it."""
    end, goes_on = section.end, False
    if len(WORD.findall(section.title)) == 1:
        end, goes_on = _opening(document, section)
    return Quote(document.name, section.start, end, section.path[:-1], bullet=True, goes_on=goes_on)


def _is_heading(document: Document, start: int) -> bool:
    return any(section.start == start for section in document.sections)


def _opening(document: Document, section: Section) -> tuple[int, bool]:
    """Where the opening words beneath a heading end, and whether their sentence goes on; the heading's own end where
    another heading follows it.
    """
    text = document.text
    line = NEXT_LINE.match(text, section.end)
    # A list of guide words says no more than the heading.
    if line is None or len(WORD.findall(line[1])) < FEWEST_WORDS or _is_heading(document, line.start(1)):
        return section.end, False
    begin, words = line.start(1), line[1]
    if len(words) <= OPENING_CHARACTERS:
        return begin + len(words), False
    clause = CLAUSE_END.search(words, SHORTEST_OPENING, OPENING_CHARACTERS)
    space = words.rfind(" ", 0, OPENING_CHARACTERS)
    length = clause.start() if clause else space if space > 0 else OPENING_CHARACTERS
    return begin + length, True


def _spoken_of(level: Sequence[Section], asked: set[str]) -> float:
    """The share of the parent heading's letters that the question has; 0 for headings without a parent."""
    parents = {section.path[:-1] for section in level}
    title = parents.pop()[-1:] if len(parents) == 1 else ()
    grams = set(ngrams(title[0])) if title else set()
    return len(grams & asked) / len(grams) if grams else 0.0


def _document(snapshot: Snapshot, found: Found, named: Sequence[str]) -> str:
    votes: dict[str, float] = defaultdict(float)
    for row, probability in zip(found.ranked.rows[:TOP].tolist(), found.ranked.probabilities[:TOP], strict=True):
        votes[snapshot.passages[row].place.document] += float(probability)
    candidates = [name for name in named if name in votes] or list(named) or list(votes)
    return max(candidates, key=lambda name: votes.get(name, 0.0))


def _levels(document: Document) -> list[list[Section]]:
    """Ways to list the headings, each heading text once: all, with the title, the outermost, and below each heading."""
    unique: dict[tuple[str, ...], Section] = {}
    for section in document.sections:
        if section.level > 0:
            unique.setdefault(section.path, section)
    sections = list(unique.values())
    titled = [s for s in document.sections[:1] if s.level == 0] + sections
    top = [s for s in sections if len(s.path) == 1]
    below = [[s for s in sections if s.path[:-1] == parent.path] for parent in sections]
    return [sections, titled, top, *below]

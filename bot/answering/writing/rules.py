"""What can be told from words: a statement and the passage it cites must agree in each of these.

Each rule takes a `Pair` and is True where the two agree. `said` is the statement without what it quotes, `whole` with
that. `near` are the clauses of the passage that account for the statement best, `beside` tells which of them for each
of its own clauses, the best one first; `sentences` are those they stand in; `text` is the whole passage, `around` the
headings, lead-in, title and publisher above it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bot.answering.writing.completeness import is_whole
from bot.answering.writing.roles import roles_agree, without_bodies
from bot.answering.writing.words import OPPOSITES, WORD, Words, licensed

CAPITALISED = re.compile(r"(?<=[\w,;:’'”\"–-] )(?:[A-ZÆØÅÄÖ][\w’'-]+)")
ACRONYM = re.compile(r"\b[A-ZÆØÅÄÖ]{2,}\b")
FIRST_WORD = re.compile(r"\W*([A-ZÆØÅÄÖ][\w-]+)")
ENDINGS = re.compile(r"(?:['’]?s|en|et|ens|ets)$")
PURPOSE = re.compile(
    r"\b(?:så(?: att?)?|for at|för att|so(?: that)?|hvor|where|där)(?: \w+){0,4}? (?:kan|kunne|kunna|can|could|may)\b",
    re.IGNORECASE,
)
"""A "can" that tells what something is for, and not how binding it is."""
PURPOSE_WRITTEN = re.compile(r"\b(?:for (?:at|hermed at)|för att|så att?|so that|in order to)\b", re.IGNORECASE)
MUNICIPALITY = re.compile(r"\b([A-ZÆØÅÄÖ][\w-]+) [Kk]ommun|\b([A-ZÆØÅÄÖ][\w-]+) [Mm]unicipal")
TOO_OFTEN = 4
"""So often no sentence has the same word, unless it is grammar."""
TIMES = frozenset({"day", "week", "month", "year"})
"""Groups of words.toml that are no people: a time that the passage does not speak of was made up."""
SHORT_NAME = 3
"""So short a first word is hardly a name: "It" is not "IT"."""
NO_NAMES = frozenset("i danish swedish english nordic denmark sweden der det".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Pair:
    """A statement (`said`, in the language `spoken`) and the passages it cites (`written` in theirs)."""

    said: str
    whole: str
    spoken: Words
    text: str
    around: str
    near: str
    beside: tuple[tuple[str, tuple[str, ...]], ...]
    sentences: str
    written: Words
    bodies: tuple[str, ...]
    """Who published the passage, by every name."""
    names: frozenset[str]
    """Names that the documents know, in lower case."""


def numbers_agree(pair: Pair) -> bool:
    """Every number of the statement stands in the passage or above it."""
    return pair.spoken.numbers_in(pair.said) <= pair.written.numbers_in(f"{pair.text} {pair.around}")


def negations_agree(pair: Pair) -> bool:
    """Both deny, or neither does, clause by clause; a softer denial ("less", "rather than") goes with either."""
    if pair.written.has("negation", pair.whole.lower()) and pair.whole != pair.said:
        return True  # the denial stands in the words that are quoted
    return all(_clauses_agree(pair, part.lower(), clauses) for part, clauses in pair.beside)


def _clauses_agree(pair: Pair, part: str, clauses: Sequence[str]) -> bool:
    denied = [pair.written.has("negation", clause.lower()) for clause in clauses]
    if pair.spoken.has("negation", part):
        return any(denied) or (pair.written.has("soft", clauses[0].lower()) and not pair.spoken.has("soft", part))
    return not any(denied) or pair.spoken.has("soft", part) or _differs(pair)


def _differs(pair: Pair) -> bool:
    return pair.spoken.opposites["different"].search(pair.said) is not None


def opposites_agree(pair: Pair) -> bool:
    """The statement does not say "easy" where the passage says "hard"."""
    said, text = pair.said.lower(), pair.text.lower()
    denied = pair.spoken.has("negation", said) or pair.written.has("negation", text)
    for one, other in (*OPPOSITES, *(pair[::-1] for pair in OPPOSITES)):
        claims = pair.spoken.opposites[one].search(said) and not pair.spoken.opposites[other].search(said)
        stands = pair.written.opposites[other].search(text) and not pair.written.opposites[one].search(text)
        if claims and stands and not denied:
            return False
    return True


def modals_agree(pair: Pair) -> bool:
    """What must be, should be, can be or is aimed at is so in the passage too; an aim is not told as a fact."""
    said, near = pair.said.lower(), pair.sentences.lower()
    spoken, written = pair.spoken, pair.written
    hedged = written.has("hedge", near)
    bound = written.has("must", near) or written.has("is_to", near)
    aimed = written.has("aim", f"{near} {pair.around.lower()}") and not hedged
    if spoken.has("must", said) and not bound:
        return False
    # "Skal" tells a purpose too: what is an aim is to be so.
    if spoken.has("is_to", said) and not (bound or aimed):
        return False
    if spoken.has("should", said) and not written.has("should", near):
        return False
    able = written.has("can", pair.near.lower()) or (written.has("can", near) and not bound)
    if spoken.has("may", PURPOSE.sub(" ", said)) and not able:
        return False
    told = any(spoken.has(name, pair.whole.lower()) for name in ("aim", "hedge", "may", "should", "will"))
    told = told or written.has("hedge", pair.whole.lower())
    if hedged and not told:
        return False
    meant = hedged or bound or aimed or written.has("will", near)
    return not spoken.has("hedge", said) or meant or PURPOSE_WRITTEN.search(near) is not None


def limits_agree(pair: Pair) -> bool:
    """ "Only" and "always" are not added."""
    said, text = pair.said.lower(), pair.text.lower()
    if pair.spoken.has("only", said) and not pair.written.has("only", text):
        return False
    return not pair.spoken.has("always", said) or pair.written.has("ongoing", text)


def groups_agree(pair: Pair) -> bool:
    """Every group of people that the statement names is named by the passage, or one that may stand for it."""
    inside = pair.written.groups_in(without_bodies(pair.text, pair.bodies))
    found = inside | (pair.written.groups_in(pair.around) - {"we"})
    named = pair.spoken.groups_in(without_bodies(pair.said, pair.bodies)) - {"we"}
    if "staff" in named and not named & inside and inside - {"we", "professional"} - TIMES:
        return False  # "we" may be the staff, but not in the place of whom the passage names
    return all(group in found or licensed().get(group, frozenset()) & found for group in named)


def speaker_agrees(pair: Pair) -> bool:
    """Nobody says "I" or "our" who does not say so in the passage: a model that does tells of somebody it made up."""
    text = f"{pair.text} {pair.around}"
    return all(pair.written.has(who, text) or not pair.spoken.has(who, pair.said) for who in ("me", "we"))


def says_nothing_again(pair: Pair) -> bool:
    """No word stands so often that a model must have lost its thread, unless the passage has it as often."""
    said, stands = (Counter(word.lower() for word in WORD.findall(text)) for text in (pair.said, pair.text))
    return all(count < TOO_OFTEN or count <= stands[word] for word, count in said.items() if len(word) > SHORT_NAME)


def names_agree(pair: Pair) -> bool:
    """Every name stands in the passage or above it."""
    known = {_stem(word) for word in re.findall(r"[\w-]+", f"{pair.text} {pair.around}")}
    wanted = set(CAPITALISED.findall(pair.said)) | set(ACRONYM.findall(pair.said))
    first = FIRST_WORD.match(pair.said)
    if (
        first
        and (len(first[1]) > SHORT_NAME or first[1].isupper())
        and (first[1].lower() in pair.names or _stem(first[1]) in pair.names)
    ):
        wanted.add(first[1])
    wanted |= {name for match in MUNICIPALITY.finditer(pair.said) for name in match.groups() if name}
    grouped = [match.group() for pattern in pair.spoken.groups.values() for match in pattern.finditer(pair.said)]
    for name in wanted:
        stem = _stem(name)
        if pair.spoken.numbers_in(name):
            continue  # a month or a day of the week: the rule for numbers looks at these
        if stem in known or stem in NO_NAMES or any(name.lower() in part.lower() for part in grouped):
            continue
        if stem not in pair.names and any(
            word.startswith(stem) or stem.startswith(word) for word in known if min(len(word), len(stem)) > SHORT_NAME
        ):
            continue
        if stem not in pair.names and pair.spoken.groups_in(name):
            continue  # the rule for groups looks at these
        return False
    return True


def _stem(word: str) -> str:
    return ENDINGS.sub("", word.lower())


RULES: Mapping[str, Callable[[Pair], bool]] = MappingProxyType(
    {
        "number": numbers_agree,
        "name": names_agree,
        "group": groups_agree,
        "speaker": speaker_agrees,
        "negation": negations_agree,
        "opposite": opposites_agree,
        "modal": modals_agree,
        "limit": limits_agree,
        "unfinished": is_whole,
        "repeated": says_nothing_again,
        "role": roles_agree,
    }
)


def known_names(texts: Sequence[str], bodies: Sequence[str] = ()) -> frozenset[str]:
    """Words that the documents, or the `bodies` behind them, write with a capital inside a sentence, and the documents
    never without: in lower case.
    """
    capitals = {_stem(word) for text in texts for word in CAPITALISED.findall(text)}
    capitals |= {_stem(word) for body in bodies for word in CAPITALISED.findall(f", {body}")}
    small = {word.lower() for text in texts for word in WORD.findall(text) if word.islower()}
    return frozenset(name for name in capitals if name not in small)

"""The rare term that a question is about, and whether the documents explain it or only name it.

"Hvad er Herningmodellen?" comes near every passage that names the model; no similarity tells naming from explaining.
"""

from __future__ import annotations

import re

from bot.schema import Hit
from bot.store.lexical import fold, stems, words
from bot.store.snapshot import Snapshot

LONG_WORD = 10
"""A word so long is a matter of its own ("forandringsmodellen"); a shorter one must be a name in the documents."""
RARE_PASSAGES = 3
RARE_SHARE = 0.01
"""A word in at most this many passages, or this share of them, tells where its matter is mentioned."""
SHORTEST_STEM = 4
ENDING = 3
"""A term may end in so many other letters in the documents: "Herningmodellens"."""
FIRST_WORDS = 1
"""A sentence with the term after at most so many words ("Vores fredagsmøde ...") is about it."""

# "Hvad er ...", "what does ... mean": questions for what something is, in the languages people ask in.
ASKS_MEANING = re.compile(
    r"""^\W*(?:
        hvad\ (?:er|vil\ det\ sige|betyder|dækker|står|går|indebærer|forstås|forstår|mener|menes|handler)\b
      | hva\ (?:er|betyr|innebærer|menes|mener|står|går|handler)\b
      | vad\ (?:är|betyder|innebär|menas|menar|står|går|handlar)\b
      | forklar\b | förklara\b | explain\b | define\b | erkl[äæ]r\w* | wyjaśnij\b | поясніть\b | поясни\b | اشرح
      | what(?:'s|\ is|\ are|\ does|\ do)\b
      | was\ (?:ist|sind|bedeutet|heißt|versteht|meint)\b
      | що\ (?:таке|означає|значить|являє|мається)\b | что\ (?:такое|означает|значит)\b
      | ما\ (?:هو|هي|معنى|المقصود)\b | ماذا\ (?:يعني|تعني|يقصد)\b
      | (?:co|czym)\ (?:to|jest|są|oznacza|znaczy)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# What follows a term that a sentence explains: "ART er ...", "Berika innebär ...", "Inklusion: ..."; but not "ART er en
# af grundstenene".
EXPLAINS = re.compile(
    r"""^["”»“)]?(?:
        \s*[:–—-]\s
      | \ (?:\w+\ ){0,2}?(?:er|är|betyder|betyr|dækker|omfatter|omfattar|indebærer|innebär|innebærer|handler|handlar
          |består|står\ for|står\ för|vil\ sige|forstås|menes|menas|bygger|kan\ beskrives|beskrives|beskrivs|definer\w+
          |is|are|means|stands\ for)\b
          (?!\ (?:nogle|nogen|noen|några|one|some|part|en|et|ett|én|ét|en\ del)\ (?:af|av|of)\b)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# What stands before one: "ved inklusion forstår vi", "det kalder vi ...".
LEADS_TO = re.compile(
    r"""(?:\b(?:ved|med|by)\s+(?:begrebet\s+|begreppet\s+|termen\s+)?
         |\b(?:kaldes|kalder|kallas|kallar|kalles|called|benævnes|benämns)\s+(?:vi\s+|for\s+|det\s+)?)["”»“]?$""",
    re.IGNORECASE | re.VERBOSE,
)
SENTENCE_END = re.compile(r"[.!?:]\s+|\n")
WORD = re.compile(r"\w+")


def mentioned(snapshot: Snapshot, question: str) -> tuple[str, tuple[Hit, ...]]:
    """The rarest name or long word of the question that the documents have, and the passages that have it.

    "Hvad går Herningmodellen ud på?" is not answered, but the model is named in one passage: that is worth saying.
    Empty where no such word is found.
    """
    index = snapshot.lexical["stems"]
    most = max(RARE_PASSAGES, int(RARE_SHARE * len(snapshot.passages)))
    best: tuple[str, list[int]] = ("", [])
    for word in words(question):
        found = stems(word)
        if any(index.count_with(stem) > most for stem in found):
            continue
        rows = sorted({row for stem in found for row in index.rows_with(stem)})
        rarer = 0 < len(rows) <= most and (not best[1] or (len(rows), -len(word)) < (len(best[1]), -len(best[0])))
        # Looked at last: it reads the passages.
        if rarer and (len(word) >= LONG_WORD or any(_is_name(word, snapshot.passages[row].text) for row in rows)):
            best = (word, rows)
    written = (m.group() for m in WORD.finditer(question) if m.group().lower() == best[0])
    return next(written, best[0]), tuple(Hit(snapshot.passages[row], 0.0) for row in best[1])


def only_named(snapshot: Snapshot, question: str) -> float:
    """1 for a question after the meaning of a rare term that no passage explains, but that some name; else 0."""
    if ASKS_MEANING.match(question) is None:
        return 0.0
    term, hits = mentioned(snapshot, question)
    if not term:
        return 0.0
    stem = fold(term.lower())
    stem = stem[: max(SHORTEST_STEM, len(stem) - ENDING)]
    explained = any(_heads(stem, hit.passage.place.section) or _explains(stem, hit.passage.text) for hit in hits)
    return 0.0 if explained else 1.0


def _heads(stem: str, section: tuple[str, ...]) -> bool:
    """Does the nearest heading have the term?"""
    return bool(section) and any(fold(word).startswith(stem) for word in words(section[-1]))


def _explains(stem: str, text: str) -> bool:
    """Does a sentence of the text say what the term is, or begin with it?"""
    for match in WORD.finditer(text):
        if not fold(match.group().lower()).startswith(stem):
            continue
        before, after = text[: match.start()], text[match.end() :]
        if EXPLAINS.match(after) or LEADS_TO.search(before):
            return True
        if len(WORD.findall(SENTENCE_END.split(before)[-1])) <= FIRST_WORDS:
            return True
    return False


def _is_name(word: str, text: str) -> bool:
    """Does a text have the word with a capital letter inside a sentence, and never with a small one?"""
    found = re.finditer(rf"\b{re.escape(word)}\w{{0,2}}\b", text, re.IGNORECASE)
    inside = [m for m in found if text[: m.start()].rstrip()[-1:] not in {"", ".", "!", "?", ":"}]
    return bool(inside) and all(m.group()[0].isupper() for m in inside)

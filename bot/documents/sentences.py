"""Sentence boundaries of Danish, Swedish and English prose, as offsets."""

from __future__ import annotations

import re

# Abbreviations after which a full stop does not end a sentence, without the dot, lower case.
ABBREVIATIONS = frozenset(
    [
        "bl.a",
        "bl.a.",
        "bla",
        "ca",
        "dvs",
        "d.v.s",
        "evt",
        "fx",
        "f.eks",
        "feks",
        "t.ex",
        "tex",
        "p.g.a",
        "pga",
        "m.m",
        "mm",
        "m.fl",
        "mfl",
        "m.v",
        "mv",
        "jf",
        "jvf",
        "nr",
        "pkt",
        "stk",
        "kap",
        "inkl",
        "ekskl",
        "eks",
        "hhv",
        "h.h.v",
        "ift",
        "if.m",
        "f.o.m",
        "t.o.m",
        "tom",
        "fom",
        "o.s.v",
        "osv",
        "o.l",
        "ol",
        "o.lign",
        "s.k",
        "sk",
        "resp",
        "s",
        "sid",
        "afs",
        "dr",
        "hr",
        "fr",
        "kl",
        "tlf",
        "tel",
        "maks",
        "max",
        "min",
        "bl",
        "vedr",
        "iht",
        "i.h.t",
        "mht",
        "m.h.t",
        "såk",
        "såkaldt",
        "str",
        "e.g",
        "i.e",
        "etc",
        "vs",
        "no",
    ]
)
# A short line that ends in one of these goes on in the list below it.
OPEN_ENDS = frozenset(
    "at att som ved med for för til till är er om og och å that to by".split()  # noqa: SIM905
)
# A closing mark may stand apart ("fællesskab. ”"): an opening one is not followed by white space. The look behind and
# the possessive repeats keep a million dots from being tried a million times.
BOUNDARY = re.compile(r"(?<![.!?…])[.!?…]++[\"”“»')\]]*+(?:\s+[\"”“»«')\]]+(?=\s|$))?(?=\s|$)")
OPENS = re.compile(r"\s+[\"”“»«('\[–—-]*\s*(\S)")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Offsets (start, end) of the sentences of `text[start:end]`, without surrounding white space.

    A full stop ends a sentence when it is not part of an abbreviation or number and what follows does not begin
    with a small letter. The spans are in order, do not overlap, and cover every character that is not white space.
    """
    end = len(text) if end is None else end
    spans, at = [], start
    for match in BOUNDARY.finditer(text, start, end):
        if not _ends_sentence(text, match.start(), match.end(), end):
            continue
        spans.append((at, match.end()))
        at = match.end()
    spans.append((at, end))
    return [stripped for span in spans if (stripped := strip_span(text, *span))]


def strip_span(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without white space at either end, or None when nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def ends_with_abbreviation(text: str) -> bool:
    """Does `text` end in an abbreviation's full stop, such as "bl.a."?"""
    words = text.rstrip(')"”').rsplit(None, 1)
    return bool(words) and words[-1].endswith(".") and words[-1].lower().strip('("”.') in ABBREVIATIONS


def has_open_end(text: str) -> bool:
    """Does a line end in a word that asks for more, such as "at"?"""
    words = text.rstrip(":,… ").rsplit(None, 1)
    return bool(words) and words[-1].lower() in OPEN_ENDS


def _ends_sentence(text: str, stop: int, after: int, end: int) -> bool:
    following = OPENS.match(text, after, end)
    if following is None:
        return True
    if following.group(1).islower():
        return False
    if text[stop] != ".":
        return True
    line = text[max(0, stop - 20) : stop + 1]
    word = line.rsplit(None, 1)[-1] if line.split() else ""
    if ends_with_abbreviation(word):
        return False
    # "1. " at the start of a line numbers what follows; it is no sentence.
    return not (word[:-1].isdigit() and (text.rfind("\n", 0, stop) + len(word)) == stop)

"""A passage as a reference to paste: plain text, Markdown, APA, BibTeX or RIS."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

from bot.schema import Document
from bot.web.outline import Cut
from bot.web.sources import shown_path

UNDATED = "n.d."
ON_PAGE = "p. {n}"
TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
TEX |= {character: f"\\{character}" for character in "{}%#&_$"}
FOLDED = str.maketrans("æøåÆØÅ", "aoaAOA")


@dataclass(frozen=True, slots=True)
class Reference:
    """What is known of a quoted passage.

    `undated` and `on_page` are how its reader's language says that there is no date, and on which page it stands.
    """

    title: str
    publisher: str | None
    section: tuple[str, ...]
    quote: str
    language: str
    link: str
    undated: str = UNDATED
    adopted: str | None = None
    """The date, as exact as it is known: "2013", "2013-05" or "2013-05-28"."""
    page: int | None = None
    """The page that the quote begins on, from 1, where the format has pages."""
    on_page: str = ON_PAGE

    @property
    def paged(self) -> str:
        """The page in words, empty where there is none."""
        return "" if self.page is None else self.on_page.format(n=self.page)

    @property
    def place(self) -> str:
        """The section's path on one line."""
        return " › ".join(self.section)


def reference_to(document: Document, cut: Cut, page: str, undated: str = UNDATED, on_page: str = ON_PAGE) -> Reference:
    """The reference to a stretch of a document; `page` is the address of the page that opens it."""
    before = [block for block in document.blocks if block.start <= cut.start]
    above = [block.section for block in before if block.section is not None]
    path = document.sections[above[-1]].path if above else ()
    link = f"{page}?{urlencode({'document': document.name, 'at': f'{cut.start}-{cut.end}'})}"
    return Reference(
        title=document.title,
        publisher=document.publisher,
        section=shown_path(document.title, path),
        quote=" ".join(document.quote(cut.start, cut.end).split()),
        language=document.language,
        link=link,
        undated=undated,
        adopted=document.adopted,
        page=before[-1].page if before else None,
        on_page=on_page,
    )


def _plain(reference: Reference) -> str:
    publisher = ", ".join(filter(None, (reference.publisher, reference.adopted)))
    source = ". ".join(filter(None, (reference.title, reference.place, publisher, reference.paged)))
    return f"“{reference.quote}”\n{source}.\n{reference.link}"


def _markdown(reference: Reference) -> str:
    where = " › ".join((reference.title, *reference.section))
    known = "".join(
        f", {_bare_markdown(part)}" for part in (reference.publisher, reference.adopted, reference.paged) if part
    )
    return f"> {_bare_markdown(reference.quote)}\n>\n> — [{_bare_markdown(where)}]({reference.link}){known}"


def _apa(reference: Reference) -> str:
    section = f" [{reference.place}]" if reference.section else ""
    section += f" ({reference.paged})" if reference.paged else ""
    year = reference.adopted[:4] if reference.adopted else reference.undated
    if reference.publisher:
        return f"{reference.publisher}. ({year}). {reference.title}{section}. {reference.link}"
    return f"{reference.title}{section}. ({year}). {reference.link}"


def _bibtex(reference: Reference) -> str:
    author = f"  author = {{{{{_tex(reference.publisher)}}}}},\n" if reference.publisher else ""
    dated = f"  date = {{{reference.adopted}}},\n  year = {{{reference.adopted[:4]}}},\n" if reference.adopted else ""
    place = f"{_tex(reference.place)}. " if reference.section else ""
    paged = f"  pages = {{{reference.page}}},\n" if reference.page is not None else ""
    return (
        f"@misc{{{_key(reference)},\n{author}"
        f"  title = {{{{{_tex(reference.title)}}}}},\n{dated}"
        f"  note = {{{place}``{_tex(reference.quote)}''}},\n{paged}"
        f"  language = {{{reference.language}}},\n"
        f"  url = {{{reference.link}}}\n}}"
    )


def _ris(reference: Reference) -> str:
    fields = [
        ("TY", "GEN"),
        ("AU", reference.publisher),
        ("TI", reference.title),
        ("PY", (reference.adopted or "")[:4]),
        ("DA", (reference.adopted or "").replace("-", "/")),
        ("SE", reference.place),
        ("SP", "" if reference.page is None else str(reference.page)),
        ("N1", reference.quote),
        ("LA", reference.language),
        ("UR", reference.link),
    ]
    # A value may not break its line: the next one would be read as a field.
    return "\n".join(f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value) + "\nER  - "


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write references, and how a file of them ends."""

    write: Callable[[Reference], str]
    suffix: str


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "text": Format(_plain, "txt"),
        "markdown": Format(_markdown, "md"),
        "apa": Format(_apa, "txt"),
        "bibtex": Format(_bibtex, "bib"),
        "ris": Format(_ris, "ris"),
    }
)


def write_references(references: Sequence[Reference], name: str) -> str:
    """The references in the format called `name`, ended by a line break. Raises KeyError for an unknown format."""
    gap = "\n" if name == "ris" else "\n\n"
    return gap.join(FORMATS[name].write(reference) for reference in references) + "\n"


def _bare_markdown(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", text)


def _tex(text: str | None) -> str:
    return "".join(TEX.get(character, character) for character in text or "")


def _key(reference: Reference) -> str:
    """An ASCII key: the first words of the title and where the quote begins."""
    folded = unicodedata.normalize("NFKD", reference.title.translate(FOLDED))
    ascii_title = folded.encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_title.lower())[:3]
    start = reference.link.rpartition("at=")[2].partition("-")[0]
    return "-".join([*words, start])

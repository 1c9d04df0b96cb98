"""The views beside the conversation, drawn from the documents: Find, Read and About."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from bot.schema import Document
from bot.web.finding import FOUND_AT_ONCE, Found, filter_choices
from bot.web.keeping import NOTHING, Keeping
from bot.web.principles import topics
from bot.web.protocol import Assistant
from bot.web.references import FORMATS
from bot.web.render import templates
from bot.web.sources import shown_path
from bot.web.standing import contacts, standing


def render_find(assistant: Assistant) -> str:
    """The search form with its filters."""
    documents = list(assistant.documents.values())
    choices = filter_choices(assistant.documents)
    return templates().get_template("find.html").render(documents=documents, choices=choices, formats=FORMATS)


def render_found(found: Sequence[Found]) -> str:
    """The passages found, the first few of them in sight."""
    return templates().get_template("found.html").render(found=found, at_once=FOUND_AT_ONCE)


def render_read(assistant: Assistant) -> str:
    """The documents with their contents, and the index of principles."""
    shelf = [(document, _headings(document), topics(document)) for document in assistant.documents.values()]
    return templates().get_template("read.html").render(shelf=shelf)


def render_about(assistant: Assistant, keeping: Keeping = NOTHING) -> str:
    """What the bot is, what it knows, and what it keeps."""
    documents = assistant.documents
    rows = [(document, standing(document, documents)) for document in documents.values()]
    asked = contacts(documents.values())
    template = templates().get_template("about.html")
    names = {"index": assistant.snapshot_id, "model": assistant.model_name}
    writing = {"writing": _writing(assistant), "host": assistant.sent_to}
    return template.render(rows=rows, contacts=asked, keeping=keeping, **writing, **names)


def _writing(assistant: Assistant) -> str:
    """The text that says where questions go to be answered."""
    if not assistant.writes:
        return "about_writing_none"
    return "about_writing_away" if assistant.sent_to else "about_writing_here"


VIEWS: Mapping[str, Callable[[Assistant], str]] = MappingProxyType(
    {"find": render_find, "read": render_read, "about": render_about}
)


def _headings(document: Document) -> list[tuple[str, int, str]]:
    """Title, level and place of each section, without the one that repeats the document's title."""
    found = []
    for section in document.sections:
        title = shown_path(document.title, section.path[-1:])
        heading = next((b for b in document.blocks if section.start <= b.start and b.kind == "heading"), None)
        if title and heading:
            found.append((title[0], section.level, f"{heading.start}-{heading.end}"))
    return found

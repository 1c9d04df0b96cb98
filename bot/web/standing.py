"""Whether a document is in force, and whom to ask about it, as far as the catalogue knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.schema import Document

MAIL = re.compile(r"[^@\s<>\"?&]+@[^@\s<>\"?&]+\.[a-z]{2,}", re.IGNORECASE)
PHONE = re.compile(r"\+?[\d ]{8,20}")
WEB = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Standing:
    """Why a document is not simply in force: the text of the page that says so, and what that is filled in with.

    `name` is the document that took its place, if it is here.
    """

    text: str
    values: Mapping[str, str]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask; `link` is empty where the words are no address. `documents` are what to ask about."""

    words: str
    link: str
    documents: tuple[Document, ...]


def standing(document: Document, documents: Mapping[str, Document], today: date | None = None) -> Standing | None:
    """What is to be said of a document that is replaced, out of force or not yet in force; None of any other."""
    now = today or date.today()
    if document.replaced_by:
        follower = documents.get(document.replaced_by)
        title = follower.title if follower else document.replaced_by
        return Standing("standing_replaced", {"by": title}, follower.name if follower else "")
    if document.valid_until and document.valid_until < now:
        return Standing("standing_ended", {"until": document.valid_until.isoformat()})
    if document.valid_from and document.valid_from > now:
        return Standing("standing_later", {"from": document.valid_from.isoformat()})
    return None


def contacts(documents: Iterable[Document]) -> list[Contact]:
    """Whom to ask about some documents, each once."""
    found: dict[str, dict[str, Document]] = {}
    for document in documents:
        if document.contact:
            found.setdefault(document.contact, {})[document.name] = document
    return [Contact(words, contact_link(words), tuple(named.values())) for words, named in found.items()]


def contact_link(words: str) -> str:
    """The address that a contact can be reached at: mailto:, tel: or its own web address; empty for plain words."""
    if MAIL.fullmatch(words):
        return f"mailto:{words}"
    if PHONE.fullmatch(words):
        return f"tel:{words.replace(' ', '')}"
    return words if WEB.fullmatch(words) else ""

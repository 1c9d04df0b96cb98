"""What an answer says of a document that is replaced, out of force or not yet in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.answering.phrases import escape, phrase
from bot.schema import Document


def standing_of(language: str, document: Document, documents: Mapping[str, Document], today: date) -> str:
    """ "gjaldt til 31.12.2024", in the language of the answer; empty for a document that is in force."""
    if document.is_in_force(today):
        return ""
    form = phrase(language, "day")
    if document.replaced_by:
        follower = documents.get(document.replaced_by)
        return phrase(language, "replaced", by=escape(follower.title if follower else document.replaced_by))
    if document.valid_until is not None and document.valid_until < today:
        return phrase(language, "ended", day=document.valid_until.strftime(form))
    assert document.valid_from is not None  # noqa: S101 - nothing else keeps a document from being in force
    return phrase(language, "begins", day=document.valid_from.strftime(form))

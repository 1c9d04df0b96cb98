"""Who may see which document: the part of a corpus that is for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.documents.corpus import Corpus
from bot.schema import BankQuestion, Document

STAFF = "staff"


def public_part(corpus: Corpus) -> Corpus:
    """The corpus as if the documents for staff were not there: nothing in it names them.

    It is indexed on its own. What is filtered out of one index for everybody would still be there in counts,
    scores and orders.
    """
    secret = [document for document in corpus.documents if document.audience == STAFF]
    names = {name.casefold() for document in secret for name in (document.name, document.title, *document.also_called)}
    documents = tuple(_without(document, names) for document in corpus.documents if document.audience != STAFF)
    hashes = {document.name: corpus.hashes[document.name] for document in documents}
    readings = {document.name: corpus.readings[document.name] for document in documents}
    return Corpus(documents, hashes, (), readings)


def public_questions(questions: Sequence[BankQuestion], corpus: Corpus) -> tuple[BankQuestion, ...]:
    """The bank's questions but for those written for a document for staff: they tell what stands in it.

    They are not looked for elsewhere either, even where another document has the same sentence.
    """
    secret = {document.name for document in corpus.documents if document.audience == STAFF}
    return tuple(question for question in questions if question.document not in secret)


def _without(document: Document, names: set[str]) -> Document:
    """A document that does not say that one of `names` took its place."""
    if document.replaced_by is None or document.replaced_by.casefold() not in names:
        return document
    return replace(document, replaced_by=None)

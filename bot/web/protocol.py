"""What the pages ask of the core: one object that knows the documents and answers questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from bot.schema import Answer, Document, Hit, PassageNote


class Assistant(Protocol):
    """The core as the pages see it; `bot.answering` provides it, tests provide a small one."""

    def now(self) -> Assistant:
        """The assistant over one snapshot, for work of several steps: its documents and answers belong together."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents by name, in the order in which they are listed."""

    def source_hash(self, name: str) -> str | None:
        """The SHA-256 of the file that a document was read from; None where there is no such document."""

    def notes_on(self, document: str) -> list[tuple[int, PassageNote]]:
        """The notes in plain words on a document, each with the offset that its passage begins at."""

    @property
    def snapshot_id(self) -> str:
        """The id of the index that answers come from."""

    @property
    def vectors_up(self) -> bool:
        """Were vectors found where they are meant to be, such as in Chroma's server?"""

    @property
    def model_name(self) -> str:
        """The name of the encoder, and of the chat model if there is one."""

    def ask(self, question: str, history: Sequence[str] = (), *, expected: str | None = None) -> Answer:
        """The answer to a question; `history` holds the asker's earlier questions, oldest first.

        `expected` is the page's language: it decides where the question does not tell its own.
        """

    @property
    def writes(self) -> bool:
        """Does a chat model write the answers?"""

    @property
    def sent_to(self) -> str:
        """The host that questions and passages are sent to for that, "" if they stay here."""

    def ask_growing(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        expected: str | None = None,
        reader: str | None = None,
    ) -> Iterator[Answer]:
        """The answer as it grows, worded for a `reader` (short, plain, thorough); the last one is all of it."""

    def search(self, words: str, *, document: str | None = None, language: str | None = None, k: int = 10) -> list[Hit]:
        """The passages nearest to some words, best first."""

    def suggestions(self, language: str, reader: str | None = None) -> list[str]:
        """Questions to begin with, in `language`, for a kind of reader or for anyone."""

    def related(self, answer: Answer, language: str, asked: Sequence[str] = ()) -> list[str]:
        """Questions to go on with after an answer, in `language`, without those that were `asked`."""

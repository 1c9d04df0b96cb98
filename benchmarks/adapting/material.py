"""What is learned from and what it is checked on, carried through the encoder's lower layers once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer

from bot.documents.corpus import read_corpus
from bot.documents.passages import context_of, passages_of, squeeze
from bot.evaluation.scoring import letters_of
from bot.schema import Passage
from bot.settings import ROOT

from .layers import Text

BATCH = 16
SHORTEST_PIECE = 6
PAGE_CHARACTERS = 500
"""SweQUAD's pages are cut into parts of about this length; a page counts by its best part."""
WITH_SPANS = {"text": {"return_offsets_mapping": True, "return_special_tokens_mask": True}}


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """Questions and passages; `right[q]` are the passages (or pages) that answer question q.

    `page[p]` is the page that passage p is part of, where pages are to be found.
    """

    name: str
    questions: list[Text]
    passages: list[Text]
    right: list[frozenset[int]]
    page: list[int] | None = None


class LowerLayers:
    """Everything below the layers that are changed."""

    def __init__(self, folder: Path, first: int) -> None:
        self._model = SentenceTransformer(str(folder), local_files_only=True)
        self._first = first

    def questions(self, texts: Sequence[str]) -> list[Text]:
        """Questions, with the prompt for questions."""
        return self._run(texts, self._model.prompts["query"])

    def passages(self, texts: Sequence[str]) -> list[Text]:
        """Passages, with the prompt for passages."""
        return self._run(texts, self._model.prompts["document"])

    @torch.inference_mode()
    def _run(self, texts: Sequence[str], prompt: str) -> list[Text]:
        order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
        found: dict[int, Text] = {}
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            inputs = self._model.preprocess([texts[n] for n in batch], prompt=prompt, processing_kwargs=WITH_SPANS)
            kept = (inputs["special_tokens_mask"] == 0) & (inputs["offset_mapping"][:, :, 1] > len(prompt))
            lengths = inputs["attention_mask"].sum(dim=1).tolist()
            output = self._model[0].auto_model(
                input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], output_hidden_states=True
            )
            hidden = output.hidden_states[self._first]
            for row, (number, size) in enumerate(zip(batch, lengths, strict=True)):
                found[number] = Text(hidden[row, :size].half().clone(), kept[row, :size].clone())
        return [found[number] for number in range(len(texts))]


def corpus(
    name: str, folder: Path, questions: Iterable[tuple[str, list[tuple[str, str]]]], lower: LowerLayers
) -> Collection:
    """A folder of documents with (question, evidence as (document, quote)); those without evidence are left out."""
    passages = passages_of(read_corpus(folder).documents)
    texts = [letters_of(passage.text) for passage in passages]
    asked, right = [], []
    for question, evidence in questions:
        rows = frozenset(row for document, quote in evidence for row in _rows(passages, texts, document, quote))
        if rows:
            asked.append(question)
            right.append(rows)
    return Collection(
        name, lower.questions(asked), lower.passages([context_of(p) + squeeze(p.text) for p in passages]), right
    )


def _rows(passages: Sequence[Passage], texts: Sequence[str], document: str, quote: str) -> Iterable[int]:
    wanted = letters_of(quote)
    for row, (passage, text) in enumerate(zip(passages, texts, strict=True)):
        if any(place.document == document for place in passage.places) and (
            wanted in text or (text in wanted and len(text) >= SHORTEST_PIECE)
        ):
            yield row


def training(name: str, lower: LowerLayers) -> Collection:
    """One of the training corpora."""
    folder = ROOT / "benchmarks" / "training" / name
    lines = (line for line in _lines(folder / "gold.jsonl") if line["style"] != "follow")
    questions = ((line["question"], [(line["document"], quote) for quote in line["quotes"]]) for line in lines)
    return corpus(name, folder, questions, lower)


def gold(name: str, folder: Path, path: Path, lower: LowerLayers) -> Collection:
    """Gold questions that stand alone."""
    lines = (line for line in _lines(path) if not line.get("history"))
    questions = ((line["question"], [(e["document"], e["quote"]) for e in line["evidence"]]) for line in lines)
    return corpus(name, folder, questions, lower)


def swequad(lower: LowerLayers) -> Collection:
    """SweQUAD's questions and pages, each page in parts below its title."""
    folder = ROOT / "benchmarks" / "swequad"
    pages = _lines(folder / "passages.jsonl")
    numbers = {page["_id"]: number for number, page in enumerate(pages)}
    right: dict[str, set[int]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, page, _ = line.split("\t")
        right.setdefault(question, set()).add(numbers[page])
    parts, owners = [], []
    for number, page in enumerate(pages):
        for part in _parts(page["text"]):
            parts.append(part)
            owners.append(number)
    questions = [line for line in _lines(folder / "queries.jsonl") if line["_id"] in right]
    return Collection(
        "SweQUAD",
        lower.questions([line["text"] for line in questions]),
        lower.passages(parts),
        [frozenset(right[line["_id"]]) for line in questions],
        owners,
    )


def _parts(text: str) -> Iterable[str]:
    title, *lines = text.split("\n")
    part = ""
    for line in lines:
        if part and len(part) + len(line) > PAGE_CHARACTERS:
            yield f"{title}. {part}"
            part = ""
        part += " " + line
    yield f"{title}. {part}"


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]

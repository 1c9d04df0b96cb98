"""Compares retrieval and answers with others, and writes their section: `python -m benchmarks.retrieval`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from benchmarks.bare import bare_model
from benchmarks.learn import collect, log
from benchmarks.report import PAGE
from benchmarks.report import Run as Section
from benchmarks.retrieval.baselines import Weighed, bm25, plain_sum, pooled
from benchmarks.retrieval.measurement import Bare, measure
from benchmarks.retrieval.ours import Answering, Rankings, Searching, without_bank
from benchmarks.retrieval.pages import open_pages
from benchmarks.retrieval.quick_start import MiniLM, open_quick_start
from benchmarks.retrieval.results_page import Run, body
from benchmarks.retrieval.system import System
from benchmarks.retrieval.tasks import Development, Pages
from benchmarks.retrieval.weights import TrainingExamples, folded
from bot.models.encoder import Encoder
from bot.progress import loaded_encoder
from bot.retrieval.ranking import load_ranking
from bot.settings import Settings, load_settings
from bot.store.snapshot import Snapshot

COMMAND = "python -m benchmarks.retrieval"
WITHOUT_INTERACTION = ("pooled", "stems", "ngrams")
ABLATIONS: tuple[tuple[str, ...], ...] = (
    WITHOUT_INTERACTION,
    ("interaction",),
    ("interaction", "stems"),
    ("interaction", "ngrams"),
    ("interaction", "stems", "ngrams"),
    ("interaction", "stems", "ngrams", "pooled"),
)
Weights = Mapping[tuple[str, ...], Mapping[str, float]]


def bare_encode(settings: Settings, prompt: str) -> Bare:
    """The encoder as sentence-transformers alone would use it."""
    model = bare_model(settings)
    return lambda question: model.encode(question, prompt=prompt, show_progress_bar=False)


def systems_over(
    snapshot: Snapshot, encoder: Encoder, minilm: MiniLM, rankings: Rankings, weights: Weights, cache: Path
) -> list[System]:
    """Every system over one corpus; those with a bank only where there is one."""
    plain = without_bank(snapshot)
    documents = snapshot.documents
    found: list[System] = [
        bm25("BM25, stems", plain, "stems"),
        bm25("BM25, character 4-grams", plain, "ngrams"),
        pooled("encoder alone", plain, encoder),
        plain_sum("plain sum of the three", plain, encoder),
        open_quick_start("LangChain quick start, all-MiniLM-L6-v2", documents, minilm, minilm.fingerprint, cache),
        open_quick_start("LangChain quick start, our encoder", documents, encoder, encoder.fingerprint, cache),
        Weighed("search without late interaction", plain, encoder, weights[WITHOUT_INTERACTION]),
        Searching("search without the bank", plain, encoder, rankings),
        Answering("assistant without the bank", plain, encoder, rankings),
        *(Weighed(ablation_name(parts), plain, encoder, weights[parts]) for parts in ABLATIONS),
    ]
    if snapshot.bank.questions:
        found.append(Searching("search with the bank", snapshot, encoder, rankings))
        found.append(Answering("assistant", snapshot, encoder, rankings))
    return found


def ablation_name(parts: tuple[str, ...]) -> str:
    """Its name among the others."""
    return "+".join(parts)


def main() -> None:
    """Open, learn, measure, write."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--page", type=Path, default=PAGE, help="write the results there instead")
    options = parser.parse_args()
    section = Section(COMMAND)
    settings = load_settings()
    cache = settings.cache / "benchmarks"
    encoder = loaded_encoder(settings)
    material = collect(encoder)
    log("learning the weights without each part of the development questions")
    folds = folded(material)
    training = TrainingExamples(material)
    weights = {parts: training.learn(parts) for parts in ABLATIONS}
    log("opening the pages; the first time they are indexed, which takes some minutes")
    five, pages = material.five, open_pages(encoder, cache)
    minilm, bare = MiniLM(), bare_encode(settings, encoder.prompts.query)
    development, swequad = Development(five.documents), Pages()
    on_five = systems_over(five, encoder, minilm, lambda question: folds[question], weights, cache)
    on_pages = systems_over(pages, encoder, minilm, lambda _: load_ranking(), weights, cache)
    log("measuring the development questions")
    one, bare_one = measure(development, on_five, bare)
    log("measuring SweQUAD")
    other, bare_other = measure(swequad, on_pages, bare)
    found = Run(
        development={measured.name: measured for measured in one},
        pages={measured.name: measured for measured in other},
        weights={ablation_name(parts): weights[parts] for parts in ABLATIONS},
        bare=(bare_one, bare_other),
        counts={
            "development": len(development.questions),
            "answerable": sum(bool(question.evidence) for question in development.questions),
            "passages": len(five.passages),
            "questions": len(swequad.questions),
            "pages": len(pages.documents),
            "page_passages": len(pages.passages),
            "training": len(training),
        },
    )
    section.write("retrieval", "Retrieval and answers", body(found), options.page)


if __name__ == "__main__":
    main()

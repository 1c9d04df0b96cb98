"""The bank that the repository carries: every quote stands in its document, no development question is in it."""

import json
import re
from collections import Counter

from bot.documents.corpus import read_corpus
from bot.documents.passages import passages_of
from bot.settings import ROOT
from bot.store.bank import read_bank, settle

ALIKE = 0.7
"""Two questions that share this part of their words are the same question."""


def words_of(question: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", question.lower()))


def test_every_quote_stands_in_its_document():
    documents = {document.name: document for document in read_corpus(ROOT / "corpus").documents}

    astray = [q.question for q in read_bank(ROOT / "corpus") if q.quote not in documents[q.document].text]

    assert astray == []


def test_every_passage_has_questions_in_three_languages():
    corpus = read_corpus(ROOT / "corpus")
    passages = passages_of(corpus.documents)
    bank = settle(read_bank(ROOT / "corpus"), corpus.documents, passages)
    assert bank.lost == ()
    by_language = {
        language: Counter(row for row, q in zip(bank.rows, bank.questions, strict=True) if q.language == language)
        for language in ("da", "sv", "en")
    }
    counted = Counter(bank.rows)

    # The municipality repeats one goal in almost the same words; its questions belong to the longer one.
    thin = {passages[row].text for row in range(len(passages)) if counted[row] < 8}
    assert thin <= {
        "Øge antallet af unge, der gennemfører en ungdomsuddannelse.",
        '"Våra barn och elever blir världsmedborgare och utvecklar vårt hållbara samhälle."',
        "Udarbejde strategier for følgende områder fra 0 - 18 år:",
    }
    for counts in by_language.values():
        assert {passages[row].text for row in counted if not counts[row]} <= thin


def test_no_question_of_the_bank_repeats_a_development_question():
    lines = (ROOT / "benchmarks/data/development.jsonl").read_text(encoding="utf-8").splitlines()
    development = [words_of(json.loads(line)["question"]) for line in lines]

    repeats = [
        q.question
        for q in read_bank(ROOT / "corpus")
        if any(len((w := words_of(q.question)) & d) >= ALIKE * len(w | d) for d in development)
    ]

    assert repeats == []

"""Learns ranking.json and intents.json again: `make learn`, or `python -m benchmarks.learn [--cross-validate]`.

With --cross-validate nothing is written: the development questions are answered in five parts, each by weights that
were learned without it, and the figures of all five together are printed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from benchmarks import collections as sets
from benchmarks.answerability import Kind, answerable_inputs, learn_answerable, learn_kind
from bot.answering.assistant import Assistant
from bot.answering.intents import INTENTS, IntentModel
from bot.answering.lists import LIST_FEATURES, list_candidates, list_features
from bot.answering.pipeline import Question
from bot.evaluation.gold import GoldQuestion, read_gold
from bot.evaluation.learning import Example, choose_threshold, learn_logistic, learn_ranking
from bot.evaluation.report import print_report
from bot.evaluation.scoring import Judge, Judgement
from bot.models.encoder import Encoder
from bot.models.loading import load_encoder
from bot.retrieval.follow_ups import leans_on_earlier
from bot.retrieval.query import Query, follow_up, query_from, query_of
from bot.retrieval.ranking import Logistic, Model, Ranked, Ranking, passage_features, rank
from bot.retrieval.retriever import Searcher
from bot.retrieval.signals import FEATURES, Signals, signals_for
from bot.settings import ROOT, load_settings
from bot.store.snapshot import Snapshot

COMMAND = "python -m benchmarks.learn"
TRAINING = ("k", "l", "m", "n")
"""Corpora that the encoder was not adapted on (benchmarks/adapting): what it has seen would look easier than it is."""
FOLDS = 5
WRONGLY_REFUSED = 0.03
"""The share of answerable questions that the threshold may cost."""
BANK_WEIGHT = 0.15
"""The bank has some twenty questions for each passage; one of them counts less than a question of another author."""
FOREIGN_WEIGHT = 0.06
"""A question about one corpus asked of another: mostly unanswerable, but not surely."""
OUT_OF_DOMAIN_WEIGHT = 0.3
NO_QUESTION_WEIGHT = 1.0
STRANGER_WEIGHT = 0.5
"""A question about a corpus without a bank, when learning to search with one."""
PASSAGES_LEARNED = 20
"""So many of the best passages of each question teach the passage's probability."""
SEED = 20261122


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A question with its signals on one snapshot. `group` names the set it came from."""

    asked: sets.Asked
    query: Query
    signals: Signals
    snapshot: Snapshot
    group: str
    weight: float = 1.0

    @property
    def right(self) -> NDArray[np.bool_]:
        return np.isin(self.signals.rows, list(self.asked.rows))


def log(what: str) -> None:
    """One line on standard error, with the time."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def gather(
    questions: Iterable[sets.Asked], snapshot: Snapshot, encoder: Encoder, group: str, weight: float = 1.0
) -> list[Item]:
    """The items of a set of questions."""
    found = []
    questions = list(questions)
    fresh = [asked for asked in questions if asked.bank_row is None]
    queries = {
        id(a): query_from(a.text, e)
        for a, e in zip(fresh, encoder.encode_queries([a.text for a in fresh]), strict=True)
    }
    for asked in questions:
        query = queries.get(id(asked)) or indexed_query(snapshot, asked)
        if asked.history and leans_on_earlier(asked.text):
            query = follow_up(query, [query_of(encoder, text) for text in asked.history])
        signals = signals_for(snapshot, query, without=asked.bank_row)
        found.append(Item(asked, query, signals, snapshot, group, weight))
    log(f"{len(found)} {group}")
    return found


def indexed_query(snapshot: Snapshot, asked: sets.Asked) -> Query:
    """A bank question as it is in the index already."""
    row = asked.bank_row or 0
    table = snapshot.tables["questions"]
    tokens, _ = table.tokens_of([row])
    weights = np.full(len(tokens), 1 / len(tokens), dtype=np.float32)
    return Query(asked.text, np.asarray(table.vectors[row]), tokens, weights)


def foreign(items: Sequence[Item], snapshot: Snapshot, count: int) -> list[Item]:
    """Answerable questions of other corpora, asked of this one: it does not answer them."""
    chosen = random.Random(SEED).sample(list(items), min(count, len(items)))
    return [
        Item(
            replace(item.asked, pieces=(), bank_row=None),
            item.query,
            signals_for(snapshot, item.query),
            snapshot,
            "foreign",
            FOREIGN_WEIGHT,
        )
        for item in chosen
        if item.asked.rows
    ]


def masked(items: Sequence[Item]) -> list[Item]:
    """The items as if there were no bank."""
    bank = FEATURES.index("bank")

    def without(signals: Signals) -> Signals:
        features = signals.features.copy()
        features[:, bank] = 0.0
        return replace(signals, features=features, bank=0.0, bank_row=np.full_like(signals.bank_row, -1))

    return [replace(item, signals=without(item.signals)) for item in items]


def learn_model(items: Sequence[Item], intents: IntentModel, kind: Kind) -> Model:
    """Everything that is learned for one way of searching."""
    weights = learn_ranking([Example(i.signals.features.astype(np.float64), i.right, i.weight) for i in items])
    rough = Logistic(features=("score", "behind"), weights=(1.0, 0.0), bias=0.0)
    draft = Model(
        weights=tuple(round(float(w), 5) for w in weights),
        passage=rough,
        answerable=rough,
        threshold=0.5,
        whole_list=rough,
    )
    ranked = [rank(item.signals, draft) for item in items]
    inputs = answerable_inputs((i.snapshot, i.query, r) for i, r in zip(items, ranked, strict=True))
    truth = np.array([bool(item.asked.rows) for item in items])
    answerable = learn_answerable(inputs, truth, np.array([item.weight for item in items]), kind)
    own = np.array([item.group in {"development", "written"} for item in items])
    probabilities = answerable.probability(inputs)
    return draft.model_copy(
        update={
            "passage": _passage(items, ranked),
            "answerable": answerable,
            "threshold": round(choose_threshold(probabilities[own], truth[own], WRONGLY_REFUSED), 4),
            "whole_list": _whole_list(items, ranked, intents),
        }
    )


def _passage(items: Sequence[Item], ranked: Sequence[Ranked]) -> Logistic:
    inputs, truth, weights = [], [], []
    for item, found in zip(items, ranked, strict=True):
        if item.asked.rows:
            inputs.append(passage_features(found.scores)[:PASSAGES_LEARNED])
            truth.append(item.right[found.order][:PASSAGES_LEARNED])
            weights.append(np.full(len(inputs[-1]), item.weight))
    return learn_logistic(("score", "behind"), np.concatenate(inputs), np.concatenate(truth), np.concatenate(weights))


def _whole_list(items: Sequence[Item], ranked: Sequence[Ranked], intents: IntentModel) -> Logistic:
    inputs, truth, weights = [], [], []
    for item, found in zip(items, ranked, strict=True):
        rows = item.asked.rows
        if not rows:
            continue
        spoken = intents.probabilities(item.query.vector)
        for number in list_candidates(item.snapshot, found):
            members = set(item.snapshot.groups[number].members)
            common = len(members & rows)
            inputs.append(list_features(item.snapshot, item.query, found, spoken, number))
            truth.append(item.asked.whole_list and common >= 0.6 * max(len(members), len(rows)))
            weights.append(1.0 if item.asked.whole_list else item.weight)
    return learn_logistic(LIST_FEATURES, np.array(inputs), np.array(truth), np.array(weights))


def learn_intents(encoder: Encoder) -> IntentModel:
    """The classifier of what kind of thing is asked."""
    path = sets.HERE / "data" / "intents.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    vectors = np.array([e.vector for e in encoder.encode_queries([line["text"] for line in lines])], dtype=np.float64)
    mean = vectors.mean(axis=0)
    scale = 8.0
    truth = [INTENTS.index(line["intent"]) for line in lines]
    model = LogisticRegression(C=10, max_iter=3000).fit((vectors - mean) * scale, truth)
    return IntentModel(
        learned_on=f"{len(lines)} examples in benchmarks/data/intents.jsonl, with {encoder.name}",
        command=COMMAND,
        mean=tuple(round(float(v), 5) for v in mean),
        weights=tuple(tuple(round(float(v) * scale, 3) for v in row) for row in model.coef_),
        biases=tuple(round(float(v), 4) for v in model.intercept_),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Everything that is learned from, with its signals."""

    five: Snapshot
    development: list[Item]
    with_bank: list[Item]
    without_bank: list[Item]
    intents: IntentModel
    kind: Kind

    def learn(self, development: Sequence[Item]) -> Ranking:
        """The weights from all the material and these development questions."""
        with_bank = [*self.with_bank, *development]
        without_bank = [*self.without_bank, *masked(development)]
        return Ranking(
            learned_on=(
                f"{len(with_bank)} questions with the bank, {len(without_bank)} without: the bank itself, the "
                "development questions, the training corpora, unanswerable questions and SweQUAD's"
            ),
            command=COMMAND,
            encoder=self.five.manifest.encoder,
            dimension=int(self.five.tables["passages"].vectors.shape[1]),
            with_bank=learn_model(with_bank, self.intents, self.kind),
            without_bank=learn_model(without_bank, self.intents, self.kind),
        )


def collect(encoder: Encoder) -> Material:
    """Open every corpus and search every question once."""
    cache = load_settings().cache / "learning"
    five = sets.open_corpus(ROOT / "corpus", encoder, cache)
    intents = learn_intents(encoder)
    development = gather(sets.development(five), five, encoder, "development")
    bank = gather(sets.bank(five), five, encoder, "bank", BANK_WEIGHT)
    unanswerable = gather(sets.unanswerable(), five, encoder, "unanswerable")
    odd = gather(sets.out_of_domain(), five, encoder, "out of domain", OUT_OF_DOMAIN_WEIGHT)
    idle = gather(sets.no_questions(), five, encoder, "no question", NO_QUESTION_WEIGHT)
    corpora = {
        name: sets.open_corpus(sets.HERE / "training" / name, encoder, cache)
        for name in TRAINING
        if (sets.HERE / "training" / name).is_dir()
    }
    written = {
        name: gather(sets.written(sets.HERE / "training" / name, snapshot), snapshot, encoder, "written")
        for name, snapshot in corpora.items()
    }
    strangers = [item for items in written.values() for item in items]
    with_bank = [*bank, *unanswerable, *odd, *idle, *foreign(strangers, five, 600)]
    # What is asked of other corpora tells what kind of question such documents answer.
    with_bank += [replace(item, weight=STRANGER_WEIGHT) for item in strangers]
    without_bank = [*strangers, *masked(bank), *masked(unanswerable), *masked(odd), *masked(idle)]
    for name, snapshot in corpora.items():
        others = [item for other, items in written.items() if other != name for item in items]
        without_bank += foreign([*others, *bank[::8]], snapshot, 150)
    return Material(five, development, with_bank, without_bank, intents, learn_kind(encoder))


def cross_validate(material: Material, encoder: Encoder) -> list[Judgement]:
    """Answer each development question by weights that were learned without it."""
    gold = list(read_gold(sets.HERE / "data" / "development.jsonl"))
    order = list(range(len(gold)))
    random.Random(SEED).shuffle(order)
    judge = Judge(material.five.documents)
    judged: dict[str, Judgement] = {}
    for fold in range(FOLDS):
        held = set(order[fold::FOLDS])
        ranking = material.learn([item for n, item in enumerate(material.development) if n not in held])
        assistant = Assistant(Searcher(material.five, encoder, ranking))
        for number in sorted(held):
            judged[gold[number].id] = _judged(judge, assistant, gold[number])
    return [judged[question.id] for question in gold]


def _judged(judge: Judge, assistant: Assistant, question: GoldQuestion) -> Judgement:
    answer = assistant.pipeline.invoke(Question(question.question, question.history, question.id))
    return judge.judge(question, answer)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--failures", action="store_true")
    options = parser.parse_args()
    encoder = load_encoder(load_settings())
    material = collect(encoder)
    if options.cross_validate:
        print_report(cross_validate(material, encoder), as_json=False, by="kind", failures=options.failures)
        return
    ranking = material.learn(material.development)
    (ROOT / "bot/retrieval/ranking.json").write_text(ranking.model_dump_json(indent=1) + "\n", encoding="utf-8")
    intents = material.intents.model_dump_json() + "\n"
    (ROOT / "bot/answering/intents.json").write_text(intents, encoding="utf-8")
    for name, model in (("with bank", ranking.with_bank), ("without bank", ranking.without_bank)):
        print(name, dict(zip(FEATURES, model.weights, strict=True)), "threshold", model.threshold)


if __name__ == "__main__":
    main()

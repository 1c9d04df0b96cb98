"""Learns when a passage says what a statement says: `python -m benchmarks.statements` writes meaning.json.

Only the passages of `learned_passages` are looked at. Good statements are also set beside the passages nearest to them
that they are not about: a claim cited to the wrong passage.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from bot.answering.writing import checker as checking
from bot.answering.writing.checker import Checker, Meaning
from bot.answering.writing.meaning import FEATURES, compare
from bot.answering.writing.statements import Statement
from bot.composition import open_assistant
from bot.evaluation.learning import choose_threshold, learn_logistic
from bot.evaluation.statements import learned_passages, read_statements, row_of
from bot.retrieval.ranking import Logistic
from bot.settings import ROOT, load_settings

DATA = ROOT / "benchmarks" / "data" / "statements.jsonl"
MEANING = Path(checking.__file__).with_name("meaning.json")
WRONG_PASSAGES = 3
HARMED = 0.015
"""The share of good statements that the threshold may hold back, of those it is learned on."""
PLANTED, MISCITED = 4.0, 0.3
"""How much a planted error, and a good statement cited to a wrong passage, count beside a good statement."""
ABOUT_MEANING = frozenset({"other_document"})


def main() -> None:
    """Learn, say how well it went, write."""
    statements = read_statements(DATA)
    learned = learned_passages(statements)
    searcher = open_assistant(load_settings()).searcher
    snapshot, encoder = searcher.snapshot, searcher.encoder
    kept = [s for s in statements if (s.document, s.quote) in learned]
    words = [Statement.of(s.statement).words for s in kept]
    encodings = encoder.encode_passages(words)
    rows: list[np.ndarray] = []
    truth: list[bool] = []
    own: list[bool] = []
    for statement, said, encoding in zip(kept, words, encodings, strict=True):
        row = row_of(snapshot, statement)
        if not statement.good and statement.kind not in ABOUT_MEANING:
            continue
        rows.append(compare(snapshot, said, encoding, [row], statement.language).features)
        truth.append(statement.good)
        own.append(True)
        if statement.good:
            for wrong in _nearest(snapshot, encoding.vector, row):
                rows.append(compare(snapshot, said, encoding, [wrong], statement.language).features)
                truth.append(False)
                own.append(False)
    values, right, ours = np.array(rows, dtype=np.float64), np.array(truth), np.array(own)
    weights = np.where(ours, np.where(right, 1.0, PLANTED), MISCITED)
    agrees = learn_logistic(FEATURES, values, right, weights, strength=0.1)
    threshold = choose_threshold(agrees.probability(values), right, HARMED)
    told = agrees.probability(values) < threshold
    print(f"harmed {told[right].mean():.3f}, caught {told[~right & ours].mean():.3f} planted, "
          f"{told[~ours].mean():.3f} cited to a wrong passage")  # fmt: skip
    _write(agrees, threshold, len(values))
    Checker(snapshot, encoder)


def _nearest(snapshot: object, vector: np.ndarray, row: int) -> list[int]:
    found = snapshot.nearest("passages", vector, WRONG_PASSAGES + 1)  # type: ignore[attr-defined]
    return [other for other in found if other != row][:WRONG_PASSAGES]


def _write(agrees: Logistic, threshold: float, examples: int) -> None:
    learned_on = f"{DATA.relative_to(ROOT)}, every other passage, {examples} pairs: python -m benchmarks.statements"
    meaning = Meaning(learned_on=learned_on, agrees=agrees, threshold=round(threshold, 4))
    MEANING.write_text(json.dumps(meaning.model_dump(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

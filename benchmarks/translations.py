"""How near translations are to their statements by late interaction, beside those of other statements.

    python -m benchmarks.translations

Pairs of benchmarks/data/translations.jsonl, written by hand; the bound is translating.LEAST_AGREEMENT.
"""

from __future__ import annotations

import json
from pathlib import Path

from bot.answering.writing.translating import LEAST_AGREEMENT, agreement
from bot.language import detect_language
from bot.models.loading import load_encoder
from bot.settings import load_settings

PAIRS = Path(__file__).parent / "data" / "translations.jsonl"


def main() -> None:
    """Print what is above the bound, of the right pairs and of all the wrong ones."""
    pairs = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    encoder = load_encoder(load_settings())
    right: list[float] = []
    wrong: list[float] = []
    for statement in dict.fromkeys(pair["statement"] for pair in pairs):
        for pair in pairs:
            near = agreement(encoder, statement, pair["translation"])
            (right if pair["statement"] == statement else wrong).append(near)
    told = sum(detect_language(p["translation"], expected=p["language"]) == p["language"] for p in pairs)
    print(f"| bound {LEAST_AGREEMENT} | pairs | lowest | highest | at or above it |\n|---|---|---|---|---|")
    for name, found in (("a statement and its translation", right), ("that of another statement", wrong)):
        above = sum(near >= LEAST_AGREEMENT for near in found)
        print(f"| {name} | {len(found)} | {min(found):.3f} | {max(found):.3f} | {above} |")
    print(f"\nin the language that was asked for, as it is told: {told} of {len(pairs)}")


if __name__ == "__main__":
    main()

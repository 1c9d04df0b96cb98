"""`python -m benchmarks.adapting [--epochs N] [--out FILE]`: learn the adaptation, and print how well it carries over.

Learned on the training corpora of `LEARNED_ON` alone: neither the five documents and their bank, nor the corpora that
the ranking is learned on, nor anything that is measured on has a part in it. Takes about a quarter of an hour on two
idle cores.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from bot.models.adaptation import ADAPTATION
from bot.models.conversion import WEIGHTS
from bot.models.loading import find_source
from bot.models.model_folder import converted_folder
from bot.settings import ROOT, load_settings

from .layers import UpperLayers, late_interaction, score_all
from .material import Collection, LowerLayers, gold, swequad, training

LEARNED_ON = tuple("abcdefghij")
FIRST, LAYERS, HEADS = 6, 12, 12
"""The upper half of the layers is changed: the lower half need be run only once."""
RANK = 8
QUESTIONS = 16
"""Questions of one corpus that are learned from at a time; the others' passages are the wrong ones for each."""
DISTRACTORS = 2
"""Wrong passages beside them for each question, out of so many that the encoder ranks highest before it learns."""
HARDEST = 12
RIGHT = 2
RATE, RATE_OF_SHARPNESS, WARM_UP, LAST = 5e-4, 1e-2, 20, 0.05
SHARPNESS = 50.0
"""Cosines are multiplied by this before the softmax; it is learned too."""
NOT_RIGHT = -1e9
SEED = 20261122
SHOWN = 60
"""Steps between two lines of figures."""
RANKS = 10

Example = tuple[Collection, int, tuple[int, ...]]


def log(text: str) -> None:
    """One line on standard output, with the time."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def examples(model: UpperLayers, collection: Collection) -> list[Example]:
    """Each question with the hardest wrong passages."""
    scores = score_all(model, collection.questions, collection.passages)
    found = []
    for number, right in enumerate(collection.right):
        ranked = torch.argsort(-scores[number])[: HARDEST + len(right)].tolist()
        found.append((collection, number, tuple([row for row in ranked if row not in right][:HARDEST])))
    return found


def batches(material: Sequence[Sequence[Example]], chance: random.Random) -> Iterator[list[Example]]:
    """All examples once, in batches of one corpus each, in a random order."""
    cut = []
    for part in material:
        mixed = chance.sample(list(part), len(part))
        cut += [mixed[start : start + QUESTIONS] for start in range(0, len(mixed) - QUESTIONS // 2, QUESTIONS)]
    chance.shuffle(cut)
    yield from cut


def loss_of(model: UpperLayers, batch: Sequence[Example], sharpness: Tensor, chance: random.Random) -> Tensor:
    """How improbable the right passages are among the candidates, by listwise maximum likelihood."""
    collection = batch[0][0]
    candidates: dict[int, None] = {}
    for _, number, wrong in batch:
        right = sorted(collection.right[number])
        chosen = chance.sample(right, min(RIGHT, len(right))) + chance.sample(wrong, min(DISTRACTORS, len(wrong)))
        candidates.update(dict.fromkeys(chosen))
    right = torch.tensor([[row in collection.right[number] for row in candidates] for _, number, _ in batch])
    questions = model([collection.questions[number] for _, number, _ in batch])
    scores = late_interaction(questions, model([collection.passages[row] for row in candidates])) * sharpness.exp()
    there = torch.logsumexp(scores.masked_fill(~right, NOT_RIGHT), dim=1)
    return (torch.logsumexp(scores, dim=1) - there).mean()


def learn(model: UpperLayers, material: Sequence[Sequence[Example]], epochs: float, checks: list[Collection]) -> None:
    """Learn the changes; the figures on `checks` are printed on the way."""
    chance = random.Random(SEED)
    sharpness = nn.Parameter(torch.tensor(math.log(SHARPNESS)))
    optimiser = torch.optim.AdamW(
        [{"params": model.parameters(), "weight_decay": 0.01}, {"params": [sharpness], "weight_decay": 0.0}], lr=RATE
    )
    total = int(epochs * sum(1 for _ in batches(material, random.Random(SEED))))
    step, losses = 0, []
    while step < total:
        for batch in batches(material, chance):
            if step == total:
                break
            share = min(1.0, (step + 1) / WARM_UP) * max(LAST, 1 - step / total)
            optimiser.param_groups[0]["lr"] = RATE * share
            optimiser.param_groups[1]["lr"] = RATE_OF_SHARPNESS * share
            loss = loss_of(model, batch, sharpness, chance)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            losses.append(loss.item())
            step += 1
            if step % SHOWN == 0:
                log(f"step {step} of {total}, loss {np.mean(losses[-SHOWN:]):.3f}; {figures(model, checks)}")


def figures(model: UpperLayers, checks: Sequence[Collection]) -> str:
    """Late interaction alone: reciprocal rank and first hit, or nDCG@10 where pages are to be found."""
    said = []
    for collection in checks:
        scores = score_all(model, collection.questions, collection.passages)
        if collection.page is not None:
            said.append(f"{collection.name} nDCG@10 {_pages(scores, collection):.3f}")
            continue
        best = [float(row[sorted(right)].max()) for row, right in zip(scores, collection.right, strict=True)]
        ranks = np.array([int((row > value).sum()) + 1 for row, value in zip(scores, best, strict=True)])
        said.append(f"{collection.name} MRR {np.mean(1 / ranks):.3f} first {np.mean(ranks == 1):.3f}")
    return ", ".join(said)


def _pages(scores: Tensor, collection: Collection) -> float:
    page = torch.tensor(collection.page)
    shape = (len(scores), int(page.max()) + 1)
    pages = torch.full(shape, -2.0).scatter_reduce(1, page[None].expand(len(scores), -1), scores, "amax")
    gained = []
    for row, right in zip(pages, collection.right, strict=True):
        ranked = torch.argsort(-row)[:RANKS].tolist()
        gain = sum(1 / math.log2(place + 2) for place, number in enumerate(ranked) if number in right)
        gained.append(gain / sum(1 / math.log2(place + 2) for place in range(min(RANKS, len(right)))))
    return float(np.mean(gained))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=float, default=1.0)
    parser.add_argument("--out", type=Path, default=ROOT / "bot" / "models" / ADAPTATION)
    options = parser.parse_args()
    torch.manual_seed(SEED)
    folder = converted_folder(find_source(), load_settings().cache).path
    lower = LowerLayers(folder, FIRST)
    learned_on = [training(name, lower) for name in LEARNED_ON]
    corpora = ROOT / "benchmarks"
    checks = [
        gold("development", ROOT / "corpus", corpora / "data" / "development.jsonl", lower),
        gold("unseen", corpora / "unseen", corpora / "unseen" / "gold.jsonl", lower),
    ]
    last = [*checks, swequad(lower)]
    model = UpperLayers(load_file(folder / WEIGHTS), FIRST, LAYERS, HEADS, RANK)
    log(f"before: {figures(model, last)}")
    learn(model, [examples(model, collection) for collection in learned_on], options.epochs, checks)
    log(f"after: {figures(model, last)}")
    save_file({name: change.half().contiguous() for name, change in model.changes().items()}, options.out)
    log(f"written to {options.out}")


if __name__ == "__main__":
    main()

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

from bot.errors import ModelError
from bot.models.entailment import load_entailment
from bot.settings import ROOT, Settings

LABELS = ("contradiction", "entailment", "neutral")
WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyzæøå.,", "alle", "kan", "lære")
TEXT = "alle kan lære"


def tiny_model(folder: Path, labels: tuple[str, ...] = LABELS, favoured: int | None = None) -> Path:
    """A CrossEncoder of two small layers with random weights; it always finds the label `favoured`, if one is named."""
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
    )
    model = BertForSequenceClassification(config)
    if favoured is not None:
        with torch.no_grad():
            model.classifier.bias[favoured] = 9.0
    model.save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    return folder


def settings(model: object) -> Settings:
    return Settings(check_model=str(model))


@pytest.mark.parametrize(("favoured", "follows"), [(1, True), (0, False), (2, False)])
def test_the_probability_is_that_of_entailment(tmp_path: Path, favoured: int, follows: bool) -> None:
    model = load_entailment(settings(tiny_model(tmp_path / "nli", favoured=favoured)))
    probability = model.probability(TEXT, TEXT)

    assert model.name == "nli"
    assert 0 <= probability <= 1
    assert (probability > 0.9) == follows


def test_the_label_is_found_whatever_its_place_and_case(tmp_path: Path) -> None:
    model = load_entailment(settings(tiny_model(tmp_path, ("ENTAILMENT", "not_entailment"), favoured=0)))

    assert model.probability(TEXT, TEXT) > 0.9


def test_a_long_text_is_cut_and_not_refused(tmp_path: Path) -> None:
    assert load_entailment(settings(tiny_model(tmp_path, favoured=1))).probability(f"{TEXT} " * 500, TEXT) > 0.9


@pytest.mark.parametrize("labels", [("LABEL_0", "LABEL_1", "LABEL_2"), ("entailment",), ("yes", "not_entailment")])
def test_a_model_without_the_label(tmp_path: Path, labels: tuple[str, ...]) -> None:
    with pytest.raises(ModelError, match="GRUNDLAG_CHECK_MODEL") as caught:
        load_entailment(settings(tiny_model(tmp_path, labels)))

    assert labels[0] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        load_entailment(settings(tmp_path / "gone"))


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{", encoding="utf-8")

    with pytest.raises(ModelError, match="could not be loaded") as caught:
        load_entailment(settings(tmp_path))

    assert "\n" not in str(caught.value)


def test_nothing_is_loaded_until_it_is_asked_for() -> None:
    imports = "import sys, bot.models.entailment, bot.composition"
    code = f"{imports}; print({{'torch', 'sentence_transformers'}} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, env=dict(os.environ)
    )

    assert done.stdout.strip() == "set()"

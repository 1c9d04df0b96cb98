from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.documents.passages import context_of, passages_of, squeeze
from bot.errors import ModelError
from bot.models.conversion import GRAPH, PIECES, TOKENIZER, WEIGHTS
from bot.models.encoding import Encoding
from bot.models.graph_encoder import GraphEncoder
from bot.models.loading import find_source
from bot.models.model_folder import converted_folder
from bot.models.sentence_encoder import SentenceEncoder
from bot.schema import Document
from bot.settings import ROOT, Settings

LANGUAGES = {
    "da": "Hvilke mål har kommunen for børns sprog, trivsel og læring i dagtilbud?",
    "sv": "Förskolan ska ge varje barn förutsättningar att utveckla sitt språk.",
    "en": "What does the framework say about outdoor play and risk-taking?",
    "de": "Was heißt Anerkennung für die Jugendlichen, die größere Schwierigkeiten haben?",
    "pl": "Jakie cele ma gmina w zakresie języka, dobrostanu i nauki dzieci w przedszkolu?",
    "tr": "Belediyenin çocukların dili, iyiliği ve öğrenmesi için hedefleri nelerdir?",
    "uk": "Освіта спрямована на всебічний розвиток дитини.",
    "ar": "يهدف التعليم المبكر إلى تنمية الطفل وتعلمه من خلال اللعب.",
    "so": "Maxay tahay ujeeddada degmadu ka leedahay luqadda iyo barashada carruurta?",
    "zh": "市政府对儿童的语言、福祉和学习有什么目标？",
}
NEAR = 0.9999
"""Cosine of vectors that are the same but for the order of their sums; 1 - 1e-6 is what is found."""


@pytest.fixture(scope="module")
def folder() -> Path:
    """The converted embedded encoder."""
    return converted_folder(find_source(), Settings().cache, adapted=True).path


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(one, axis=-1) * np.linalg.norm(other, axis=-1)
    return np.asarray((one * other).sum(axis=-1) / lengths)


def assert_near(found: Encoding, expected: Encoding) -> None:
    np.testing.assert_array_equal(found.spans, expected.spans)
    assert cosines(found.vector, expected.vector) > NEAR
    assert (cosines(found.tokens, expected.tokens) > NEAR).all()
    # As good as equal: lengths too.
    np.testing.assert_allclose(found.tokens, expected.tokens, atol=1e-4)


@pytest.mark.parametrize("language", LANGUAGES)
def test_vectors_are_those_of_torch(encoder: GraphEncoder, torch_encoder: SentenceEncoder, language: str) -> None:
    text = LANGUAGES[language]

    assert_near(encoder.encode_query(text), torch_encoder.encode_query(text))
    assert_near(encoder.encode_passages([text])[0], torch_encoder.encode_passages([text])[0])


def test_real_passages_and_questions(
    encoder: GraphEncoder, torch_encoder: SentenceEncoder, documents: Mapping[str, Document]
) -> None:
    passages = [context_of(p) + squeeze(p.text) for p in passages_of(list(documents.values()))][::4]
    lines = (ROOT / "corpus" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines][::40]

    for found, expected in zip(encoder.encode_passages(passages), torch_encoder.encode_passages(passages), strict=True):
        assert_near(found, expected)
    for found, expected in zip(encoder.encode_queries(questions), torch_encoder.encode_queries(questions), strict=True):
        assert_near(found, expected)


@settings(max_examples=150)
@given(text=st.text(max_size=200) | st.text(alphabet=" abcæøåäößéÅØ0129\n\t.,:;!?()«»–”%½ﬁ\u00a0\u0301", max_size=200))
@example("leg \ud83d nu")
@example("leg " * 600)
@example("<s> </s> <pad> <unk> ▁")
def test_tokens_are_those_of_sentence_transformers(
    encoder: GraphEncoder, torch_encoder: SentenceEncoder, text: str
) -> None:
    clean = text.encode("utf-8", "replace").decode("utf-8")
    wanted = {"text": {"return_offsets_mapping": True, "return_special_tokens_mask": True}}
    expected = torch_encoder._model.preprocess([clean], prompt="query: ", processing_kwargs=wanted, task="query")

    tokenising = encoder._tokenising
    # Each way, whatever the length of the text.
    for found in (tokenising._short("query: " + clean), tokenising._long("query: " + clean)):
        assert found.ids.tolist() == expected["input_ids"][0].tolist()
        assert found.offsets.tolist() == expected["offset_mapping"][0].tolist()
        assert found.special.tolist() == expected["special_tokens_mask"][0].tolist()


def test_a_text_has_the_same_vectors_in_any_company(encoder: GraphEncoder, folder: Path) -> None:
    """Bit for bit: what is answered depends neither on what is asked beside it nor on the machine's cores."""
    same_length = [f"Hvad siger planen om {word}?" for word in ("leg", "mad", "ro", "natur", "sprog", "fred", "børn")]
    texts = [*LANGUAGES.values(), *same_length, "", " ", "leg " * 600, "og " * 600]
    together = encoder.encode_passages(texts)
    others = [GraphEncoder(folder, "", "", threads).encode_passages(texts) for threads in (1, 3)]

    for text, *found in zip(texts, together, *others, strict=True):
        alone = encoder.encode_passages([text])[0]
        for encoding in found:
            np.testing.assert_array_equal(encoding.vector, alone.vector)
            np.testing.assert_array_equal(encoding.tokens, alone.tokens)


def test_torch_is_not_needed() -> None:
    code = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name in {"torch", "transformers", "sentence_transformers", "onnx"}:
            raise AssertionError(name)
sys.meta_path.insert(0, Refuse())
from bot.models.loading import load_encoder
from bot.settings import Settings
encoder = load_encoder(Settings(encoder="embedded"))
print(len(encoder.encode_query("Hvad er leg?").tokens), len(encoder.encode_passages(["leg", "og"])))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert (done.stdout.split(), done.stderr) == (["4", "2"], "")


def test_nobody_is_told(folder: Path, tmp_path: Path) -> None:
    """ONNX Runtime would leave a device id in the home folder, and report."""
    code = """
import sys
from pathlib import Path
from bot.models.graph_encoder import GraphEncoder
GraphEncoder(Path(sys.argv[1]), "", "")
"""
    # Where it takes a run for a test it is silent by itself.
    environment = {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", code, str(folder)]

    subprocess.run(command, env=environment, cwd=tmp_path, check=True)

    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("name", [GRAPH, WEIGHTS])
@pytest.mark.parametrize("how", ["cut", "gone"])
def test_a_folder_that_is_not_whole(small_source: Path, tmp_path: Path, name: str, how: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(converted_folder(small_source, tmp_path / "cache").path, folder)
    if how == "cut":
        (folder / name).write_bytes((folder / name).read_bytes()[:100])
    else:
        (folder / name).unlink()

    with pytest.raises(ModelError, match=r"could not be loaded.*remove the folder") as caught:
        GraphEncoder(folder, "small", "")
    assert "\n" not in str(caught.value)


def test_a_tokenizer_that_is_not_whole(small_source: Path, tmp_path: Path) -> None:
    """Its pieces are read at once, all of it when a long text comes."""
    folder = Path(shutil.copytree(converted_folder(small_source, tmp_path / "cache").path, tmp_path / "model"))
    (folder / TOKENIZER).unlink()
    encoder = GraphEncoder(folder, "small", "")
    with pytest.raises(ModelError, match=r"could not be loaded.*remove the folder"):
        encoder.encode_passages(["og " * 900])
    (folder / PIECES).write_bytes(b"no pieces")

    with pytest.raises(ModelError, match=r"could not be loaded.*remove the folder"):
        GraphEncoder(folder, "small", "")

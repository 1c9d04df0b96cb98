"""Writes the converted encoder down as an ONNX graph, whose weights stay where they are: in model.safetensors."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path

import onnx
from onnx import TensorProto, helper

from bot.models.e5_file import Shape

OPSET = 20
"""The first that has Gelu."""
IR_VERSION = 10
"""Of the file's form: of the same age as the opset, so that an ONNX Runtime that knows one reads the other."""
EXTENSIONS = "com.microsoft"
"""ONNX Runtime's own operators."""
IDS, TOKENS = "ids", "tokens"
"""The graph's input, (texts, length) of int64, and its output, (texts, length, hidden) of float32: the last layer."""
SAFETENSORS_FLOAT32 = "F32"


def write_graph(path: Path, weights: Path, shape: Shape) -> None:
    """Write to `path` the graph of a BertModel of `shape` over the tensors in `weights`, a file in the same folder.

    The graph takes texts of one length: without padding there is no mask, nothing is computed in vain, and a text's
    vectors are the same whatever it is encoded with. Raises KeyError if a tensor is missing, ValueError if one is not
    float32.
    """
    graph = _Graph(weights)
    constants = {"zero": [0], "one": [1], "two": [2], "hidden": [shape.hidden], "flat": [-1, shape.hidden]}
    for name, values in constants.items():
        graph.integers(name, values)
    # Attention alone wants texts as a dimension of their own; the linear layers are faster without.
    texts = graph.node("Concat", [graph.node("Shape", [IDS]), "hidden"], axis=0)
    vectors = graph.node("Reshape", [_embeddings(graph, shape), "flat"])
    for number in range(shape.layers):
        vectors = _layer(graph, f"encoder.layer.{number}.", vectors, texts, shape)
    graph.node("Reshape", [vectors, texts], TOKENS)
    path.write_bytes(graph.model(shape.hidden).SerializeToString())


def _embeddings(graph: _Graph, shape: Shape) -> str:
    # ONNX Runtime maps the file of the weights: of the 96 million values of the words only those looked up are read.
    words = graph.node("Gather", [graph.weight("embeddings.word_embeddings.weight"), IDS])
    length = graph.node("Slice", [graph.node("Shape", [IDS]), "one", "two"])
    positions = graph.node("Slice", [graph.weight("embeddings.position_embeddings.weight"), "zero", length, "zero"])
    types = graph.node("Gather", [graph.weight("embeddings.token_type_embeddings.weight"), "zero"])
    both = graph.node("Add", [positions, types])
    return _normalised(graph, "embeddings.LayerNorm", graph.node("Add", [words, both]), shape)


def _layer(graph: _Graph, prefix: str, vectors: str, texts: str, shape: Shape) -> str:
    parts = [
        graph.node("Reshape", [_linear(graph, f"{prefix}attention.self.{part}", vectors), texts])
        for part in ("query", "key", "value")
    ]
    mixed = graph.node("MultiHeadAttention", parts, domain=EXTENSIONS, num_heads=shape.heads)
    attended = _linear(graph, f"{prefix}attention.output.dense", graph.node("Reshape", [mixed, "flat"]))
    vectors = _residual(graph, f"{prefix}attention.output.LayerNorm", attended, vectors, shape)
    wide = graph.node("Gelu", [_linear(graph, f"{prefix}intermediate.dense", vectors)])
    narrow = _linear(graph, f"{prefix}output.dense", wide)
    return _residual(graph, f"{prefix}output.LayerNorm", narrow, vectors, shape)


def _linear(graph: _Graph, name: str, vectors: str) -> str:
    inputs = [vectors, graph.weight(f"{name}.weight"), graph.weight(f"{name}.bias")]
    return graph.node("Gemm", inputs, transB=1)


def _residual(graph: _Graph, name: str, vectors: str, before: str, shape: Shape) -> str:
    return _normalised(graph, name, graph.node("Add", [vectors, before]), shape)


def _normalised(graph: _Graph, name: str, vectors: str, shape: Shape) -> str:
    inputs = [vectors, graph.weight(f"{name}.weight"), graph.weight(f"{name}.bias")]
    return graph.node("LayerNormalization", inputs, axis=-1, epsilon=shape.epsilon)


class _Graph:
    """A graph that grows node by node, over the tensors of one safetensors file."""

    def __init__(self, weights: Path) -> None:
        self._file = weights.name
        self._places = _read_places(weights)
        self._nodes: list[onnx.NodeProto] = []
        self._tensors: dict[str, TensorProto] = {}

    def node(
        self, operator: str, inputs: list[str], output: str = "", domain: str = "", **attributes: int | float
    ) -> str:
        """Add a node; the name of its output."""
        output = output or f"{operator} {len(self._nodes)}"
        node = helper.make_node(operator, inputs, [output], domain=domain)
        node.attribute.extend(helper.make_attribute(name, value) for name, value in attributes.items())
        self._nodes.append(node)
        return output

    def integers(self, name: str, values: list[int]) -> None:
        """Add a constant vector of int64."""
        self._tensors[name] = helper.make_tensor(name, TensorProto.INT64, [len(values)], values)

    def weight(self, name: str) -> str:
        """The tensor `name` of the file, by its place there; its name."""
        place = self._places[name]
        if place.dtype != SAFETENSORS_FLOAT32:
            raise ValueError(f"{name} in {self._file} is {place.dtype} instead of {SAFETENSORS_FLOAT32}")
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=place.shape)
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", self._file), ("offset", place.offset), ("length", place.size)):
            tensor.external_data.add(key=key, value=str(value))
        self._tensors[name] = tensor
        return name

    def model(self, hidden: int) -> onnx.ModelProto:
        """The whole graph, from `IDS` to `TOKENS`."""
        ids = helper.make_tensor_value_info(IDS, TensorProto.INT64, ["texts", "length"])
        tokens = helper.make_tensor_value_info(TOKENS, TensorProto.FLOAT, ["texts", "length", hidden])
        graph = helper.make_graph(self._nodes, "encoder", [ids], [tokens], list(self._tensors.values()))
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(EXTENSIONS, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="grundlag")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a tensor is in its file: `offset` and `size` in bytes."""

    dtype: str
    shape: list[int]
    offset: int
    size: int


def _read_places(weights: Path) -> dict[str, _Place]:
    """The tensors in a safetensors file: u64 size of the header, the header as JSON, and behind it their bytes."""
    with weights.open("rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
    places = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            places[name] = _Place(entry["dtype"], entry["shape"], 8 + size + start, end - start)
    return places

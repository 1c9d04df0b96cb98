"""A whole build beside the bare encoder of the same passages, and beside the machine: `python -m benchmarks.indexing`.

The build reads pages, cuts them, encodes passages with all their tokens and the lists, writes the snapshot and checks
every vector in it. Bare is `SentenceTransformer.encode` of the same passages by the same model (torch, float32), half
of them before and half after the build. The limit is what the model's matrix products alone would take at the rate
that the machine multiplies large matrices.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import onnxruntime
import torch
from onnx import TensorProto, helper
from sentence_transformers import SentenceTransformer

from benchmarks.bare import bare_model
from benchmarks.report import Run, reached, table
from benchmarks.retrieval.pages import read_pages, write_pages
from bot.composition import build_index
from bot.documents.corpus import read_corpus
from bot.documents.passages import context_of, passages_of, squeeze
from bot.models.graph import IR_VERSION, OPSET
from bot.models.loading import load_encoder
from bot.settings import load_settings

COMMAND = "python -m benchmarks.indexing"
PAGES, FEW_PAGES = 128, 24
LEAST = 1.2
SIDE = 1536
"""Large enough for the cores' full rate, and as long as the model's longest side."""
PRODUCTS = 90


def multiply_rate() -> float:
    """Floating-point operations a second in products of square matrices on all cores: the best of three libraries."""
    one, other = torch.rand(SIDE, SIDE), torch.rand(SIDE, SIDE)
    session, given = _product(), {"a": one.numpy(), "b": other.numpy()}
    products = (
        lambda: torch.mm(one, other),
        lambda: one.numpy() @ other.numpy(),
        lambda: session.run(None, given),
    )
    best = 0.0
    for turn in range(PRODUCTS):
        begun = time.perf_counter()
        products[turn % len(products)]()
        best = max(best, 2 * SIDE**3 / (time.perf_counter() - begun))
    return best


def _product() -> onnxruntime.InferenceSession:
    """ONNX Runtime's product of two square matrices."""
    given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [SIDE, SIDE]) for name in ("a", "b")]
    found = helper.make_tensor_value_info("c", TensorProto.FLOAT, [SIDE, SIDE])
    graph = helper.make_graph([helper.make_node("MatMul", ["a", "b"], ["c"])], "product", given, [found])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def operations(model: SentenceTransformer, lengths: list[int]) -> float:
    """Those of the model's matrix products for texts of so many tokens: the linear layers, and attention."""
    config = model[0].auto_model.config
    hidden, inner = config.hidden_size, config.intermediate_size
    linear = 2 * (4 * hidden * hidden + 2 * hidden * inner)
    return float(config.num_hidden_layers * sum(n * linear + 4 * n * n * hidden for n in lengths))


def bare_seconds(model: SentenceTransformer, texts: list[str]) -> float:
    begun = time.perf_counter()
    model.encode(texts, show_progress_bar=False)
    return time.perf_counter() - begun


def main() -> None:
    """Measure, and write the section."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about 200 passages instead of 1,000")
    options = parser.parse_args()
    run = Run(COMMAND)
    settings = load_settings()
    encoder, model = load_encoder(settings), bare_model(settings)
    pages = list(read_pages())[: FEW_PAGES if options.quick else PAGES]
    with tempfile.TemporaryDirectory(prefix="grundlag-indexing-") as name:
        corpus = Path(name) / "corpus"
        write_pages(corpus, pages)
        passages = passages_of(read_corpus(corpus).documents)
        texts = ["passage: " + context_of(passage) + squeeze(passage.text) for passage in passages]
        rate = multiply_rate()
        model.encode(texts[:32], show_progress_bar=False)
        encoder.encode_passages(texts[:32])
        bare = bare_seconds(model, texts[::2])
        begun = time.perf_counter()
        report, _ = build_index(load_settings(corpus=corpus, index=Path(name) / "index"), encoder)
        ours = time.perf_counter() - begun
        bare += bare_seconds(model, texts[1::2])
    lengths = [len(ids) for ids in model.tokenizer(texts)["input_ids"]]
    limit = operations(model, lengths) / rate
    count = len(texts)
    rows = [
        ["bare `SentenceTransformer.encode`", f"{bare:.1f}", f"{count / bare:.1f}", "1.00", f"{limit / bare:.2f}"],
        ["Grundlag, whole build", f"{ours:.1f}", f"{count / ours:.1f}", f"{bare / ours:.2f}", f"{limit / ours:.2f}"],
        ["matrix products alone", f"{limit:.1f}", f"{count / limit:.1f}", f"{bare / limit:.2f}", "1.00"],
    ]
    body = [
        f"{count} passages of {len(pages)} pages (SweQUAD-MC), {sum(lengths) / count:.0f} tokens each; the build "
        f"encoded {report.embedded} texts, lists among them. The machine multiplies at {rate / 1e9:.0f} GFLOP/s.",
        table(["", "s", "passages a second", "× bare encode", "share of the limit"], rows),
        reached("passages a second of a whole build beside bare encode", bare / ours, LEAST, " x"),
    ]
    run.write("indexing", "Indexing", "\n\n".join(body))


if __name__ == "__main__":
    main()

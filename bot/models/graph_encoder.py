"""Runs the embedded encoder by ONNX Runtime: without torch, which takes seconds to import and longer for each text."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bot.errors import ModelError
from bot.models.conversion import GRAPH, PROMPTS
from bot.models.encoder import Encoder, Prompts, Task, encoding_of
from bot.models.encoding import Encoding
from bot.models.tokenising import Tokenising, Tokens

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

RUN_TOKENS = 128
"""So many tokens make a product that is large enough to be fast and small enough for the cores' own caches."""
SILENCE = "ORT_DISABLE_TELEMETRY"
"""Unless this variable is 1 when it is imported, ONNX Runtime reports to its maker and leaves a device id behind."""


class GraphEncoder(Encoder):
    """The model in a folder that `conversion.convert` wrote, as an encoder on `threads` threads (0: one a core).

    Only texts of one length run together, without padding: a text's vectors are the same bit for bit whatever it is
    encoded with, and on however many threads. Raises ModelError if the folder cannot be read.
    """

    batch_size = 64

    def __init__(self, folder: Path, name: str, fingerprint: str, threads: int = 0) -> None:
        self._threads = threads or _cores()
        self._folder = folder
        # Both libraries raise whatever they like, up to a bare Exception.
        try:
            self._tokenising = Tokenising(folder)
            self._session = _open_session(folder / GRAPH, self._threads)
            self._input = self._session.get_inputs()[0].name
        except Exception as error:
            raise _unusable(folder, error) from error
        prompts = Prompts(PROMPTS["query"], PROMPTS["document"])
        super().__init__(name, fingerprint, prompts, self._tokenising.max_length)

    def _encode(self, texts: list[str], prompt: str, task: Task) -> list[Encoding]:
        tokenised = self._tokens([prompt + text for text in texts])
        runs = list(_runs([len(one.ids) for one in tokenised]))
        ids = [np.array([tokenised[number].ids for number in run]) for run in runs]
        found: dict[int, Encoding] = {}
        for run, vectors in zip(runs, self._run_all(ids), strict=True):
            for number, tokens in zip(run, vectors, strict=True):
                one = tokenised[number]
                found[number] = encoding_of(tokens.mean(axis=0), tokens, one.offsets, one.special, prompt)
        return [found[number] for number in range(len(texts))]

    def _tokens(self, texts: Sequence[str]) -> list[Tokens]:
        try:
            return self._tokenising.encode(texts)
        except Exception as error:
            raise _unusable(self._folder, error) from error

    def _run_all(self, ids: list[NDArray[np.int64]]) -> list[NDArray[np.float32]]:
        if len(ids) == 1:
            return [self._run(ids[0])]
        # Two runs at once keep two cores busier than one run on both.
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(self._run, ids))

    def _run(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        vectors: NDArray[np.float32]
        (vectors,) = self._session.run(None, {self._input: ids})
        return vectors


def _unusable(folder: Path, error: Exception) -> ModelError:
    return ModelError(
        f"The encoder in {folder} could not be loaded ({' '.join(str(error).split())}); "
        "remove the folder, and it is made again."
    )


def _runs(lengths: Sequence[int]) -> Iterator[list[int]]:
    """The numbers of the texts that run together: of one length in tokens, and not too many."""
    same: defaultdict[int, list[int]] = defaultdict(list)
    for number, length in enumerate(lengths):
        same[length].append(number)
    for length, numbers in same.items():
        size = max(1, RUN_TOKENS // length)
        yield from (numbers[start : start + size] for start in range(0, len(numbers), size))


def _open_session(graph: Path, threads: int) -> InferenceSession:
    os.environ.setdefault(SILENCE, "1")
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    # A number, even where it is the default: without one ONNX Runtime ties its threads to cores, whoever is on them.
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait for each other save little on an idle machine, and beside one busy process
    # they make a question take several times as long.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Beyond this it would fuse each sum and normalisation into one operator that is slower than the two.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3  # errors alone
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

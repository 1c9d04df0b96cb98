"""The real parts, once for all tests: the embedded encoder, and a snapshot of the five documents."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from bot.answering.assistant import Assistant
from bot.composition import build_index
from bot.documents.corpus import read_corpus
from bot.progress import loaded_encoder
from bot.retrieval.retriever import Searcher
from bot.schema import Document
from bot.settings import EMBEDDED_BY_TORCH, ROOT, Settings, load_settings
from bot.store.builds import current_folder
from bot.store.snapshot import Snapshot, open_snapshot

if TYPE_CHECKING:
    from bot.models.encoder import Encoder

# Read when torch is imported, which the test modules do: its threads must not spin while other processes work.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# The gate tries the same examples every time; at the desk new ones are tried.
hypothesis.settings.register_profile("house", deadline=None, max_examples=80, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("house")

PREFIX = "GRUNDLAG_"
HOSTILE = pytest.StashKey[dict[str, list[int]]]()
Tried = Callable[[str, int, int], None]
Files = Mapping[str, str | bytes]


@pytest.fixture(scope="session", autouse=True)
def _own_environment() -> Iterator[None]:
    """The settings of whoever runs the tests are not those of the tests; only their cache is shared."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith(PREFIX) and n != f"{PREFIX}CACHE"]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def encoder(_own_environment: None) -> Encoder:
    """The embedded encoder, converted once for each machine; the command line in this process shares it."""
    return loaded_encoder(load_settings())


@pytest.fixture(scope="session")
def torch_encoder(_own_environment: None) -> Encoder:
    """The same model run by torch: the reference for what runs it faster."""
    return loaded_encoder(load_settings(encoder=EMBEDDED_BY_TORCH))


@pytest.fixture(scope="session")
def corpus_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the five documents with their catalogue and question bank."""
    return Path(shutil.copytree(ROOT / "corpus", tmp_path_factory.mktemp("five") / "corpus"))


@pytest.fixture(scope="session")
def documents(corpus_folder: Path) -> Mapping[str, Document]:
    """The five documents by name."""
    return {document.name: document for document in read_corpus(corpus_folder).documents}


@pytest.fixture(scope="session")
def real_settings(corpus_folder: Path, encoder: Encoder) -> Settings:
    """The settings of an index of the five documents that is built; nobody may write to it."""
    settings = load_settings(corpus=corpus_folder, index=corpus_folder.parent / "index")
    build_index(settings, encoder)
    return settings


@pytest.fixture(scope="session")
def snapshot(real_settings: Settings, encoder: Encoder) -> Iterator[Snapshot]:
    """The snapshot of the five documents, opened."""
    opened = open_snapshot(current_folder(real_settings.index), encoder)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def searcher(snapshot: Snapshot, encoder: Encoder) -> Searcher:
    """The search over the five documents."""
    return Searcher(snapshot, encoder)


@pytest.fixture(scope="session")
def assistant(searcher: Searcher) -> Assistant:
    """The assistant over the five documents."""
    return Assistant(searcher)


@pytest.fixture
def write_corpus(tmp_path: Path) -> Callable[[Files], Settings]:
    """Writes files into a corpus folder of their own; the settings for it and for an empty index."""

    def write(files: Files) -> Settings:
        corpus = tmp_path / "corpus"
        for name, content in files.items():
            path = corpus / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_settings(corpus=corpus, index=tmp_path / "index")

    return write


@pytest.fixture(scope="session")
def tried(pytestconfig: pytest.Config) -> Tried:
    """Notes how many hostile things of a kind were tried and how many got through; fails if one did."""
    table = pytestconfig.stash.setdefault(HOSTILE, {})

    def note(kind: str, count: int, through: int) -> None:
        counts = table.setdefault(kind, [0, 0])
        counts[0] += count
        counts[1] += through
        assert not through, f"{through} of {count}: {kind}"

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The table of hostile input, where it was tried."""
    table = config.stash.get(HOSTILE, {})
    if not table:
        return
    terminalreporter.section("hostile input: tried / got through")
    for kind, (count, through) in table.items():
        terminalreporter.write_line(f"{kind:40}{count:6}{through:6}")
    terminalreporter.write_line(f"{'all':40}{sum(c for c, _ in table.values()):6}{sum(t for _, t in table.values()):6}")

"""The rules of the house, read from the source: which way imports go, and which library has which door."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.settings import ROOT

SOURCES = sorted([ROOT / "app.py", *(ROOT / "bot").rglob("*.py")])
# Each part may import those of the layers before its own, and itself.
LAYERS = (
    {"schema", "errors", "naming"},
    {"settings", "language", "privacy"},
    {"documents", "models"},
    {"store"},
    {"retrieval"},
    {"answering"},
    {"web", "evaluation"},
    {"cli"},
    {"app"},
)
LAYER = {part: number for number, parts in enumerate(LAYERS) for part in parts}
# These wire the parts together or speak to a terminal: they sit with the command line.
COMMAND_LINE = {"cli", "__main__", "composition", "progress", "doctor"}
DOORS = {
    "chromadb": {"store"},
    "langchain_chroma": {"store"},
    "bm25s": {"store"},
    "gradio": {"web", "app"},
    "sentence_transformers": {"models"},
    "transformers": {"models"},
    "torch": {"models"},
    "onnx": {"models"},
    "onnxruntime": {"models"},
    "tokenizers": {"models"},
    "lingua": {"language"},
    "lxml": {"documents"},
    "markdown_it": {"documents"},
    "pypdfium2": {"documents"},
    "simplemma": {"answering"},
}
TORCH = {"torch", "sentence_transformers", "transformers"}
SLOW = TORCH | {"onnx", "onnxruntime", "chromadb", "gradio", "langchain", "langchain_core", "lingua"}


class Import(NamedTuple):
    """One name that a source file imports; `for_types` is one that only the type checker sees."""

    path: Path
    line: int
    module: str
    name: str
    for_types: bool

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} imports {self.module} {self.name}"


def imports_of(path: Path) -> Iterator[Import]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    type_checking = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and ast.unparse(branch.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}
        for statement in branch.body
        for node in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(path, node.lineno, alias.name, "", id(node) in type_checking)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports by dots; say the whole name"
            for alias in node.names:
                yield Import(path, node.lineno, node.module or "", alias.name, id(node) in type_checking)


IMPORTS = [found for path in SOURCES for found in imports_of(path)]


def part_of(module: str) -> str:
    """The part of the bot that a module is in: "store" for "bot.store.table"."""
    part = module.split(".")[1] if "." in module else module
    return "cli" if part in COMMAND_LINE else part


def part_of_file(path: Path) -> str:
    inside = path.relative_to(ROOT).with_suffix("").parts
    return part_of(".".join(inside))


def imported_part(found: Import) -> str | None:
    """The part of the bot that is imported; None for the package itself (its version) and for libraries."""
    if found.module == "bot":
        return part_of(f"bot.{found.name}") if (ROOT / "bot" / found.name).with_suffix(".py").exists() else None
    return part_of(found.module) if found.module.startswith("bot.") else None


def test_every_part_has_its_place() -> None:
    parts = {part_of_file(path) for path in SOURCES} - {"__init__"}

    assert parts == set(LAYER)


def test_imports_go_one_way() -> None:
    wrong = [
        str(found)
        for found in IMPORTS
        if not found.for_types
        and (imported := imported_part(found)) is not None
        and (own := part_of_file(found.path)) != imported
        and LAYER[imported] >= LAYER[own]
    ]

    assert wrong == []


@pytest.mark.parametrize("library", DOORS)
def test_a_library_has_one_door(library: str) -> None:
    users = {part_of_file(found.path) for found in IMPORTS if found.module.split(".")[0] == library}

    assert users <= DOORS[library]


def test_no_door_is_opened_by_name() -> None:
    """importlib would go round the rules above."""
    calls = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"__import__", "importlib.import_module", "import_module"}
    ]

    assert calls == []


def test_nobody_imports_what_is_private_elsewhere() -> None:
    private = [
        str(found)
        for found in IMPORTS
        if found.module.startswith("bot")
        and any(part.startswith("_") and not part.endswith("__") for part in (*found.module.split("."), found.name))
    ]

    assert private == []


def test_modules_are_named_by_their_noun() -> None:
    vague = ("util", "utils", "helper", "helpers", "manager", "managers", "misc", "common")

    assert [str(path) for path in SOURCES if any(word in vague for word in path.stem.split("_"))] == []


def every_module_after(statement: str) -> set[str]:
    """The modules that a fresh Python has loaded after `statement`."""
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def modules_after(statement: str) -> set[str]:
    """The same, the top-level ones alone."""
    return {name.split(".")[0] for name in every_module_after(statement)}


def test_the_command_line_starts_without_what_is_slow() -> None:
    loaded = modules_after("import bot.cli")

    assert "bot" in loaded
    assert loaded & SLOW == set()


def test_wiring_everything_takes_no_chat_library() -> None:
    loaded = modules_after("import bot.composition, bot.doctor, bot.answering.writing.writer")

    assert "bot" in loaded
    assert loaded & {"langchain", "langchain_openai", "openai", "torch", "sentence_transformers"} == set()


def test_answering_takes_no_reader_no_builder_and_no_chains() -> None:
    loaded = every_module_after("import bot.composition, bot.models.graph_encoder, bot.answering.assistant")

    assert {"bot.composition", "langchain_core.embeddings"} <= loaded
    # Chroma comes in where a table is so large that it is searched there, and to whoever builds.
    chroma = {"chromadb", "langchain_chroma", "httpx"}
    libraries = {"lxml", "markdown_it", "pypdfium2", "langsmith", "langchain_core.retrievers", *chroma}
    own = {"bot.documents.corpus", "bot.store.building", "bot.answering.writing.writer", "bot.models.e5_file"}
    assert loaded & (libraries | own) == set()


def test_a_reader_is_loaded_for_the_files_it_reads() -> None:
    libraries = {"lxml", "pypdfium2"}
    reading = "from bot.documents.formats import READERS; READERS"

    assert every_module_after(f"{reading}['.txt'](b'Leg', 'a.txt', None)") & libraries == set()
    assert every_module_after(f"{reading}['.html'](b'<p>Leg', 'a.html', None)") & libraries == {"lxml"}


def test_reading_documents_takes_no_model() -> None:
    loaded = modules_after("import bot.documents.corpus, bot.settings, bot.schema")

    assert loaded & (SLOW - {"lingua"}) == set()


def test_importing_writes_and_says_nothing(tmp_path: Path) -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in SOURCES
        if path.name not in {"__init__.py", "__main__.py"} and part_of_file(path) not in {"web", "app"}
    ]
    code = f"import {', '.join(modules)}"

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_only_the_bot_is_installed() -> None:
    setuptools = pytest.importorskip("setuptools")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    find = project["tool"]["setuptools"]["packages"]["find"]

    packages = setuptools.find_namespace_packages(where=str(ROOT), **find)

    assert "bot" in packages
    assert {package.split(".")[0] for package in packages} == {"bot"}
    assert "py-modules" not in project["tool"]["setuptools"]
    assert {path.parent.name for path in (ROOT / "bot").glob("*/__init__.py")} <= {p.split(".")[-1] for p in packages}


def test_what_is_not_code_is_installed_with_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["bot"]
    data = [
        path
        for path in (ROOT / "bot").rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"} and not path.name.startswith(".")
    ]

    assert data
    left_out = [p.name for p in data if not any(fnmatch(p.name, pattern.split("/")[-1]) for pattern in patterns)]
    assert left_out == []


def test_the_command_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["name"] == "grundlag"
    assert project["scripts"] == {"grundlag": "bot.cli:main"}
    assert project["requires-python"] == ">=3.11"


def test_data_folders_hold_no_code() -> None:
    for folder in ("corpus", "index"):
        assert list((ROOT / folder).rglob("*.py")) == []

"""Scanned PDFs, with a program that stands in for ocrmypdf: its command line, its exit codes, what it makes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot.documents import recognition
from bot.documents.corpus import Corpus, read_corpus, read_document
from bot.documents.recognition import Recognition
from bot.errors import DocumentError
from bot.settings import Settings
from tests.documents.invariants import check_invariants
from tests.documents.test_pdf_file import drawn, lines, picture

Write = Callable[[Mapping[str, str | bytes]], Settings]
GOOD = "Om leg\n\nLeg er den vigtigste vej til læring for de yngste børn.\n"
SCAN = drawn(picture, picture)
TEXT = "Vi synger sammen med alle hver morgen, og de store hjælper de små."
PROGRAM = '''#!{python}
"""Writes a picture of each page with the words behind it, in the mode that draws nothing."""
import os, sys, time
from pathlib import Path
sys.path.insert(0, {root!r})
arguments = sys.argv[1:]
given, made = arguments[-2:]
assert arguments[:-2] == ["--force-ocr", "--language", "dan+swe", "--output-type", "pdf", "--quiet"], arguments
assert Path(given).read_bytes().startswith(b"%PDF")
Path(given).write_bytes(b"spoiled")
with open({log!r}, "a") as log:
    log.write(os.getcwd() + "\\n")
mode = {mode!r}
if mode == "slow":
    time.sleep(600)
if mode == "fails":
    print("MissingDependencyError: tesseract has no\\nlanguage pack swe", file=sys.stderr)
    sys.exit(3)
if mode == "garbage":
    Path(made).write_bytes(b"no PDF")
    sys.exit(0)
if mode == "silent":
    sys.exit(0)
from reportlab.pdfgen.canvas import Canvas
from tests.documents.test_pdf_file import picture
canvas = Canvas(made, pagesize=(595, 842), invariant=1)
for number in (1, 2):
    picture(canvas)
    text = canvas.beginText(60, 700)
    text.setFont("Helvetica", 10)
    text.setTextRenderMode(3)
    if mode != "blank":
        text.textLine({text!r} + f" Side {{number}}.")
    canvas.drawText(text)
    canvas.showPage()
canvas.save()
sys.exit(10 if mode == "not for archives" else 0)
'''


class Machine:
    """A folder for what is recognised, and the program on PATH."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kept = folder / "cache"
        self._log = folder / "log"
        self._bin = folder / "bin"
        self._bin.mkdir()
        monkeypatch.setenv("PATH", f"{self._bin}{os.pathsep}/usr/bin{os.pathsep}/bin")

    def install(self, mode: str = "") -> None:
        program = self._bin / "ocrmypdf"
        root = str(Path(__file__).parent.parent.parent)
        program.write_text(
            PROGRAM.format(python=sys.executable, log=str(self._log), mode=mode, text=TEXT, root=root), encoding="utf-8"
        )
        program.chmod(0o755)

    @property
    def runs(self) -> list[str]:
        """The folders it was run in."""
        return self._log.read_text(encoding="utf-8").split() if self._log.exists() else []

    def read(self, settings: Settings, *, run: bool = True) -> Corpus:
        return read_corpus(settings.corpus, Recognition(self.kept, run=run))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


@pytest.mark.parametrize("mode", ["", "not for archives"])
def test_a_scanned_file_is_recognised(write_corpus: Write, machine: Machine, mode: str) -> None:
    machine.install(mode)
    settings = write_corpus({"good.txt": GOOD, "scan.pdf": SCAN})

    found = machine.read(settings)

    assert found.problems == ()
    document = found.documents[1]
    check_invariants(document)
    assert [(document.quote(b.start, b.end), b.page) for b in document.blocks] == [
        (f"{TEXT} Side {page}.", page) for page in (1, 2)
    ]
    assert document.recognised is not None
    assert found.notes == ("scan.pdf: its text was recognised from pictures",)
    assert (settings.corpus / "scan.pdf").read_bytes() == SCAN
    [folder] = machine.runs
    assert not Path(folder).exists()
    assert settings.corpus not in Path(folder).parents


def test_what_was_recognised_is_kept(write_corpus: Write, machine: Machine) -> None:
    machine.install()
    settings = write_corpus({"good.txt": GOOD, "scan.pdf": SCAN})
    first = machine.read(settings)
    (settings.corpus / "scan.pdf").rename(settings.corpus / "other.pdf")

    for run in (True, False):
        again = machine.read(settings, run=run)
        assert again.documents[1].text == first.documents[1].text
        assert again.hashes["other.pdf"] == first.hashes["scan.pdf"]
    assert read_document(settings.corpus, "other.pdf", Recognition(machine.kept)).recognised
    assert len(machine.runs) == 1
    assert [path.stat().st_mode & 0o077 for path in (machine.kept, *machine.kept.iterdir())] == [0, 0]


def test_what_has_changed_since_is_recognised_again(write_corpus: Write, machine: Machine) -> None:
    machine.install()
    settings = write_corpus({"good.txt": GOOD, "scan.pdf": SCAN})
    first = machine.read(settings)
    [kept] = machine.kept.iterdir()
    kept.write_bytes(kept.read_bytes().replace(b"%PDF-1.", b"%PDF-2."))

    assert machine.read(settings).documents[1] == first.documents[1]
    assert len(machine.runs) == 2


def problem(found: Corpus) -> str:
    assert [document.name for document in found.documents] == ["good.txt"]
    [line] = found.problems
    assert line.startswith("scan.pdf ")
    assert "\n" not in line
    return line


def test_without_being_asked_nothing_is_run(write_corpus: Write, machine: Machine) -> None:
    machine.install()

    assert "grundlag index --ocr" in problem(
        machine.read(write_corpus({"good.txt": GOOD, "scan.pdf": SCAN}), run=False)
    )
    assert machine.runs == []


def test_a_program_that_is_missing_is_named(
    write_corpus: Write, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition, "PROGRAM", "no-such-ocrmypdf")

    line = problem(machine.read(write_corpus({"good.txt": GOOD, "scan.pdf": SCAN})))

    assert "not installed" in line
    assert "tesseract" in line


@pytest.mark.parametrize(
    ("mode", "said"),
    [("fails", "no language pack swe"), ("silent", "ended with 0"), ("garbage", "no whole PDF"), ("blank", "no text")],
)
def test_a_program_that_fails_is_one_line(write_corpus: Write, machine: Machine, mode: str, said: str) -> None:
    machine.install(mode)

    assert said in problem(machine.read(write_corpus({"good.txt": GOOD, "scan.pdf": SCAN})))


def test_a_program_that_takes_too_long_is_ended(
    write_corpus: Write, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.install("slow")
    monkeypatch.setattr(recognition, "SECONDS", 1.0)

    assert "longer than 1 seconds" in problem(machine.read(write_corpus({"good.txt": GOOD, "scan.pdf": SCAN})))


def test_a_file_with_text_is_not_recognised(write_corpus: Write, machine: Machine) -> None:
    machine.install()

    found = machine.read(write_corpus({"a.pdf": drawn(lines(TEXT))}))

    assert found.documents[0].recognised is None
    assert machine.runs == []


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, machine: Machine) -> None:
    machine.install()
    (tmp_path / "file").write_text("x", encoding="utf-8")

    with pytest.raises(DocumentError, match="GRUNDLAG_CACHE"):
        Recognition(tmp_path / "file" / "ocr", run=True).of(SCAN, "scan.pdf")

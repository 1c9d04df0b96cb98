from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.answering.assistant import Assistant
from bot.cli import main, other_index
from bot.schema import Document
from bot.settings import ROOT, Settings
from bot.store.snapshot import current_folder

ANERKENDE = "Hvad betyder det at anerkende de unge?"
UNGHERNING = "ungherning-vaerdier-og-paedagogisk-grundlag.txt"
HERNING = "herning-boern-og-laering.txt"
LEG = "Om leg\n\nLeg er den vigtigste vej til læring for de yngste børn.\n"
MAD = "Om mad\n\nVi spiser sammen med børnene hver dag klokken tolv, og alle smager.\n"
TIMING = "timing_ms"
Write = Callable[[Mapping[str, str | bytes]], Settings]


class Done(NamedTuple):
    """What a command returned and wrote."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, object]]:
        """Standard output as JSON Lines; whatever else stood there would not be JSON."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def complaint(self) -> str:
        """The one line on standard error of a command that went wrong."""
        assert self.code == 1
        [line] = self.err.splitlines()
        assert "Traceback" not in line
        return line


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line in this process, which has the encoder already."""

    def command(*arguments: object) -> Done:
        code = main([str(argument) for argument in arguments])
        return Done(code, *capsys.readouterr())

    return command


@pytest.fixture
def ask(run: Run, real_settings: Settings) -> Run:
    """Runs a command on the index of the five documents."""
    return lambda command, *arguments: run(command, *arguments, "--index", real_settings.index)


def given(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Put `data` on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="ascii"))


def lines(*questions: Mapping[str, object]) -> bytes:
    return "".join(json.dumps(question, ensure_ascii=False) + "\n" for question in questions).encode()


def untimed(record: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in record.items() if name != TIMING}


# --- index


def test_index_says_what_it_did(run: Run, write_corpus: Write) -> None:
    settings = write_corpus({"leg.txt": LEG, "mad.txt": MAD})
    places = ("--corpus", settings.corpus, "--index", settings.index)

    first = run("index", *places)
    again = run("index", *places)
    write_corpus({"leg.txt": LEG + "\nMere om leg og læring i hverdagen.\n", "ny.txt": MAD.upper()})
    (settings.corpus / "mad.txt").unlink()
    changed = run("index", *places)
    rebuilt = run("index", *places, "--rebuild")

    assert {done.code for done in (first, again, changed, rebuilt)} == {0}
    assert {done.out for done in (first, again, changed, rebuilt)} == {""}
    assert first.err.splitlines()[:2] == ["added: leg.txt", "added: mad.txt"]
    assert again.err.startswith("Up to date: 2 documents")
    assert changed.err.splitlines()[:3] == ["added: ny.txt", "changed: leg.txt", "removed: mad.txt"]
    assert rebuilt.err.startswith("Built: 2 documents")


def test_index_names_what_it_could_not_read_and_takes_the_rest(run: Run, write_corpus: Write) -> None:
    settings = write_corpus({"leg.txt": LEG, "tom.txt": "", "billede.png": b"\x89PNG"})
    places = ("--corpus", settings.corpus, "--index", settings.index)

    done = run("index", *places)

    assert done.code == 1
    left_out = [line for line in done.err.splitlines() if line.startswith("left out: ")]
    assert len(left_out) == 2
    assert "billede.png" in left_out[0]
    assert "tom.txt" in left_out[1]
    found = run("search", "leg", "--json", *places)
    assert found.code == 0
    assert [record["document"] for record in found.records] == ["leg.txt"]


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({"a.txt": ""}, "no document"),
        ({"a.txt": LEG, "catalogue.toml": "[documents\n"}, "catalogue.toml"),
        ({"a.txt": LEG, "questions.jsonl": "{\n"}, "questions.jsonl line 1"),
    ],
)
def test_index_stops_with_one_line(run: Run, write_corpus: Write, files: Mapping[str, str], named: str) -> None:
    settings = write_corpus(files)

    assert named in run("index", "--corpus", settings.corpus, "--index", settings.index).complaint


def test_a_corpus_that_is_not_there(run: Run, tmp_path: Path) -> None:
    for command in (["index"], ["ask", "Hvad?"], ["search", "leg"], ["text", "a.txt"]):
        complaint = run(*command, "--corpus", tmp_path / "nowhere", *(["--index", tmp_path] * (command[0] != "text")))
        assert "no folder" in complaint.complaint


def test_another_corpus_has_another_index(tmp_path: Path) -> None:
    index = ROOT / "index"

    assert other_index(index, ROOT / "corpus") == index
    one, two = other_index(index, tmp_path / "one"), other_index(index, tmp_path / "two")
    assert len({index, one, two}) == 3
    assert one == other_index(index, tmp_path / "x" / ".." / "one")
    assert index in one.parents


# --- ask


def test_ask_for_people(ask: Run, documents: Mapping[str, Document]) -> None:
    done = ask("ask", ANERKENDE)

    assert (done.code, done.err) == (0, "")
    assert "Det at anerkende de unge er ikke det samme som at give dem ret." in done.out
    source = next(line for line in done.out.splitlines() if line.startswith("[1] "))
    start, end = map(int, source.rstrip(")").rsplit(" ", 1)[1].split("-"))
    assert UNGHERNING in source
    assert "Pædagogisk Grundlag" in source
    assert " ".join(documents[UNGHERNING].text[start:end].split()) in done.out
    assert "**" not in done.out
    assert "\\" not in done.out


def test_ask_for_programs(ask: Run, assistant: Assistant) -> None:
    done = ask("ask", ANERKENDE, "--json")

    [record] = done.records
    assert (done.code, done.err) == (0, "")
    assert record["question"] == ANERKENDE
    assert record["status"] == "answered"
    assert record["index"] == assistant.snapshot_id
    assert "æ" in done.out  # not escaped


def test_ask_with_history(ask: Run) -> None:
    follow_up = ("ask", "Og for dagtilbud?", "--json")

    [alone] = ask(*follow_up).records
    [after] = ask(*follow_up, "--history", "Hej", "--history", "Hvad er Byrådets mål for folkeskolen?").records

    assert after["passages"][0]["document"] == HERNING
    assert after["passages"] != alone["passages"]


@pytest.mark.parametrize("question", ["", "   ", "x" * 1001, "a\x07b"])
def test_a_rejected_question_is_an_answer_too(ask: Run, question: str) -> None:
    done = ask("ask", question, "--json")

    assert (done.code, done.err) == (0, "")
    assert done.records[0]["status"] == "rejected"


def test_ask_a_corpus_of_ones_own(run: Run, write_corpus: Write) -> None:
    """A bare folder, never indexed: it is indexed first, and standard output has the record alone."""
    settings = write_corpus({"leg.txt": LEG, "mad.txt": MAD, "tom.txt": ""})

    done = run("ask", "Hvad er leg?", "--json", "--corpus", settings.corpus, "--index", settings.index)

    assert done.code == 0
    [record] = done.records
    assert record["passages"][0]["document"] == "leg.txt"
    assert "tom.txt" in done.err


# --- ask --batch

BATCH = (
    {"id": "a2", "question": "Vad betyder bemöta?", "kind": "fact", "evidence": [{"document": "x", "quote": "y"}]},
    {"id": "a1", "question": "", "history": []},
    {"id": 7, "question": "Og for dagtilbud?", "history": ["Hvad er Byrådets mål for folkeskolen?"]},
    {"question": ANERKENDE, "history": None},
    {"id": "last", "question": "ondt \ud83d tegn"},
)


def test_batch_of_a_file(ask: Run, tmp_path: Path, assistant: Assistant) -> None:
    path = tmp_path / "questions.jsonl"
    text = "\n\n".join(json.dumps(question) for question in BATCH)
    path.write_text(text, encoding="utf-8")  # no line end after the last

    done = ask("ask", "--batch", path)

    assert (done.code, done.err) == (0, "")
    records = done.records
    assert [record["id"] for record in records[:3]] == ["a2", "a1", "7"]
    assert records[4]["id"] == "last"
    assert [record["status"] for record in records] == ["answered", "rejected", "answered", "answered", "rejected"]
    assert records[2]["passages"][0]["document"] == HERNING
    assert untimed(records[3])["citations"] == json.loads(json.dumps(untimed_citations(assistant, ANERKENDE)))


def untimed_citations(assistant: Assistant, question: str) -> list[dict[str, object]]:
    answer = assistant.ask(question)
    return [{name: getattr(c, name) for name in c.__slots__} for c in answer.citations]


def test_batch_of_standard_input(ask: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, lines({"id": "å", "question": ANERKENDE}, {"id": "b", "question": "?"}))

    done = ask("ask", "--batch", "-")

    assert (done.code, done.err) == (0, "")
    assert [(record["id"], record["status"]) for record in done.records] == [("å", "answered"), ("b", "rejected")]


def test_an_empty_batch(ask: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, b"\n")

    assert ask("ask", "--batch", "-") == (0, "", "")


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"3",
        b"null",
        b'["question"]',
        b'{"id": "x"}',
        b'{"question": 3}',
        b'{"question": null}',
        b'{"question": "Hvad?", "history": [3]}',
        b'{"question": "Hvad?", "history": 3}',
        b"hvad er leg?",
    ],
)
def test_a_malformed_line_is_named(ask: Run, monkeypatch: pytest.MonkeyPatch, line: bytes) -> None:
    given(monkeypatch, lines({"id": "a", "question": ANERKENDE}) + line + b"\n")

    done = ask("ask", "--batch", "-")

    assert "line 2" in done.complaint
    assert done.out == ""


def test_a_batch_that_cannot_be_read(ask: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given(monkeypatch, b"\xff\xfe")

    for name in (tmp_path / "gone.jsonl", tmp_path, "-"):
        assert str(name) in ask("ask", "--batch", name).complaint


# --- search


def test_search_for_programs(ask: Run, documents: Mapping[str, Document]) -> None:
    done = ask("search", "fællesskab og trivsel", "-k", 4, "--json")

    assert (done.code, done.err) == (0, "")
    assert len(done.records) == 4
    for record in done.records:
        document = documents[str(record["document"])]
        assert document.text[record["start"] : record["end"]] == record["quote"]
        assert record["title"] == document.title
        assert list(record) == ["document", "title", "section", "start", "end", "quote", "page", "score"]
    scores = [record["score"] for record in done.records]
    assert scores == sorted(scores, reverse=True)


def test_search_finds_the_wording_first(ask: Run) -> None:
    [record] = ask("search", "skubber til normalitetsbegrebet", "-k", 1, "--json").records

    assert "normalitetsbegrebet" in record["quote"]


def test_search_for_people(ask: Run) -> None:
    done = ask("search", "garanti for en plads", "-k", 1)

    where, quote = done.out.splitlines()
    assert HERNING in where
    assert "Dagtilbud" in where
    assert "garanti for en plads" in quote


def test_search_with_filters(ask: Run) -> None:
    swedish = ask("search", "trygghet og fællesskab", "--language", "sv", "--json", "-k", 3).records
    inside = ask("search", "trygghet og fællesskab", "--document", UNGHERNING, "--json", "-k", 3).records
    both = ask("search", "trygghet", "--document", UNGHERNING, "--language", "sv", "--json")

    assert {record["document"] for record in swedish} == {"centrala-barn-och-elevhalsan-vardegrund.txt"}
    assert {record["document"] for record in inside} == {UNGHERNING}
    assert len(swedish) == len(inside) == 3
    assert both == (0, "", "")


def test_search_in_a_document_that_is_not_there(ask: Run) -> None:
    complaint = ask("search", "leg", "--document", "gone.txt").complaint

    assert "gone.txt" in complaint
    assert UNGHERNING in complaint


# --- text


@pytest.mark.parametrize("bare", [True, False])
def test_text_is_what_offsets_refer_to(
    capsysbinary: pytest.CaptureFixture[bytes], documents: Mapping[str, Document], corpus_folder: Path, bare: bool
) -> None:
    for name, document in documents.items():
        folder = corpus_folder / "documents" if bare else corpus_folder
        assert main(["text", name, "--corpus", str(folder)]) == 0
        printed = capsysbinary.readouterr()
        assert printed.out == document.text.encode()
        assert printed.out == (corpus_folder / "documents" / name).read_bytes()
        assert printed.err == b""


def test_text_of_the_corpus_that_is_set(run: Run, write_corpus: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRUNDLAG_CORPUS", str(write_corpus({"leg.txt": LEG}).corpus))

    assert run("text", "leg.txt") == (0, LEG, "")


def test_text_of_a_document_that_is_not_there(run: Run, corpus_folder: Path) -> None:
    complaint = run("text", "gone.txt", "--corpus", corpus_folder).complaint

    assert "gone.txt" in complaint
    assert HERNING in complaint


# --- evaluate


def gold_file(path: Path) -> Path:
    """One question that is answered right, one that is refused though it has an answer, one that has none."""
    sentence = {"document": UNGHERNING, "quote": "Det at anerkende de unge er ikke det samme som at give dem ret."}
    gold = [
        {"id": "g1", "kind": "fact", "lang": "da", "persona": "parent", "question": ANERKENDE, "evidence": [sentence]},
        {"id": "g2", "kind": "long", "lang": "da", "persona": "staff", "question": "x" * 1001, "evidence": [sentence]},
        {"id": "g3", "kind": "none", "lang": "da", "persona": "staff", "question": "?", "evidence": []},
    ]
    path.write_bytes(lines(*gold))
    return path


FIGURES = {
    "questions": 3,
    "answerable": 2,
    "unanswerable": 1,
    "recall": 0.5,
    "first_hit": 0.5,
    "verbatim": 1.0,
    "wrongly_refused": 0.5,
    "rightly_refused": 1.0,
    "refusal_f1": 0.667,
    "passage_hit1": 0.5,
    "passage_recall5": 0.5,
    "passage_mrr": 0.5,
}


def test_evaluate_for_programs(ask: Run, tmp_path: Path) -> None:
    done = ask("evaluate", gold_file(tmp_path / "gold.jsonl"), "--json", "--by", "kind")

    [figures] = done.records
    assert (done.code, done.err) == (0, "")
    assert {name: figures[name] for name in FIGURES} == FIGURES
    assert {kind: part["recall"] for kind, part in figures["by"].items()} == {"fact": 1.0, "long": 0.0, "none": None}


def test_evaluate_for_people(ask: Run, tmp_path: Path) -> None:
    done = ask("evaluate", gold_file(tmp_path / "gold.jsonl"), "--failures")

    printed = done.out.splitlines()
    table = dict(line.split(maxsplit=1) for line in printed if len(line.split()) == 2)
    assert {name: table[name] for name in FIGURES} == {name: str(value) for name, value in FIGURES.items()}
    assert [line.split()[0] for line in printed if line.startswith("g")] == ["g2"]


@pytest.mark.parametrize(("content", "named"), [(b"", "no questions"), (b"{\n", "line 1"), (b"\xff", "cannot be read")])
def test_evaluate_needs_questions(ask: Run, tmp_path: Path, content: bytes, named: str) -> None:
    (tmp_path / "gold.jsonl").write_bytes(content)

    complaint = ask("evaluate", tmp_path / "gold.jsonl").complaint

    assert named in complaint
    assert "gold.jsonl" in complaint


# --- doctor


def doctor_lines(done: Done) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"ok": [], "BAD": []}
    for line in done.out.splitlines():
        found[line.split()[0]].append(line)
    return found


def test_doctor_finds_all_well(run: Run, real_settings: Settings) -> None:
    done = run("doctor", "--corpus", real_settings.corpus, "--index", real_settings.index)

    found = doctor_lines(done)
    assert (done.code, done.err, found["BAD"]) == (0, "", [])
    for subject in ("python", "torch", "gradio", "corpus", "encoder", "index"):
        assert any(line.split()[1] == f"{subject}:" for line in found["ok"])


def test_doctor_without_an_index(run: Run, write_corpus: Write) -> None:
    settings = write_corpus({"leg.txt": LEG, "tom.txt": ""})

    done = run("doctor", "--corpus", settings.corpus, "--index", settings.index)

    bad = doctor_lines(done)["BAD"]
    assert done.code == 1
    assert any("tom.txt" in line for line in bad)
    assert any("grundlag index" in line for line in bad)


@pytest.mark.parametrize("name", ["passages/vectors.npy", "manifest.json", "groups.json", "stems/vocab.index.json"])
def test_doctor_with_a_damaged_index(run: Run, write_corpus: Write, name: str) -> None:
    settings = write_corpus({"leg.txt": LEG, "mad.txt": MAD})
    places = ("--corpus", settings.corpus, "--index", settings.index)
    assert run("index", *places).code == 0
    path = current_folder(settings.index) / name
    path.write_bytes(path.read_bytes()[:-3])

    done = run("doctor", *places)

    [bad] = doctor_lines(done)["BAD"]
    assert done.code == 1
    assert "index" in bad
    assert "--rebuild" in bad


def test_doctor_with_documents_that_have_changed(run: Run, write_corpus: Write) -> None:
    settings = write_corpus({"leg.txt": LEG})
    places = ("--corpus", settings.corpus, "--index", settings.index)
    run("index", *places)
    write_corpus({"leg.txt": MAD})

    done = run("doctor", *places)

    assert done.code == 1
    assert any("changed" in line and "grundlag index" in line for line in doctor_lines(done)["BAD"])


def test_doctor_with_a_damaged_corpus(run: Run, write_corpus: Write) -> None:
    settings = write_corpus({"leg.txt": LEG, "catalogue.toml": "[documents\n"})

    done = run("doctor", "--corpus", settings.corpus, "--index", settings.index)

    assert done.code == 1
    assert any("catalogue.toml" in line for line in doctor_lines(done)["BAD"])


# --- usage and failure


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["search"],
        ["search", "leg", "-k", "0"],
        ["search", "leg", "-k", "many"],
        ["text"],
        ["evaluate"],
        ["evaluate", "x.jsonl", "--by", "colour"],
        ["serve", "--port", "many"],
        ["ask", "Hvad?", "--colour"],
    ],
)
def test_wrong_usage(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)

    assert caught.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "usage: grundlag" in printed.err


@pytest.mark.parametrize("arguments", [[], ["Hvad er leg?", "--batch", "-"]])
def test_ask_one_or_a_batch(run: Run, arguments: Sequence[str]) -> None:
    done = run("ask", *arguments)

    assert done.code == 2
    assert done.out == ""
    assert "QUESTION" in done.err


def test_no_index(run: Run, tmp_path: Path) -> None:
    for command in (["ask", "Hvad?"], ["search", "leg"], ["evaluate", str(gold_file(tmp_path / "gold.jsonl"))]):
        done = run(*command, "--index", tmp_path / "none")
        assert "grundlag index" in done.complaint
        assert done.out == ""


def test_a_damaged_index(run: Run, real_settings: Settings, tmp_path: Path) -> None:
    index = shutil.copytree(real_settings.index, tmp_path / "index")
    (current_folder(index) / "passages.json").unlink()

    done = run("ask", ANERKENDE, "--index", index)

    assert "grundlag index --rebuild" in done.complaint
    assert done.out == ""


def test_a_wrong_setting(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRUNDLAG_THREADS", "many")

    assert "GRUNDLAG_THREADS" in run("ask", "Hvad?", "--index", tmp_path).complaint


# --- as a program


def program(*arguments: object, stdin: bytes = b"", cwd: Path = ROOT) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("PYTHONWARNINGS", None)
    return subprocess.run(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment,
        check=False,
        timeout=300,
    )


def test_the_program_answers_a_batch_and_writes_nothing_else(real_settings: Settings, tmp_path: Path) -> None:
    asked = lines({"id": "a", "question": ANERKENDE}, {"id": "b", "question": ""})

    done = program("ask", "--batch", "-", "--index", real_settings.index, stdin=asked, cwd=tmp_path)

    assert (done.returncode, done.stderr.decode()) == (0, "")
    records = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [(record["id"], record["status"]) for record in records] == [("a", "answered"), ("b", "rejected")]
    assert list(tmp_path.iterdir()) == []


def test_the_program_ends_with_1_and_one_line(tmp_path: Path) -> None:
    done = program("text", "gone.txt", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (1, b"")
    [line] = done.stderr.decode().splitlines()
    assert line.startswith("grundlag: ")


def test_the_program_ends_with_2_for_wrong_usage() -> None:
    done = program("dance")

    assert (done.returncode, done.stdout) == (2, b"")
    assert b"Traceback" not in done.stderr


def test_the_program_says_its_version() -> None:
    done = program("--version")

    assert done.returncode == 0
    assert done.stdout.startswith(b"grundlag ")


def test_a_reader_that_goes_away_is_no_error(write_corpus: Write) -> None:
    """As in `grundlag text D | head -1`, with a text longer than a pipe holds."""
    corpus = write_corpus({"lang.txt": LEG * 10_000}).corpus
    command = [sys.executable, "-m", "bot", "text", "lang.txt", "--corpus", str(corpus)]

    # Unbuffered, Python takes the first part of a write for the whole and never learns that nobody read the rest.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment, **streams) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(6) == b"Om leg"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 1

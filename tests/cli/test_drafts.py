"""`expand` and `explain`, with a model on loopback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.answering.writing.chat_server import Server, failing, saying, serving
from tests.cli.running import Run, Write
from tests.models.test_entailment import tiny_model

pytest.importorskip("langchain_openai")
LEG = "Leg er den vigtigste vej til læring for de yngste børn."
FILES = {
    "om-leg.txt": f"Om leg\n\n{LEG}\n",
    "om-mad.txt": "Om mad\n\nVi spiser sammen med børnene hver dag klokken tolv.\n",
}


@pytest.fixture
def settings(write_corpus: Write, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GRUNDLAG_CHAT_MODEL", "openai:m")
    monkeypatch.setenv("GRUNDLAG_CHAT_KEY", "k")
    monkeypatch.setenv("GRUNDLAG_CHAT_RETRIES", "0")
    return write_corpus(FILES)


def use(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRUNDLAG_CHAT_URL", server.url)


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_expand_drafts_what_the_bank_does_not_cover(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    covered = {"question": "Hvad er leg?", "language": "da", "document": "om-leg.txt", "quote": LEG}
    (settings.corpus / "questions.jsonl").write_text(json.dumps(covered) + "\n")
    drafts = settings.corpus / "questions.draft.jsonl"
    with serving(saying("da: Hvornår spiser børnene?\nsv: När äter barnen?")) as server:
        use(server, monkeypatch)
        first = run("expand", "--corpus", settings.corpus, "--language", "da", "--each", 2)
        again = run("expand", "--corpus", settings.corpus)

        assert len(server.asked) == 1
    assert (first.code, again.code) == (0, 0)
    assert "1 questions for 1 passages" in first.err
    assert "questions.jsonl" in first.err
    assert "Nothing to draft" in again.err
    assert [(d["document"], d["question"]) for d in lines(drafts)] == [("om-mad.txt", "Hvornår spiser børnene?")]


def test_expand_keeps_to_the_documents_named(run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(saying("da: Hvad er vigtigt for børnene?")) as server:
        use(server, monkeypatch)
        run("expand", "om-leg.txt", "--corpus", settings.corpus)

    assert {d["document"] for d in lines(settings.corpus / "questions.draft.jsonl")} == {"om-leg.txt"}


def test_a_document_that_is_not_there(run: Run, settings: Settings) -> None:
    assert "om-leg.txt" in run("expand", "nothing.txt", "--corpus", settings.corpus).complaint


def test_a_model_that_fails_is_one_line(run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(failing(500)) as server:
        use(server, monkeypatch)
        done = run("expand", "--corpus", settings.corpus)

    assert "did not answer" in done.complaint


def test_without_a_model(run: Run, write_corpus: Write) -> None:
    settings = write_corpus(FILES)

    assert "GRUNDLAG_CHAT_MODEL" in run("expand", "--corpus", settings.corpus).complaint


def test_explain_keeps_only_what_the_passage_supports(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "Leg er den vigtigste måde at lære på for de yngste børn. Leg er ikke vigtig for de yngste børn."
    with serving(saying(said)) as server:
        use(server, monkeypatch)
        done = run("explain", "om-leg.txt", "--corpus", settings.corpus, "--index", settings.index)

    [note] = lines(settings.corpus / "notes.draft.jsonl")
    assert done.code == 0
    assert note["note"] == "Leg er den vigtigste måde at lære på for de yngste børn."
    assert note["quote"] == LEG
    assert "1 sentences" in done.err


def test_doctor_asks_the_model(run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(saying("ready")) as server:
        use(server, monkeypatch)
        well = run("doctor", "--corpus", settings.corpus, "--index", settings.index)
    gone = run("doctor", "--corpus", settings.corpus, "--index", settings.index)

    assert "ok   chat model: openai:m answered in" in well.out
    assert "nothing leaves this network" in well.out
    assert "BAD  chat model:" in gone.out


def test_doctor_looks_at_the_check_model(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GRUNDLAG_CHAT_MODEL")
    places = ("--corpus", settings.corpus, "--index", settings.index)
    monkeypatch.setenv("GRUNDLAG_CHECK_MODEL", str(tiny_model(tmp_path / "nli")))
    well = run("doctor", *places)
    monkeypatch.setenv("GRUNDLAG_CHECK_MODEL", str(tmp_path / "gone"))
    gone = run("doctor", *places)

    assert "ok   check model: nli, " in well.out
    assert "GRUNDLAG_CHAT_MODEL" in well.out
    assert "BAD  check model: " in gone.out


def test_a_check_model_that_is_missing_is_one_line(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GRUNDLAG_CHECK_MODEL", str(tmp_path / "gone"))

    assert "GRUNDLAG_CHECK_MODEL" in run("explain", "om-leg.txt", "--corpus", settings.corpus).complaint

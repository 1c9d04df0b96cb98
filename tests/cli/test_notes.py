"""Notes in plain words, from the file beside the corpus to what commands and the page show."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from bot.answering.assistant import Assistant
from bot.composition import open_assistant, open_staff_assistant
from bot.settings import Settings
from bot.web.render import render_document, render_ending, render_pieces
from tests.cli.running import MAD, Run, Write, untimed

LEG = "Leg er den vigtigste vej til læring for de yngste børn."
NOTE = {"document": "leg.txt", "quote": LEG, "language": "da", "note": "Børn <b>lærer</b>, når de leger [1]."}
FILES = {"leg.txt": f"Om leg\n\n{LEG}\n", "mad.txt": MAD}
QUESTION = "Hvad er den vigtigste vej til læring for de yngste børn?"


def lines(*notes: Mapping[str, str]) -> str:
    return "".join(json.dumps(note, ensure_ascii=False) + "\n" for note in notes)


@pytest.fixture
def settings(write_corpus: Write, run: Run) -> Settings:
    settings = write_corpus(FILES)
    assert run("index", "--corpus", settings.corpus, "--index", settings.index).code == 0
    return settings


def asked(run: Run, settings: Settings) -> dict[str, object]:
    [record] = run("ask", QUESTION, "--json", "--corpus", settings.corpus, "--index", settings.index).records
    return record


def keep(settings: Settings, *notes: Mapping[str, str]) -> None:
    (settings.corpus / "notes.jsonl").write_text(lines(*notes), encoding="utf-8")


def opened(settings: Settings) -> Assistant:
    return open_assistant(settings)


def test_a_note_is_beside_the_answer_and_no_part_of_it(run: Run, settings: Settings) -> None:
    before = asked(run, settings)
    keep(settings, NOTE, {**NOTE, "language": "sv", "note": "Barn lär sig när de leker."})
    after = asked(run, settings)

    assert "notes" not in before
    assert after.pop("notes") == [{"number": 1, "language": "da", "text": NOTE["note"]}]
    assert untimed(after) == untimed(before)
    assert NOTE["note"] not in json.dumps(after, ensure_ascii=False)


def test_the_answer_in_the_terminal_has_it_labelled(run: Run, settings: Settings) -> None:
    keep(settings, NOTE)
    done = run("ask", QUESTION, "--corpus", settings.corpus, "--index", settings.index)

    assert f"    Forklaring med enkle ord, ikke et citat: {NOTE['note']}" in done.out.splitlines()


def test_the_page_sets_it_apart_from_quotes(settings: Settings) -> None:
    keep(settings, NOTE, {**NOTE, "language": "en", "note": "Children learn by play."})
    assistant = opened(settings)
    answer = assistant.ask(QUESTION)
    *_, grown = assistant.ask_growing(QUESTION)
    ending = render_ending(answer, assistant.documents)
    read = render_document(assistant.documents["leg.txt"], assistant.documents, notes=assistant.notes_on("leg.txt"))
    assistant.searcher.snapshot.close()

    assert grown.notes == answer.notes
    assert "lærer" not in "".join(render_pieces(answer, assistant.documents))
    for html, shown in ((ending, 1), (read, 2)):
        assert html.count('class="note"') == html.count('data-text="note"') == shown
        assert "Børn &lt;b&gt;lærer&lt;/b&gt;, når de leger [1]." in html
        assert "<blockquote" not in html
    assert "Children learn" not in ending
    assert '<p lang="en">Children learn by play.</p>' in read


def test_a_note_whose_passage_has_changed_is_reported_and_not_shown(
    run: Run, settings: Settings, write_corpus: Write
) -> None:
    keep(settings, NOTE)
    places = ("--corpus", settings.corpus, "--index", settings.index)
    well = run("doctor", *places)
    write_corpus({"leg.txt": f"Om leg\n\n{LEG.replace('vigtigste', 'bedste')}\n"})
    built = run("index", *places)
    ill = run("doctor", *places)

    assert "ok   notes: 1 beside passages" in well.out
    assert "notes: not shown, its passage in leg.txt is gone or has changed: 'Børn" in built.err
    assert "BAD  notes: 0 beside passages; 1 not shown" in ill.out
    assert "notes" not in asked(run, settings)


def test_a_line_that_is_no_note_is_one_line_everywhere(run: Run, settings: Settings) -> None:
    keep(settings, NOTE, {**NOTE, "language": "de"})
    places = ("--corpus", settings.corpus, "--index", settings.index)

    assert "notes.jsonl line 2 is no note (language is 'de'" in run("index", *places).complaint
    assert "notes.jsonl line 2" in run("ask", QUESTION, *places).err
    assert "BAD  notes: " in run("doctor", *places).out


def test_a_note_on_a_document_for_staff_is_for_staff(run: Run, write_corpus: Write) -> None:
    files = {f"documents/{name}": text for name, text in FILES.items()}
    settings = write_corpus(files | {"catalogue.toml": '[documents."leg.txt"]\naudience = "staff"\n'})
    keep(settings, NOTE)
    built = run("index", "--corpus", settings.corpus, "--index", settings.index)
    public, staff = opened(settings), open_staff_assistant(settings)
    assert staff is not None
    shown = [assistant.notes_on("leg.txt") for assistant in (public, staff)]
    for assistant in (public, staff):
        assistant.searcher.snapshot.close()

    assert "notes:" not in built.err
    assert [len(notes) for notes in shown] == [0, 1]

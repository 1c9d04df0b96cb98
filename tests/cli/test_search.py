from __future__ import annotations

from collections.abc import Mapping

from bot.schema import Document
from tests.cli.running import (
    HERNING,
    UNGHERNING,
    Run,
)


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

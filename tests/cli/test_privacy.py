from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.privacy.feedback import Entry, FeedbackFile, Kind
from tests.cli.running import Run

POOL = "Hvornår åbner svømmehallen?"


@pytest.fixture
def keep(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Path]:
    """Sets a feedback file and keeps entries in it."""

    def keep(*entries: Entry, **settings: str) -> Path:
        path = tmp_path / "feedback.sqlite"
        monkeypatch.setenv("GRUNDLAG_FEEDBACK", str(path))
        for name, value in settings.items():
            monkeypatch.setenv(f"GRUNDLAG_FEEDBACK_{name.upper()}", value)
        for entry in entries:
            FeedbackFile(path, 30).keep(entry)
        return path

    return keep


def test_nothing_is_kept_unless_set(run: Run) -> None:
    assert "Nothing about a question is kept" in run("privacy").out
    assert "GRUNDLAG_FEEDBACK" in run("privacy", "--erase").complaint
    assert "GRUNDLAG_FEEDBACK" in run("gaps").complaint


def test_it_says_what_is_kept(run: Run, keep: Callable[..., Path]) -> None:
    path = keep(keeps="feedback, unanswered", days="7")
    assert f"{path}: nothing yet" in run("privacy").out
    keep(Entry(Kind.UNANSWERED, POOL))

    said = run("privacy").out

    assert "0 feedback, 1 unanswered" in said
    assert "7 days" in said
    assert said.count("Kept:") == 2


def test_it_is_erased(run: Run, keep: Callable[..., Path]) -> None:
    path = keep(Entry(Kind.UNANSWERED, POOL))

    done = run("privacy", "--erase")

    assert (done.code, done.out) == (0, "")
    assert "erased" in done.err
    assert POOL.encode() not in path.read_bytes()
    assert "Nothing was asked in vain" in run("gaps").err


def test_gaps(run: Run, keep: Callable[..., Path]) -> None:
    keep(
        Entry(Kind.UNANSWERED, "Hvordan melder jeg mit barn syg?"),
        Entry(Kind.UNANSWERED, POOL),
        Entry(
            Kind.FEEDBACK, "hvad er svømmehallens åbningstider", "da", "answered", helpful=False, comment="Intet svar"
        ),
    )

    shown = run("gaps").out.splitlines()
    first, second = run("gaps", "--json").records

    assert shown[0].startswith(f"   2  {POOL}")
    assert "Intet svar" in shown[2]
    assert (first["count"], first["unanswered"], first["unhelpful"]) == (2, 1, 1)
    assert first["comments"] == ["Intet svar"]
    assert second["count"] == 1


def test_a_file_that_cannot_be_used_is_one_line(run: Run, keep: Callable[..., Path]) -> None:
    path = keep()
    path.write_bytes(b"x" * 200)

    for command in (["gaps"], ["privacy"], ["privacy", "--erase"]):
        assert str(path) in run(*command).complaint


def test_a_kind_that_there_is_not_is_named(run: Run, keep: Callable[..., Path]) -> None:
    keep(keeps="everything")

    assert "GRUNDLAG_FEEDBACK_KEEPS" in run("privacy").complaint

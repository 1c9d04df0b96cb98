"""What the server keeps when it is told to, and that an answer never depends on it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings

from bot.errors import FeedbackError
from bot.privacy.feedback import Entry, FeedbackFile, Kind
from bot.settings import Settings, load_settings
from bot.web.application import build_app
from bot.web.keeping import NOTHING, Keeping, keeping_of
from bot.web.render import render_shell
from bot.web.texts import LANGUAGES, page_texts
from bot.web.views import render_about
from tests.web.fakes import fake_assistant

ANERKENDE = "Hvad betyder det at anerkende de unge?"
IN_VAIN = "Hvornår er svømmehallen åben for unge?"
JUDGED = {"question": ANERKENDE, "helpful": False, "comment": "Min søn hedder Alfons", "status": "answered"}
PATIENCE = 10.0


@pytest.fixture
def kept(tmp_path: Path) -> Settings:
    return load_settings(
        port=0, feedback=tmp_path / "feedback.sqlite", feedback_keeps="feedback,unanswered", questions_per_minute=0
    )


@pytest.fixture
def client(kept: Settings) -> Iterator[TestClient]:
    with TestClient(build_app(fake_assistant(), kept)) as client:
        yield client


def entries(kept: Settings) -> list[Entry]:
    assert kept.feedback is not None
    return list(FeedbackFile(kept.feedback, 30).entries())


def until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def test_feedback_is_kept_redacted(client: TestClient, kept: Settings) -> None:
    answer = client.post("/api/feedback", json=JUDGED)

    [entry] = entries(kept)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (entry.kind, entry.question, entry.helpful) == (Kind.FEEDBACK, ANERKENDE, False)
    assert entry.comment == "Min søn hedder [name]"


def test_a_comment_takes_the_place_of_what_was_said_before(client: TestClient, kept: Settings) -> None:
    for given_ in ({**JUDGED, "comment": ""}, JUDGED):
        client.post("/api/feedback", json={**given_, "id": "0" * 32})

    assert [entry.comment for entry in entries(kept)] == ["Min søn hedder [name]"]


def test_what_is_asked_in_vain_is_kept_and_nothing_else(client: TestClient, kept: Settings) -> None:
    for question in (ANERKENDE, "Hej!", "", IN_VAIN, f"{IN_VAIN} 010203-1234"):
        client.post("/api/ask", json={"question": question or "x" * 1000})

    assert until(lambda: len(entries(kept)) == 2)
    assert [entry.question for entry in entries(kept)] == [IN_VAIN, f"{IN_VAIN} […]"]


def test_nothing_is_kept_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with TestClient(build_app(fake_assistant(), load_settings(port=0))) as client:
        assert client.post("/api/feedback", json=JUDGED).status_code == 404
        assert "/feedback" not in client.get("/api/openapi.json").json()["paths"]
        client.post("/api/ask", json={"question": IN_VAIN})

    assert list(tmp_path.iterdir()) == []


def test_each_kind_is_kept_alone(kept: Settings) -> None:
    only = kept.model_copy(update={"feedback_keeps": ("unanswered",)})
    with TestClient(build_app(fake_assistant(), only)) as client:
        assert client.post("/api/feedback", json=JUDGED).status_code == 404
        client.post("/api/ask", json={"question": IN_VAIN})
    assert [entry.kind for entry in entries(kept)] == [Kind.UNANSWERED]

    only = kept.model_copy(update={"feedback_keeps": ("feedback",)})
    with TestClient(build_app(fake_assistant(), only)) as client:
        client.post("/api/ask", json={"question": IN_VAIN})
    assert len(entries(kept)) == 1


@pytest.mark.parametrize("fault", ["locked", "damaged", "folder", "nowhere"])
def test_an_answer_does_not_depend_on_it(kept: Settings, fault: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = kept.feedback
    assert path is not None
    locking = None
    if fault == "locked":
        FeedbackFile(path, 30).expire()
        locking = sqlite3.connect(path, isolation_level=None)
        locking.execute("BEGIN EXCLUSIVE")
    elif fault == "damaged":
        path.write_bytes(b"SQLite format 3\0" + b"\xa5" * 5000)
    elif fault == "folder":
        path.mkdir()
    else:
        kept = kept.model_copy(update={"feedback": Path("/proc/none/feedback.sqlite")})
    with TestClient(build_app(fake_assistant(), kept)) as client:
        answered = client.post("/api/ask", json={"question": IN_VAIN})
        judged = client.post("/api/feedback", json=JUDGED)
        figures = client.get("/metrics", headers={}).text
    if locking is not None:
        locking.close()

    assert (answered.status_code, answered.json()["status"]) == (200, "not_found")
    assert judged.status_code == 503
    assert "not affected" in judged.json()["detail"]
    assert "grundlag_not_stored_total 2.0" in figures or "Not Found" in figures
    said = capsys.readouterr().err
    assert "feedback_file" in said
    assert "svømmehal" not in said


def test_what_is_too_old_goes_when_the_server_starts(kept: Settings) -> None:
    assert kept.feedback is not None
    FeedbackFile(kept.feedback, 30).keep(Entry(Kind.UNANSWERED, IN_VAIN))
    with sqlite3.connect(kept.feedback) as database:
        database.execute("UPDATE entry SET day = '2001-01-01'")
    database.close()

    def count() -> int:
        # Not by FeedbackFile, which would delete it itself.
        with sqlite3.connect(kept.feedback or "") as reading:
            return int(reading.execute("SELECT count(*) FROM entry").fetchone()[0])

    with TestClient(build_app(fake_assistant(), kept)):
        assert until(lambda: count() == 0)


def test_feedback_is_as_described(kept: Settings) -> None:
    described = schemathesis.openapi.from_asgi("/api/openapi.json", build_app(fake_assistant(), kept))

    @settings(max_examples=20, suppress_health_check=list(HealthCheck))
    @given(case=described["/feedback"]["POST"].as_strategy())
    def check(case) -> None:
        case.call_and_validate()

    check()


@pytest.mark.parametrize(
    ("keeps", "texts"),
    [
        (NOTHING, {"about_privacy_text"}),
        (Keeping(feedback=True, days=7), {"about_privacy_feedback"}),
        (Keeping(unanswered=True, days=7), {"about_privacy_unanswered"}),
        (Keeping(feedback=True, unanswered=True, days=7), {"about_privacy_feedback", "about_privacy_unanswered"}),
    ],
)
def test_about_says_what_is_kept_and_for_how_long(keeps: Keeping, texts: set[str]) -> None:
    page = render_about(fake_assistant(), keeps)
    told = {"about_privacy_text", "about_privacy_feedback", "about_privacy_unanswered"}

    assert {key for key in told if f'"{key}"' in page} == texts
    assert ("about_privacy_days" in page and "&#34;n&#34;: 7" in page) == keeps.anything
    assert ('"footer_note_kept"' in render_shell(keeps=keeps.anything)) == keeps.anything


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_says_that_nothing_is_kept_where_something_is(language: str) -> None:
    texts = page_texts(language)

    assert "{n}" in texts["about_privacy_days_other"]
    for key in ("footer_note_kept", "about_privacy_feedback", "about_privacy_unanswered"):
        assert not any(word in texts[key] for word in ("Intet", "Inget", "Nothing"))


def test_the_settings_say_what_is_kept() -> None:
    assert keeping_of(load_settings()) == NOTHING
    assert keeping_of(load_settings(feedback="x")) == Keeping(feedback=True, days=30)
    with pytest.raises(FeedbackError):
        FeedbackFile(Path("/proc/none"), 30).keep(Entry(Kind.FEEDBACK, "x"))

"""The index changes under load: nobody is dropped, and every answer belongs to one snapshot."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest

from bot.answering.following import Following
from bot.composition import build_index, following_assistant, following_staff_assistant
from bot.models.encoder import Encoder
from bot.settings import Settings
from bot.web.application import build_app
from bot.web.events import ask_event
from tests.web.fakes import FakeAssistant, fake_assistant, real_documents
from tests.web.serving import Running

Write = Callable[[Mapping[str, str | bytes]], Settings]
LEG = "Om leg\n\nLeg er den vigtigste vej til læring for de yngste børn i udgave {0}.\n"
STAFF_TEXT = "Om beredskab\n\nLeg er farlig: nøglen til kælderen ligger hos pedellen i udgave {0}.\n"
CATALOGUE = '[documents."beredskab.txt"]\naudience = "staff"\n'
QUESTION = {"question": "Hvad siger I om leg og læring for de yngste børn?"}
EDITIONS = 4
WITHIN_SECONDS = 10.0
ASKERS = 3


class Asked:
    """Answers that came while the index changed, by who asked."""

    def __init__(self) -> None:
        self.records: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
        self.statuses: set[int] = set()
        self.errors: list[Exception] = []


def edition(number: int) -> dict[str, str]:
    return {"leg.txt": LEG.format(number), "beredskab.txt": STAFF_TEXT.format(number), "catalogue.toml": CATALOGUE}


@pytest.fixture
def served(write_corpus: Write, encoder: Encoder) -> Iterator[tuple[Running, Settings, Following, Following]]:
    settings = write_corpus(edition(0)).model_copy(
        update={"staff_header": "X-User", "questions_per_minute": 0, "requests_per_minute": 0}
    )
    settings = Settings.model_validate({**settings.model_dump(), "trusted_proxies": "127.0.0.1"})
    build_index(settings, encoder)
    public = following_assistant(settings, encoder, lambda _: None)
    staff = following_staff_assistant(settings, encoder, lambda _: None)
    assert staff is not None
    running = Running(build_app(public, settings, staff), settings)
    for following in (public, staff):
        following.start()
    yield running, settings, public, staff
    for following in (public, staff):
        following.stop()
    running.stop()


def keep_asking(address: str, done: threading.Event, asked: Asked, *, staff: bool) -> None:
    headers = {"X-Forwarded-For": "10.1.1.1", **({"X-User": "anna"} if staff else {})}
    with httpx.Client(base_url=address, headers=headers, timeout=60) as client:
        while not done.is_set():
            try:
                answer = client.post("/api/ask", json=QUESTION)
                asked.statuses.add(answer.status_code)
                asked.records[staff].append(answer.json())
            except (httpx.HTTPError, ValueError) as error:
                asked.errors.append(error)


def test_an_index_changes_under_load(
    served: tuple[Running, Settings, Following, Following], write_corpus: Write, encoder: Encoder
) -> None:
    running, settings, public, staff = served
    texts: dict[str, dict[str, str]] = {}
    done, asked = threading.Event(), Asked()
    askers = [
        threading.Thread(target=keep_asking, args=(running.address, done, asked), kwargs={"staff": number % 2 == 1})
        for number in range(ASKERS)
    ]

    def remember() -> None:
        for following in (public, staff):
            now = following.now()
            texts[now.snapshot_id] = {name: document.text for name, document in now.documents.items()}

    remember()
    for asker in askers:
        asker.start()
    try:
        for number in range(1, EDITIONS):
            before = (public.snapshot_id, staff.snapshot_id)
            write_corpus(edition(number))
            build_index(settings, encoder)
            built = time.monotonic()
            while (public.snapshot_id == before[0] or staff.snapshot_id == before[1]) and time.monotonic() < built + 60:
                time.sleep(0.05)
            assert time.monotonic() - built < WITHIN_SECONDS
            remember()
    finally:
        done.set()
        for asker in askers:
            asker.join()

    assert asked.errors == []
    assert asked.statuses == {200}
    assert len({record["index"] for records in asked.records.values() for record in records}) > EDITIONS
    for records in asked.records.values():
        for record in records:
            assert record["status"] == "answered"
            for citation in record["citations"]:
                text = texts[record["index"]][citation["document"]]
                assert text[citation["start"] : citation["end"]] == citation["quote"]
    told = str(asked.records[False])
    for word in ("beredskab", "nøglen", "pedellen"):
        assert word not in told
    assert "beredskab.txt" in str(asked.records[True])


class Moving(FakeAssistant):
    """Moves to an index without documents as soon as a question is answered."""

    def __init__(self) -> None:
        super().__init__(real_documents())
        self.present: FakeAssistant = fake_assistant()

    def now(self) -> FakeAssistant:
        held, self.present = self.present, FakeAssistant(())
        return held


def test_an_answer_keeps_the_sources_of_its_own_snapshot() -> None:
    question = {"question": "Hvad betyder det at anerkende de unge?"}

    steps = list(ask_event(Moving())(question))

    assert steps == list(ask_event(fake_assistant())(question))
    assert "data-quote" in str(steps)

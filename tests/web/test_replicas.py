"""Two replicas and Chroma's own server, as processes of their own: what people see is what one process would show."""

from __future__ import annotations

import json
import shutil
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from benchmarks.serving import ChromaServer, Replica, comparable
from bot.answering.assistant import Assistant, record
from bot.composition import build_index
from bot.models.encoder import Encoder
from bot.settings import ROOT, Settings, load_settings

QUESTIONS = ROOT / "benchmarks" / "data" / "development.jsonl"
ASKED = 10
SWITCHED_SECONDS = 10.0
STOPPED = 128 + signal.SIGTERM
"""What a program returns that ended because it was asked to."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    server = ChromaServer(tmp_path_factory.mktemp("server") / "data")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def shared(server: ChromaServer, real_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy of the built index and its corpus that the replicas share, with every search left to the server."""
    folder = tmp_path_factory.mktemp("shared")
    shutil.copytree(real_settings.corpus, folder / "corpus")
    shutil.copytree(real_settings.index, folder / "index")
    return load_settings(corpus=folder / "corpus", index=folder / "index", chroma_url=server.url, exact_rows=0)


@pytest.fixture(scope="module")
def replicas(shared: Settings) -> Iterator[list[Replica]]:
    settings = {"INDEX": str(shared.index), "CHROMA_URL": shared.chroma_url, "EXACT_ROWS": "0", "THREADS": "1"}
    running = [Replica(settings) for _ in range(2)]
    for replica in running:
        replica.wait()
    yield running
    assert [replica.end() for replica in running] == [STOPPED, STOPPED]


def in_use(snapshot: str) -> str:
    return f'grundlag_index_info{{index="{snapshot}"}}'


def questions() -> list[dict[str, Any]]:
    asked = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line.strip()]
    return asked[:: len(asked) // ASKED][:ASKED]


def expected(assistant: Assistant, question: Mapping[str, Any]) -> dict[str, Any]:
    return comparable(record(assistant.ask(question["question"], question.get("history", []))))


def test_both_answer_as_one_process_does(replicas: list[Replica], assistant: Assistant) -> None:
    for replica in replicas:
        assert replica.figure("grundlag_vectors_up") == 1
        assert replica.figure(in_use(assistant.snapshot_id)) == 1
    for question in questions():
        wanted = expected(assistant, question)
        assert [comparable(r.ask(question["question"], question.get("history"))) for r in replicas] == [wanted, wanted]


def test_nobody_notices_that_the_server_is_away(
    replicas: list[Replica], server: ChromaServer, assistant: Assistant
) -> None:
    question = questions()[0]
    wanted = expected(assistant, question)

    server.stop()
    assert [comparable(r.ask(question["question"], question.get("history"))) for r in replicas] == [wanted, wanted]
    assert {r.figure("grundlag_vectors_up") for r in replicas} == {0}

    server.start()
    until = time.monotonic() + SWITCHED_SECONDS
    while {r.figure("grundlag_vectors_up") for r in replicas} != {1}:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert [comparable(r.ask(question["question"], question.get("history"))) for r in replicas] == [wanted, wanted]


def test_a_new_build_is_answered_from_soon_and_by_all(
    replicas: list[Replica], shared: Settings, encoder: Encoder
) -> None:
    before = replicas[0].ask("Hvad er hullet i hegnet?")["index"]
    path = shared.corpus / "documents" / "hegnet.txt"
    path.write_text("Om hegnet\n\nHullet i hegnet er børnenes vej til skoven, og det skal holdes åbent.\n", "utf-8")
    seen: set[tuple[str, bool]] = set()
    stop = threading.Event()

    def go_on_asking(replica: Replica) -> None:
        while not stop.is_set():
            answer = replica.ask("Hvad er hullet i hegnet?")
            named = [citation["document"] for citation in answer["citations"]]
            named += [passage["document"] for passage in answer["passages"]]
            seen.add((answer["index"], path.name in named))

    with ThreadPoolExecutor(2) as people:
        asking = [people.submit(go_on_asking, replica) for replica in replicas]
        new = build_index(shared, encoder)[0].snapshot
        until = time.monotonic() + SWITCHED_SECONDS
        while not all(replica.figure(in_use(new)) for replica in replicas):
            assert time.monotonic() < until
            time.sleep(0.1)
        stop.set()
        for asked in asking:
            asked.result(60)

    assert {replica.ask("Hvad er hullet i hegnet?")["index"] for replica in replicas} == {new}
    # The new document is in every answer of the new index, and in none of the one before.
    assert seen <= {(before, False), (new, True)}


def test_a_process_that_is_asked_to_stop_answers_first(shared: Settings) -> None:
    replica = Replica({"INDEX": str(shared.index)})
    replica.wait()
    asked = questions()
    with ThreadPoolExecutor(len(asked)) as people:
        answers = [people.submit(replica.ask, question["question"]) for question in asked]
        # A connection that the server has not taken yet is nobody's who is being answered: all have to be inside.
        until = time.monotonic() + 20
        while time.monotonic() < until:
            inside = replica.figure("grundlag_questions_inside")
            if inside + sum(answer.done() for answer in answers) >= len(asked):
                break
            time.sleep(0.005)
        code = replica.end()
        statuses = [answer.exception() for answer in answers]

    assert code == STOPPED
    assert statuses == [None] * len(asked)

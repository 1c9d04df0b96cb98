"""A person as Locust plays one: asks on the page or by the API, reads, asks again. Started by benchmarks.load."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

from locust import HttpUser, between, task

QUESTIONS = [
    json.loads(line)
    for line in Path(os.environ["GRUNDLAG_LOAD_QUESTIONS"]).read_text(encoding="utf-8").splitlines()
    if line.strip()
]
CALL = "/gradio_api/call/ask"


class Person(HttpUser):
    """Opens the page, then asks there, and now and then by the API; reads for 20 to 40 seconds between two questions.

    However the question is asked, its time is that from the request to the whole answer.
    """

    wait_time = between(20, 40)

    def on_start(self) -> None:
        """Come at any time, not with the others; open the page."""
        self.wait()
        self.client.get("/", name="page")

    @task(3)
    def ask_on_the_page(self) -> None:
        """Ask as the page's script does: call the event, then fetch the answer."""
        asked = random.choice(QUESTIONS)
        data = [{"question": asked["question"], "history": asked.get("history", []), "language": "da"}]
        with self.environment.events.request.measure("POST", "ask") as told:
            called = self.client.post(CALL, json={"data": data}, name="call")
            called.raise_for_status()
            address = f"{CALL}/{called.json()['event_id']}"
            answer = self.client.get(address, name="fetch").text
            told["response_length"] = len(answer)
            if "event: complete" not in answer:
                raise RuntimeError("no answer")

    @task(1)
    def ask_the_api(self) -> None:
        """Ask one of the development questions, with its history."""
        asked = random.choice(QUESTIONS)
        body = {"question": asked["question"], "history": asked.get("history", [])}
        self.client.post("/api/ask", json=body, name="ask")

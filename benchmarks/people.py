"""A person as Locust plays one: asks a development question, reads, asks again. Started by benchmarks.load."""

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


class Person(HttpUser):
    """Reads for 20 to 40 seconds between two questions."""

    wait_time = between(20, 40)

    @task
    def ask(self) -> None:
        """Ask one of the development questions, with its history."""
        asked = random.choice(QUESTIONS)
        body = {"question": asked["question"], "history": asked.get("history", [])}
        self.client.post("/api/ask", json=body, name="ask")

"""`grundlag serve` and `chroma run` as processes of their own, on loopback."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from bot.settings import ROOT
from bot.store.served import answers

LOCAL = "127.0.0.1"
START_SECONDS = 600
STOP_SECONDS = 60
PREFIX = "GRUNDLAG_"
LISTENING = re.compile(r"Grundlag: (http://\S+)")


def free_port() -> int:
    with socket.create_server((LOCAL, 0)) as listening:
        return int(listening.getsockname()[1])


def comparable(fields: Mapping[str, Any]) -> dict[str, Any]:
    """An answer record without what differs from one time to the next."""
    whole = {name: value for name, value in fields.items() if name not in {"timing_ms", "id", "dropped"}}
    return dict(json.loads(json.dumps(whole)))


class ChromaServer:
    """`chroma run` over a folder; it may be stopped and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://{LOCAL}:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(Path(sys.executable).parent / "chroma"), "run", "--path", str(self.folder)]
        self._process = subprocess.Popen(
            [*command, "--host", LOCAL, "--port", str(self.port)],
            cwd=self.folder.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + START_SECONDS
        while not answers(self.url):
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"`chroma run` does not answer at {self.url}.")
            time.sleep(0.1)

    def stop(self) -> None:
        """End it at once, as a machine that is switched off would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Replica:
    """`grundlag serve` with settings of its own (names without GRUNDLAG_), over an index that is built already."""

    def __init__(self, settings: Mapping[str, str], environment: Mapping[str, str] | None = None) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        kept |= {name: os.environ[name] for name in (f"{PREFIX}CACHE",) if name in os.environ}
        own = {"PORT": "0", "BUILD_ON_START": "0", **settings}
        self.said: list[str] = []
        self.address = ""
        self._heard = threading.Event()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"],
            cwd=ROOT,
            env={**kept, **(environment or {}), **{PREFIX + name: value for name, value in own.items()}},
            stderr=subprocess.PIPE,
            text=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        for line in self.process.stderr or ():
            self.said.append(line.rstrip())
            if found := LISTENING.match(line):
                self.address = found[1]
                self._heard.set()
        self._heard.set()

    def wait(self) -> None:
        """Until it takes questions. Raises RuntimeError with what it said if it does not come to that."""
        if not self._heard.wait(START_SECONDS) or not self.address:
            self.end(signal.SIGKILL)
            raise RuntimeError(f"`grundlag serve` did not start: {self.said}")

    def ask(self, question: str, history: list[str] | None = None) -> dict[str, Any]:
        """The answer record. Raises httpx.HTTPStatusError for anything else."""
        asked = {"question": question, "history": history or []}
        answer = httpx.post(f"{self.address}/api/ask", json=asked, timeout=60)
        answer.raise_for_status()
        return dict(answer.json())

    def figure(self, name: str) -> float | None:
        """A figure out of /metrics, by the beginning of its line."""
        text = httpx.get(f"{self.address}/metrics", timeout=30).text
        found = next((line for line in text.splitlines() if line.startswith(name)), None)
        return float(found.rpartition(" ")[2]) if found else None

    def end(self, how: int = signal.SIGTERM) -> int:
        """Ask it to stop, or kill it; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(STOP_SECONDS)
        self._listener.join(10)
        if self.process.stderr is not None:
            self.process.stderr.close()
        return code

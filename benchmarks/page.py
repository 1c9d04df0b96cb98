"""The page in a real browser: `python -m benchmarks.page` (needs Chromium).

Prints two tables. How long an answer takes from pressing Enter until all of it is drawn, beside the time that
`grundlag ask` says it took for the same question: what is between them is the page's share. And what the first visit
weighs, and how long it takes until a question can be typed, beside a bare Gradio ChatInterface.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bot.settings import ROOT
from tests.browser.conftest import CHROMIUM, FLAGS

QUESTIONS = ROOT / "benchmarks" / "data" / "development.jsonl"
ASKED = 20
VISITS = 7
SHARE_MS = 300
"""The page may add so much to an answer."""
MOVES_MS = 200
"""So soon something on the page says that the question was heard."""
TIMES = 1.3
"""The first visit may weigh, and take, so many times that of a bare ChatInterface."""
QUIET_MS = 3000
OURS = ("-m", "bot", "serve", "--port", "0")
BARE = (
    "-c",
    """import sys, gradio
chat = gradio.ChatInterface(lambda message, history: message)
_, address, _ = chat.launch(server_name="127.0.0.1", quiet=True, prevent_thread_lock=True)
print(address, file=sys.stderr, flush=True)
chat.block_thread()
""",
)
# In the page: from the key press to the frame that shows the whole answer.
TIMED = """() => {
    document.querySelector("#question").addEventListener("keydown", () => { window.begun = performance.now(); },
        { once: true, capture: true });
    window.taken = 0;
    window.moved = 0;
    new MutationObserver((_, watch) => {
        if (!window.moved && document.querySelector(".searching"))
            requestAnimationFrame(() => setTimeout(() => { window.moved = performance.now() - window.begun; }));
        if (!document.querySelector(".turn[data-status]")) return;
        watch.disconnect();
        requestAnimationFrame(() => setTimeout(() => { window.taken = performance.now() - window.begun; }));
    }).observe(document.querySelector(".conversation"), { subtree: true, attributes: true, childList: true });
}"""
# In the page: from the start of the visit to the first frame in which a question can be typed.
TYPED = """(() => {
    const look = () => {
        const box = document.querySelector("textarea");
        if (box && !box.disabled && box.checkVisibility()) window.ready = performance.now();
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})()"""


def main() -> int:
    """Measure and print; 1 if a figure is not what it should be."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with running(OURS) as ours:
            kept = [measure_answers(browser, ours)]
            with running(BARE) as bare:
                kept.append(measure_visits(browser, ours, bare))
        browser.close()
    return 0 if all(kept) else 1


@contextmanager
def running(command: tuple[str, ...]) -> Iterator[str]:
    """A server of its own process; its address, once it says one."""
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        for line in process.stderr or ():
            if found := re.search(r"http://[\w.:]+", line):
                yield found[0].rstrip("/") + "/"
                return
        raise SystemExit(f"{' '.join(command[:3])} did not start.")
    finally:
        process.terminate()
        process.wait()


def measure_answers(browser: Browser, address: str) -> bool:
    """Ask each question in the browser and on the command line."""
    questions = chosen_questions()
    page = browser.new_page(locale="da-DK")
    page.goto(address)
    page.locator("#question").wait_for()
    ask_in(page, questions[0])  # what only the first answer waits for is no part of the others
    moved, in_browser = zip(*(ask_in(page, question) for question in questions), strict=True)
    page.context.close()
    alone = ask_alone(questions)
    share = [whole - own for whole, own in zip(in_browser, alone, strict=True)]
    print(f"\n{len(questions)} questions, milliseconds       median      most")
    rows = {"Enter to whole answer": in_browser, "grundlag ask": alone, "the page's share": share, "moves after": moved}
    for name, figures in rows.items():
        print(f"{name:32}{statistics.median(figures):12.0f}{max(figures):10.0f}")
    kept = told("the page's share, median", statistics.median(share), SHARE_MS, " ms")
    return told("something moves after, median", statistics.median(moved), MOVES_MS, " ms") and kept


def chosen_questions() -> list[str]:
    """Development questions, evenly spread over the file."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    step = len(lines) // ASKED
    return [json.loads(line)["question"] for line in lines[::step][:ASKED]]


def ask_in(page: Page, question: str) -> tuple[float, float]:
    """Milliseconds from Enter until something moves, and to the whole answer, in a conversation of its own."""
    page.evaluate("document.querySelector('[data-anew]').click()")
    page.evaluate(TIMED)
    page.locator("#question").fill(question)
    page.locator("#question").press("Enter")
    page.wait_for_function("window.taken > 0")
    moved, whole = page.evaluate("[window.moved, window.taken]")
    return float(moved), float(whole)


def ask_alone(questions: list[str]) -> list[float]:
    """Milliseconds that the answer record itself gives for each question."""
    with tempfile.TemporaryDirectory() as folder:
        batch = Path(folder) / "questions.jsonl"
        records = [{"id": "warm", "question": questions[0]}]
        records += [{"id": str(number), "question": question} for number, question in enumerate(questions)]
        batch.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "bot", "ask", "--batch", str(batch)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=True,
        )
    return [float(json.loads(line)["timing_ms"]["total"]) for line in done.stdout.splitlines()[1:]]


def measure_visits(browser: Browser, ours: str, bare: str) -> bool:
    """Visit both in turn, with nothing kept from visit to visit."""
    visits = [(visit(browser, ours), visit(browser, bare)) for _ in range(VISITS)]
    print(f"\nfirst visit, median of {VISITS}          Grundlag      bare     times")
    kept = []
    for number, (name, unit) in enumerate((("weight", "KB"), ("until a question can be typed", "ms"))):
        own, other = (statistics.median(pair[site][number] for pair in visits) for site in (0, 1))
        print(f"{name + ', ' + unit:36}{own:8.0f}{other:10.0f}{own / other:10.2f}")
        kept.append(told(f"{name}, times that of a bare ChatInterface", own / other, TIMES, ""))
    return all(kept)


def visit(browser: Browser, address: str) -> tuple[float, float]:
    """Kilobytes that come over the wire, and milliseconds until a question can be typed."""
    context = browser.new_context(locale="da-DK")
    context.add_init_script(TYPED)
    # A bare Gradio asks for fonts elsewhere: that would only measure the network here.
    context.route(lambda url: not url.startswith(address), lambda route: route.abort())
    page = context.new_page()
    wire = context.new_cdp_session(page)
    weights: list[float] = []
    wire.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    wire.send("Network.enable")
    page.goto(address)
    page.wait_for_function("window.ready > 0")
    ready = float(page.evaluate("window.ready"))
    # A bare Gradio keeps a connection open for good: the visit is over when nothing more has come for a while.
    seen = -1
    while seen < len(weights):
        seen = len(weights)
        page.wait_for_timeout(QUIET_MS)
    context.close()
    return sum(weights) / 1000, ready


def told(name: str, found: float, most: float, unit: str) -> bool:
    """Say whether a figure is what it should be."""
    kept = found <= most
    print(f"{'kept' if kept else 'MISSED'}: {name}: {found:.2f}{unit}, at most {most:g}")
    return kept


if __name__ == "__main__":
    sys.exit(main())

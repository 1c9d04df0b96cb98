"""The page's events as Gradio calls them: logged under their request's id, and broken off without a traceback.

Gradio prints whatever an event raises, text and all, unless it is an error of its own that says not to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import gradio as gr

from bot.errors import BusyError, GrundlagError
from bot.web.events import Step
from bot.web.journal import Journal, on_behalf_of
from bot.web.requests import REQUEST

Given = dict[str, object]


def in_steps(
    event: Callable[[Given], Iterator[Step]], journal: Journal
) -> Callable[[Given, gr.Request], Iterator[Step]]:
    """An event that answers step by step. Each step may run in another thread."""

    def called(given: Given, request: gr.Request) -> Iterator[Step]:
        steps = event(given)
        while True:
            with _watched(request, journal):
                step = next(steps, None)
            if step is None:
                return
            yield step

    return called


def at_once(event: Callable[[Given], Step], journal: Journal) -> Callable[[Given, gr.Request], Step]:
    """An event that answers once."""

    def called(given: Given, request: gr.Request) -> Step:
        with _watched(request, journal):
            return event(given)

    return called


@contextmanager
def _watched(request: gr.Request, journal: Journal) -> Iterator[None]:
    scope = getattr(request.request, "scope", {})
    with on_behalf_of(scope.get(REQUEST, "")):
        try:
            yield
        except GrundlagError as error:
            title = "busy" if isinstance(error, BusyError) else "failed"
            raise gr.Error(str(error), title=title, print_exception=False) from None
        except Exception as error:  # noqa: BLE001 - the last place that may know what was asked
            journal.fault(error)
            raise gr.Error("Something went wrong here. Try again.", title="failed", print_exception=False) from None

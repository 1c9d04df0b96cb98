"""The application: one Gradio page on FastAPI, closed to all but what the page needs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import gradio as gr
import gradio.events
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp

from bot.errors import SettingsError
from bot.settings import Settings
from bot.web.api import api_app
from bot.web.attending import Attended
from bot.web.calls import at_once, in_steps
from bot.web.clock import SteadyClock
from bot.web.desk import Desk
from bot.web.door import Door
from bot.web.events import ask_event, search_event
from bot.web.gate import Gate
from bot.web.health import Readiness, health_routes
from bot.web.journal import Journal
from bot.web.keeping import NOTHING, Keeper, Keeping
from bot.web.metrics import Metrics
from bot.web.originals import Originals
from bot.web.problems import refuse_invalid
from bot.web.protocol import Assistant
from bot.web.render import render_shell
from bot.web.requests import Reception
from bot.web.routes import page_routes
from bot.web.sessions import Sessions
from bot.web.signing_in import SigningIn, sign_in_routes
from bot.web.tracing import open_tracer

AT_A_TIME = 2
"""Questions answered at a time: the encoder uses every core for one, two hide its pauses."""
# The last two keep Gradio from summing up its statistics, in pandas, after every single question.
GRADIO_CHOICES = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_MCP_SERVER": "False",
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_SSR_MODE": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
}


def build_app(assistant: Assistant, settings: Settings, staff: Assistant | None = None) -> ASGIApp:
    """The application: Gradio's page at "/", the page's files and fragments below "/page/", the API, health, metrics.

    `assistant` answers everybody. With `staff` there is a second application beside the public one, over that
    assistant and with nothing of its own in common, for those who are signed in. Raises SettingsError for a way to
    sign in that is not safe.
    """

    async def build() -> ASGIApp:
        return _application(assistant, settings, staff)

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        # Outside an event loop Gradio opens one for each of its locks, and leaves it open.
        return asyncio.run(build())
    return _application(assistant, settings, staff)


def _application(assistant: Assistant, settings: Settings, staff: Assistant | None) -> ASGIApp:
    desk = Desk(AT_A_TIME, settings.waiting_questions, settings.question_seconds)
    metrics = Metrics()
    metrics.watch(lambda: desk.inside)
    metrics.watch_index(assistant)
    journal = Journal(requests=settings.log_requests)
    clock = SteadyClock()
    keeper = Keeper(settings, metrics, journal, clock.today)
    tracer = open_tracer(settings.traces_url)
    signing_in = SigningIn(settings, clock)
    own: list[Starlette] = []

    def whole(assistant: Assistant) -> ASGIApp:
        attended = Attended(assistant, desk, metrics, journal, keeper.notice, tracer)
        page = _page_app(attended, settings, keeper.keeping, journal)
        own.append(page)
        routes: list[BaseRoute] = [Mount("/api", api_app(attended, keeper))]
        if settings.mcp:
            tools = _tools(attended)
            own.append(tools)
            routes += tools.routes
        return Starlette(routes=[*routes, Mount("/", page)])

    door = Door(whole(assistant), whole(staff) if staff else None, signing_in)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(keeper.running())
            # A mounted application is not told that the server starts and stops: its owner has to.
            for app in own:
                await stack.enter_async_context(app.router.lifespan_context(app))
            yield

    health = health_routes(Readiness(assistant, desk), metrics, settings.metrics_from)
    routes = [*health, *sign_in_routes(signing_in), Mount("/", door)]
    return Reception(Gate(Starlette(routes=routes, lifespan=lifespan), settings), settings, metrics, journal)


def _tools(assistant: Attended) -> Starlette:
    """The tools of the Model Context Protocol. Raises SettingsError where their package is not installed."""
    try:
        from bot.web.tools import tools_app  # noqa: PLC0415 - an optional package
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"GRUNDLAG_MCP is set and the package {error.name} is not installed. Install the extra: "
            "python -m pip install -c constraints.txt -e '.[mcp]'."
        ) from None
    return tools_app(assistant)


def _page_app(assistant: Assistant, settings: Settings, keeping: Keeping, journal: Journal) -> FastAPI:
    os.environ.update(GRADIO_CHOICES)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    originals = Originals(settings.corpus) if settings.originals else None
    app.include_router(page_routes(assistant, keeping, originals))
    page = build_page(assistant, settings.waiting_questions, keeping, settings.reader, journal)
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        theme=gr.themes.Base(font=["system-ui"], font_mono=["monospace"]),
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        max_file_size=1,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
    )
    for part in (app, *(route.app for route in app.routes if isinstance(route, Mount))):
        if isinstance(part, FastAPI):
            part.add_exception_handler(RequestValidationError, refuse_invalid)
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(Sessions, page=page)
    return app


def build_page(
    assistant: Assistant,
    waiting: int,
    keeping: Keeping = NOTHING,
    reader: str = "plain",
    journal: Journal | None = None,
) -> gr.Blocks:
    """The Gradio page: one HTML component that holds the frame, and the events the page's script calls.

    So many questions may be `waiting`; the next is refused. `reader` is how answers are written, if any are.
    """
    page: gr.Blocks
    journal = journal or Journal(requests=False)
    shell = render_shell(keeps=keeping.anything, reader=reader if assistant.writes else "")
    with gr.Blocks(title="Grundlag", analytics_enabled=False, fill_width=True) as page:
        gr.HTML(
            shell,
            apply_default_css=False,
            js_on_load="window.grundlag(element)",
        )
        gradio.events.api(in_steps(ask_event(assistant, keeping), journal), api_name="ask", api_visibility="private")
        gradio.events.api(at_once(search_event(assistant), journal), api_name="search", api_visibility="private")
        page.queue(max_size=waiting, default_concurrency_limit=AT_A_TIME, api_open=False)
    return page

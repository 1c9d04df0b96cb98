"""The web server: one Gradio page on a FastAPI application, closed to all but what the page needs."""

from __future__ import annotations

import asyncio
import os
import socket
import sys

import gradio as gr
import gradio.events
import uvicorn
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from bot.errors import SettingsError
from bot.settings import Settings
from bot.web.events import ask_event, search_event
from bot.web.gate import Gate
from bot.web.protocol import Assistant
from bot.web.render import render_shell
from bot.web.routes import page_routes

WAITING_QUESTIONS = 64
"""Questions that may wait at a time; one more is told to come back. At 50 ms each, the last waits two seconds."""
AT_A_TIME = 2
"""Questions answered at a time: the encoder uses every core for one, two hide its pauses."""
FIRST_QUESTION = "Hvad er grundlaget?"
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


def build_app(assistant: Assistant, settings: Settings) -> FastAPI:
    """The application: Gradio's page at "/", the page's own files and fragments below "/page/"."""

    async def build() -> FastAPI:
        return _application(assistant, settings)

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        # Outside an event loop Gradio opens one for each of its locks, and leaves it open.
        return asyncio.run(build())
    return _application(assistant, settings)


def _application(assistant: Assistant, settings: Settings) -> FastAPI:
    os.environ.update(GRADIO_CHOICES)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(page_routes(assistant))
    gr.mount_gradio_app(
        app,
        build_page(assistant),
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
    app.add_middleware(Gate)
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    return app


def build_page(assistant: Assistant) -> gr.Blocks:
    """The Gradio page: one HTML component that holds the frame, and the events the page's script calls."""
    page: gr.Blocks
    with gr.Blocks(title="Grundlag", analytics_enabled=False, fill_width=True) as page:
        gr.HTML(render_shell(), apply_default_css=False, js_on_load="window.grundlag(element)")
        gradio.events.api(ask_event(assistant), api_name="ask", api_visibility="private")
        gradio.events.api(search_event(assistant), api_name="search", api_visibility="private")
        page.queue(max_size=WAITING_QUESTIONS, default_concurrency_limit=AT_A_TIME, api_open=False)
    return page


class _Server(uvicorn.Server):
    """A uvicorn server that says where it listens once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            print(f"Grundlag: http://{shown}:{port}", file=sys.stderr, flush=True)


def serve(assistant: Assistant, settings: Settings) -> None:
    """Answer requests on the settings' host and port until interrupted.

    Raises SettingsError when nothing can listen there.
    """
    with listening_socket(settings.host, settings.port) as listening:
        assistant.ask(FIRST_QUESTION)  # so that the first person who asks need not wait for what is loaded only now
        config = uvicorn.Config(
            build_app(assistant, settings),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=3,
        )
        _Server(config).run([listening])


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens on host and port; port 0 lets the system choose. Raises SettingsError when it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = str(error.strerror or error).partition(" (while")[0]
        raise SettingsError(
            f"Nothing can listen on {host} port {port} ({reason}). Choose another with --host and --port; "
            "port 0 takes one that is free."
        ) from None

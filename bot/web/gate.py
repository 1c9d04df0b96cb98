"""What passes between browser and Gradio: only the addresses the page needs, small requests, strict headers."""

from __future__ import annotations

import asyncio
import json
import re
import secrets

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.settings import Settings
from bot.web.document_head import dress_page
from bot.web.problems import send_problem
from bot.web.texts import choose_language
from bot.web.visitors import header_values

MAX_REQUEST_BYTES = 64 * 1024
"""A question of 1,000 characters with ten earlier ones is below 50 KB however it is encoded."""
MAX_HEAD_BYTES = 32 * 1024
"""Address and headers; a link to a hundred references is below 10 KB."""
BODY_SECONDS = 10.0
"""How long a browser may take to send so little."""
HOST = re.compile(r"(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){0,20}\.?|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?")
OPEN = {
    "GET": re.compile(
        r"/|/assets/[\w.-]+|/theme\.css|/page/[\w./-]+|/gradio_api/call/(?:ask|search)/[0-9a-f]{32}|/gradio_api/startup-events"
        r"|/health/(?:live|ready)|/metrics|/sign-in"
        r"|/api/(?:search|documents|openapi\.json|documents/.+)"
    ),
    "POST": re.compile(r"/gradio_api/call/(?:ask|search)|/api/(?:ask|feedback)|/mcp|/sign-in|/sign-out"),
}
OPEN["HEAD"] = OPEN["GET"]
EVENTS = "/gradio_api/call/"
FORMS = frozenset({"/sign-in", "/sign-out"})
"""Plain forms, which work without a script."""
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        # Gradio's HTML component makes its template a function: without 'unsafe-eval' it draws nothing.
        "script-src 'self' 'unsafe-eval' 'nonce-{nonce}'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'self'",
        "form-action {forms}",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Gate:
    """ASGI middleware in front of everything: closes what the page does not use, and dresses its first document."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._hostnames = frozenset(name.lower() for name in settings.hostnames)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        outward = _with_headers(send, nonce, "'self'" if scope["path"] in FORMS else "'none'")
        allowed = [method for method, paths in OPEN.items() if paths.fullmatch(scope["path"])]
        if scope["method"] not in allowed:
            # Programs are told which way is right; nobody else need know what there is.
            told = allowed if scope["path"].startswith(("/api/", "/mcp")) else []
            await send_problem(outward, 405 if told else 404, headers={"Allow": ", ".join(told)} if told else None)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await send_problem(outward, *refusal)
            return
        try:
            body = await _whole_body(scope, receive)
        except _RefusedError as refused:
            await send_problem(outward, refused.status, headers={"Connection": "close"})
            return
        if scope["method"] == "POST" and scope["path"] not in FORMS and not _is_object(body, scope["path"]):
            await send_problem(outward, 400, "The body is no JSON object, or has no data.")
        elif scope["path"] == "/":
            language = choose_language(_query(scope, "lang"), _header(scope, b"accept-language"))
            await self.app(_bare(scope), receive, _dressing(outward, language, nonce))
        else:
            await self.app(_plain(scope), _replaying(body, receive), outward)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """What is wrong with a request's head, if anything: the status, and a word about it."""
        if _head_length(scope) > MAX_HEAD_BYTES:
            return 431, "The address or the headers are too long."
        hosts = header_values(scope, b"host")
        if len(hosts) != 1 or not HOST.fullmatch(hosts[0]):
            return 400, "The Host header is no host's name."
        if self._hostnames and re.sub(r":\d+$", "", hosts[0]).lower() not in self._hostnames:
            return 421, "This server is not asked by that name."
        if scope["method"] == "POST" and "cross-site" in header_values(scope, b"sec-fetch-site"):
            return 403, "Another site's page may not ask here."
        return None


def _with_headers(send: Send, nonce: str, forms: str) -> Send:
    policy = CONTENT_SECURITY_POLICY.format(nonce=nonce, forms=forms)
    added = {**HEADERS, "Content-Security-Policy": policy}

    async def outward(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(k, v) for k, v in message["headers"] if k.lower() not in {b"server", b"x-powered-by"}]
            message["headers"] = kept + [(k.lower().encode(), v.encode()) for k, v in added.items()]
        await send(message)

    return outward


def _dressing(send: Send, language: str, nonce: str) -> Send:
    """A `send` that holds Gradio's first document back and passes it on as the page's own."""
    start: Message = {}
    body = bytearray()

    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
            return
        if message["type"] != "http.response.body":
            return
        body.extend(message.get("body", b""))
        if message.get("more_body"):
            return
        if start["status"] == 200 and body:  # noqa: PLR2004 - OK
            body[:] = dress_page(body.decode(), language, nonce).encode()
        dropped = {b"content-length", b"cache-control", b"vary"}
        headers = [(k, v) for k, v in start["headers"] if k.lower() not in dropped]
        headers += [
            (b"content-length", str(len(body)).encode()),
            (b"content-language", language.encode()),
            (b"cache-control", b"no-cache"),
            (b"vary", b"Accept-Language"),
        ]
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": bytes(body)})

    return dressed


def _bare(scope: Scope) -> Scope:
    """The request as Gradio sees it: no query (it would take `page` and `deep_link` as its own), no compression, and
    no host but the one that is asked."""
    dropped = {b"accept-encoding", b"x-forwarded-host"}
    headers = [(k, v) for k, v in scope["headers"] if k not in dropped]
    return {**scope, "query_string": b"", "headers": headers}


def _plain(scope: Scope) -> Scope:
    """The request without the header that Gradio would make addresses of."""
    return {**scope, "headers": [(k, v) for k, v in scope["headers"] if k != b"x-forwarded-host"]}


class _RefusedError(Exception):
    """A body that is too large or comes too slowly."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def _whole_body(scope: Scope, receive: Receive) -> bytes:
    """The request's body, read before anything looks into it."""
    declared = _header(scope, b"content-length")
    if declared and (not declared.isdecimal() or int(declared) > MAX_REQUEST_BYTES):
        raise _RefusedError(413)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                body.extend(message.get("body", b""))
                if len(body) > MAX_REQUEST_BYTES:
                    raise _RefusedError(413)
                if not message.get("more_body"):
                    return bytes(body)
    except TimeoutError:
        raise _RefusedError(408) from None


def _is_object(body: bytes, path: str) -> bool:
    """Is a body the JSON object that every POST here is, with a value in it where it calls one of the page's events?"""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return False
    data = sent.get("data") if isinstance(sent, dict) else None
    # Gradio prints a traceback for a call without values.
    return isinstance(sent, dict) and (not path.startswith(EVENTS) or (isinstance(data, list) and len(data) > 0))


def _head_length(scope: Scope) -> int:
    """Bytes of query and headers, with the colon and line end that each header has."""
    return len(scope["query_string"]) + sum(len(k) + len(v) + 4 for k, v in scope["headers"])


def _replaying(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body that was read, then whatever comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


def _header(scope: Scope, name: bytes) -> str:
    return next((v.decode("latin-1") for k, v in scope["headers"] if k == name), "")


def _query(scope: Scope, name: str) -> str | None:
    match = re.search(rf"(?:^|&){name}=([a-z]{{2}})(?:&|$)", scope["query_string"].decode("latin-1"))
    return match[1] if match else None

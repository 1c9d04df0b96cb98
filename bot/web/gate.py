"""What passes between browser and Gradio: only the addresses the page needs, small requests, strict headers."""

from __future__ import annotations

import re
import secrets

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.document_head import dress_page
from bot.web.texts import choose_language

MAX_REQUEST_BYTES = 64 * 1024
"""A question of 1,000 characters with ten earlier ones is below 50 KB however it is encoded."""
OPEN = {
    "GET": re.compile(
        r"/|/assets/[\w.-]+|/theme\.css|/page/[\w./-]+|/gradio_api/call/(?:ask|search)/[0-9a-f]{32}|/gradio_api/startup-events"
    ),
    "POST": re.compile(r"/gradio_api/call/(?:ask|search)"),
}
OPEN["HEAD"] = OPEN["GET"]
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
        "form-action 'none'",
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

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        outward = _with_headers(send, nonce)
        allowed = OPEN.get(scope["method"])
        if allowed is None or not allowed.fullmatch(scope["path"]):
            await _refuse(outward, 404)
        elif _declared_length(scope) > MAX_REQUEST_BYTES:
            await _refuse(outward, 413)
        elif scope["path"] == "/":
            language = choose_language(_query(scope, "lang"), _header(scope, b"accept-language"))
            await self.app(_bare(scope), receive, _dressing(outward, language, nonce))
        else:
            await self.app(scope, _bounded(receive), outward)


def _with_headers(send: Send, nonce: str) -> Send:
    policy = CONTENT_SECURITY_POLICY.format(nonce=nonce)
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
    """The request as Gradio sees it: no query (it would take `page` and `deep_link` as its own), no compression."""
    headers = [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]
    return {**scope, "query_string": b"", "headers": headers}


def _bounded(receive: Receive) -> Receive:
    """A `receive` that ends the request where a body without a declared length grows too long."""
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return message if seen <= MAX_REQUEST_BYTES else {"type": "http.disconnect"}

    return bounded


def _declared_length(scope: Scope) -> int:
    declared = _header(scope, b"content-length")
    return int(declared) if declared.isdigit() else 0


def _header(scope: Scope, name: bytes) -> str:
    return next((v.decode("latin-1") for k, v in scope["headers"] if k == name), "")


def _query(scope: Scope, name: str) -> str | None:
    match = re.search(rf"(?:^|&){name}=([a-z]{{2}})(?:&|$)", scope["query_string"].decode("latin-1"))
    return match[1] if match else None


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})

"""The page's own addresses below page/: style, script, texts, documents, suggestions."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse, JSONResponse, Response

from bot.web.protocol import Assistant
from bot.web.render import render_document, render_suggestions
from bot.web.texts import LANGUAGES, choose_language, page_texts

ASSETS = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
READERS = frozenset({"new_employee", "parent", "staff"})
SUGGESTIONS = 4
A_YEAR = "public, max-age=31536000, immutable"
"""For addresses that carry the hash of what they serve."""


@cache
def asset(name: str) -> bytes:
    """The bytes of a file that the page loads."""
    return (files(__package__) / name).read_bytes()


@cache
def asset_address(name: str) -> str:
    """Where the page loads a file from; it changes with the file's content."""
    return f"page/{name}?v={hashlib.sha256(asset(name)).hexdigest()[:12]}"


def page_routes(assistant: Assistant) -> APIRouter:
    """The routes that the page's script and markup refer to."""
    router = APIRouter(prefix="/page")

    @router.get("/texts")
    def texts(lang: str) -> JSONResponse:
        if lang not in LANGUAGES:
            raise HTTPException(404)
        return JSONResponse(dict(page_texts(lang)))

    @router.get("/document")
    def document(name: str = Query(max_length=500), at: str = Query("", max_length=2000)) -> HTMLResponse:
        found = assistant.documents.get(name)
        if found is None:
            raise HTTPException(404)
        return HTMLResponse(render_document(found, at))

    @router.get("/suggestions")
    def suggestions(lang: str = "da", reader: str = "") -> HTMLResponse:
        language = choose_language(lang)
        questions = assistant.suggestions(language, reader if reader in READERS else None)
        return HTMLResponse(render_suggestions(questions[:SUGGESTIONS], language))

    @router.get("/{name}")
    def file(name: str) -> Response:
        if name not in ASSETS:
            raise HTTPException(404)
        return Response(asset(name), media_type=ASSETS[name], headers={"Cache-Control": A_YEAR})

    return router

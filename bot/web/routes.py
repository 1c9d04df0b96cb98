"""The page's own addresses below page/: style, script, texts, documents, suggestions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from bot.web.keeping import NOTHING, Keeping
from bot.web.originals import Originals, media_type, original_headers
from bot.web.outline import parse_cuts
from bot.web.protocol import Assistant
from bot.web.references import FORMATS, reference_to, write_references
from bot.web.render import render_document, render_suggestions
from bot.web.texts import LANGUAGES, choose_language, page_texts
from bot.web.views import VIEWS, render_about

TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
ASSETS = (
    "page.css",
    "icon.svg",
    "page.js",
    *(
        f"{name}.js"
        for name in ("address", "conversation", "feedback", "find", "preview", "reader", "server", "texts", "voice")
    ),
)
READERS = frozenset({"new_employee", "parent", "staff"})
SUGGESTIONS = 4
MAX_REFERENCES = 100
A_YEAR = "public, max-age=31536000, immutable"
"""For addresses that carry the hash of what they serve."""


@cache
def assets() -> Mapping[str, bytes]:
    """The files that the page loads, by name."""
    folder = files(__package__) / "assets"
    return {name: (folder / name).read_bytes() for name in ASSETS}


@cache
def asset_address(name: str) -> str:
    """Where the page loads a file from: an address that changes when any of them does."""
    version = hashlib.sha256(b"".join(assets().values())).hexdigest()[:12]
    return f"page/{version}/{name}"


def page_routes(assistant: Assistant, keeping: Keeping = NOTHING, originals: Originals | None = None) -> APIRouter:
    """The routes that the page's script and markup refer to; without `originals` nothing is said of the files."""
    router = APIRouter(prefix="/page")

    @router.get("/texts")
    def texts(lang: str) -> JSONResponse:
        if lang not in LANGUAGES:
            raise HTTPException(404)
        return JSONResponse(dict(page_texts(lang)))

    @router.get("/document")
    def document(name: str = Query(max_length=500), at: str = Query("", max_length=2000)) -> HTMLResponse:
        documents = assistant.documents
        found = documents.get(name)
        if found is None:
            raise HTTPException(404)
        notes = assistant.notes_on(name)
        return HTMLResponse(render_document(found, documents, at, original=originals is not None, notes=notes))

    @router.get("/original")
    def original(name: str = Query(max_length=500)) -> Response:
        # A name that is not known, one for staff and a file that has changed are answered alike.
        data = originals.read(assistant.now(), name) if originals is not None else None
        if data is None:
            raise HTTPException(404)
        return Response(data, media_type=media_type(name), headers=original_headers(name))

    @router.get("/suggestions")
    def suggestions(lang: str = "da", reader: str = "") -> HTMLResponse:
        language = choose_language(lang)
        questions = assistant.suggestions(language, reader if reader in READERS else None)
        return HTMLResponse(render_suggestions(questions[:SUGGESTIONS], language))

    @router.get("/view/{name}")
    def view(name: str) -> HTMLResponse:
        if name not in VIEWS:
            raise HTTPException(404)
        now = assistant.now()
        return HTMLResponse(render_about(now, keeping) if name == "about" else VIEWS[name](now))

    @router.get("/references")
    def references(
        name: str,
        place: Annotated[list[str], Query(max_length=MAX_REFERENCES)],
        page: str = Query(max_length=300, pattern=r"^https?://[^\s<>\"]+$"),
        lang: str = "da",
    ) -> PlainTextResponse:
        if name not in FORMATS:
            raise HTTPException(404)
        words = page_texts(choose_language(lang))
        said = (words["no_date"], words["on_page_short"])
        chosen = []
        for entry in place:
            # The name of a document may hold any character, the place only digits and a hyphen: split at the last @.
            document_name, _, at = entry.rpartition("@")
            document = assistant.documents.get(document_name)
            if document is not None:
                chosen += [reference_to(document, cut, page, *said) for cut in parse_cuts(at, len(document.text))]
        return PlainTextResponse(write_references(chosen, name))

    @router.get("/{version}/{name}")
    def file(version: str, name: str) -> Response:
        if asset_address(name) != f"page/{version}/{name}" or name not in assets():
            raise HTTPException(404)
        content = assets()[name]
        return Response(content, media_type=TYPES[name.rpartition(".")[2]], headers={"Cache-Control": A_YEAR})

    return router

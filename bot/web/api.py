"""The HTTP API below /api: ask, search, list the documents, read a place; described by /api/openapi.json."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi import Path as InPath
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException as PlainHTTPException

from bot import __version__
from bot.errors import BusyError, GrundlagError, TooSlowError
from bot.privacy.feedback import Entry, Kind
from bot.schema import Answer
from bot.settings import MAX_QUESTION_CHARACTERS
from bot.web.attending import Attended
from bot.web.keeping import Keeper
from bot.web.library import (
    DocumentEntry,
    FoundPassage,
    PassageText,
    document_entry,
    found_passages,
    passage_text,
)
from bot.web.problems import PROBLEM, problem, refuse_invalid

MAX_HISTORY = 10
MAX_WORDS_CHARACTERS = 300
MAX_NAME_CHARACTERS = 500
MAX_FOUND = 50
MAX_COMMENT_CHARACTERS = 1000
MAX_OFFSET = 10**9
RETRY_SECONDS = "2"
QUESTION = "Hvad betyder det at anerkende de unge?"

QuestionText = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION_CHARACTERS)]
Language = Annotated[str, Field(pattern="^[a-z]{2}$", examples=["da"])]
Name = Annotated[
    str, Field(max_length=MAX_NAME_CHARACTERS, examples=["ungherning-vaerdier-og-paedagogisk-grundlag.txt"])
]


class Asked(BaseModel):
    """A question, the asker's earlier ones (oldest first), and the language to answer in where it does not tell."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"question": QUESTION, "history": [], "language": "da"}]}
    )

    question: QuestionText
    history: Annotated[list[QuestionText], Field(max_length=MAX_HISTORY)] = []
    language: Language | None = None


class Judged(BaseModel):
    """What someone says of an answer. `id` is random, for one answer: what comes with it later takes its place."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": QUESTION, "helpful": True, "comment": "", "status": "answered"}]},
    )

    question: QuestionText
    helpful: bool
    comment: Annotated[str, Field(max_length=MAX_COMMENT_CHARACTERS)] = ""
    status: Literal["answered", "not_found"] | None = None
    language: Language | None = None
    id: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None


class Problem(BaseModel):
    """Problem details, RFC 9457."""

    type: str
    title: str
    status: int
    detail: str = ""


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    schema = {"content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    told = {
        400: "The request is malformed",
        404: "There is no such document or place",
        405: "Not that way",
        408: "The request came too slowly",
        413: "The request is too large",
        422: "A value is not what it must be",
        429: "Too many requests from one address",
        431: "The address or the headers are too long",
        500: "Something failed",
        503: "Many are asking: come back in a moment",
        504: "The answer took too long",
    }
    return {status: {"description": told[status], **schema} for status in statuses}


def api_app(assistant: Attended, keeper: Keeper | None = None) -> FastAPI:
    """The API over one assistant: it hands out what that assistant knows, and nothing else.

    It takes feedback where a `keeper` keeps it, and never gives any back.
    """
    app = FastAPI(
        title="Grundlag",
        version=__version__,
        summary="Answers from pedagogical foundation documents, each statement with the exact passage it stands on.",
        docs_url=None,
        redoc_url=None,
        responses=_problems(400, 422, 429, 431),
        separate_input_output_schemas=False,
    )
    _add_handlers(app)
    _add_questions(app, assistant)
    _add_documents(app, assistant)
    if keeper is not None and keeper.keeping.feedback:
        _add_feedback(app, keeper)
    _describe(app)
    return app


def _add_questions(app: FastAPI, assistant: Attended) -> None:
    @app.post("/ask", response_model=Answer, responses=_problems(408, 413, 500, 503, 504), operation_id="ask")
    async def ask(asked: Asked) -> Answer:
        """Answer a question; what the documents do not say comes back as `not_found`."""
        return await assistant.answer(asked.question, asked.history, expected=asked.language)

    @app.get("/search", responses=_problems(500, 503, 504), operation_id="search")
    async def search(
        q: Annotated[str, Query(min_length=1, max_length=MAX_WORDS_CHARACTERS, examples=["anerkende de unge"])],
        document: Annotated[Name | None, Query()] = None,
        language: Annotated[Language | None, Query()] = None,
        k: Annotated[int, Query(ge=1, le=MAX_FOUND)] = 10,
    ) -> list[FoundPassage]:
        """The passages nearest to some words, best first."""
        hits = await assistant.find(q, document=document, language=language, k=k)
        return found_passages(hits, document)


def _add_feedback(app: FastAPI, keeper: Keeper) -> None:
    @app.post("/feedback", status_code=204, responses=_problems(408, 413, 503), operation_id="feedback")
    async def feedback(judged: Judged) -> Response:
        """Say whether an answer was of help. It is redacted, kept for some days, and read by the administrator."""
        entry = Entry(
            Kind.FEEDBACK,
            judged.question,
            judged.language or "",
            judged.status or "",
            judged.helpful,
            judged.comment,
            judged.id or "",
        )
        if await keeper.keep(entry):
            return Response(status_code=204)
        return problem(503, "Your feedback could not be kept just now. The answer is not affected.")


def _add_documents(app: FastAPI, assistant: Attended) -> None:
    @app.get("/documents", operation_id="documents")
    async def documents() -> list[DocumentEntry]:
        """The documents, with their sections."""
        return [document_entry(document) for document in assistant.documents.values()]

    @app.get("/documents/{document:path}/passages/{start}-{end}", responses=_problems(404), operation_id="read_passage")
    async def passage(
        document: Annotated[str, InPath(max_length=MAX_NAME_CHARACTERS)],
        start: Annotated[int, InPath(ge=0, le=MAX_OFFSET)],
        end: Annotated[int, InPath(ge=0, le=MAX_OFFSET)],
    ) -> PassageText:
        """The exact text of a place; offsets count characters, `end` is the first that is left out."""
        found = assistant.documents.get(document)
        text = passage_text(found, start, end) if found else None
        if text is None:
            raise HTTPException(404, "There is no such document, or no such place in it.")
        return text


def _add_handlers(app: FastAPI) -> None:
    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, PlainHTTPException)  # noqa: S101 - registered for it
        return problem(error.status_code, str(error.detail), error.headers)

    async def failed(_: Request, error: Exception) -> Response:
        if isinstance(error, BusyError):
            return problem(503, str(error), {"Retry-After": RETRY_SECONDS})
        return problem(504 if isinstance(error, TooSlowError) else 500, str(error))

    app.add_exception_handler(PlainHTTPException, refused)
    app.add_exception_handler(RequestValidationError, refuse_invalid)
    app.add_exception_handler(GrundlagError, failed)


def _describe(app: FastAPI) -> None:
    """Put the problem details into the OpenAPI description, in place of FastAPI's own form of errors."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        described = original()
        schemas = described["components"]["schemas"]
        schemas["Problem"] = Problem.model_json_schema()
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        return described

    app.openapi = openapi  # type: ignore[method-assign]

"""Refusals as problem details (RFC 9457): the same form from the gate, the limits and the API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Send

PROBLEM = "application/problem+json"


def problem(status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """A refusal with what went wrong and what to do about it."""
    fields = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if detail:
        fields["detail"] = detail
    body = json.dumps(fields, ensure_ascii=False).encode()
    return Response(body, status, {"Cache-Control": "no-store", **(headers or {})}, PROBLEM)


async def refuse_invalid(_: Request, error: Exception) -> Response:
    """What FastAPI is to answer a request whose values are not what they must be: where and what, not the value.

    Its own answer repeats what was sent, the question too, and breaks where that is no text.
    """
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    first: Mapping[str, Any] = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return problem(422, f"{where}: {first['msg']}".encode("utf-8", "replace").decode())


async def send_problem(send: Send, status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> None:
    """Answer a request with a refusal, whatever it carried."""
    response = problem(status, detail, headers)
    await send({"type": "http.response.start", "status": status, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": response.body})

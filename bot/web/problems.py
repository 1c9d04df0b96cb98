"""Refusals as problem details (RFC 9457): the same form from the gate, the limits and the API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

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


async def send_problem(send: Send, status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> None:
    """Answer a request with a refusal, whatever it carried."""
    response = problem(status, detail, headers)
    await send({"type": "http.response.start", "status": status, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": response.body})

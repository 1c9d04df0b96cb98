"""Who is staff: those whom a trusted proxy names in a header, and those who signed in with a password."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from bot.errors import SettingsError
from bot.settings import Settings
from bot.web.limits import Limit
from bot.web.passwords import SIGNED_IN_SECONDS, Passwords
from bot.web.problems import problem
from bot.web.render import templates
from bot.web.routes import asset_address
from bot.web.texts import choose_language, page_texts
from bot.web.visitors import VISITOR, Visitor, header_values

COOKIE = "grundlag_staff"
TRIES_PER_MINUTE = 5


class SigningIn:
    """The ways to be known as staff. Raises SettingsError for a header that anybody could send."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        if settings.staff_header and not settings.trusted_proxies:
            raise SettingsError(
                "GRUNDLAG_STAFF_HEADER is set and GRUNDLAG_TRUSTED_PROXIES is not: anybody could send that header. "
                "Set it to the addresses that your reverse proxy connects from."
            )
        self._header = settings.staff_header.lower().encode()
        self._group = settings.staff_group
        self.passwords = Passwords(settings.passwords, clock) if settings.passwords else None
        self.tries = Limit(TRIES_PER_MINUTE)
        self.one_by_one = asyncio.Semaphore(1)

    def is_staff(self, scope: Scope) -> bool:
        """Whether a request comes from somebody who is signed in."""
        return self._named_by_proxy(scope) or self._has_cookie(scope)

    def _named_by_proxy(self, scope: Scope) -> bool:
        visitor: Visitor = scope[VISITOR]
        if not self._header or not visitor.trusted:
            return False
        values = header_values(scope, self._header)
        if len(values) != 1:  # a second one is not the proxy's
            return False
        words = [word.strip() for word in values[0].split(",")]
        return self._group in words if self._group else any(words)

    def _has_cookie(self, scope: Scope) -> bool:
        if self.passwords is None:
            return False
        cookie = Request(scope).cookies.get(COOKIE)
        return cookie is not None and self.passwords.holds(cookie)


def sign_in_routes(signing_in: SigningIn) -> list[BaseRoute]:
    """/sign-in and /sign-out where there are passwords; nothing otherwise."""
    passwords = signing_in.passwords
    if passwords is None:
        return []

    async def form(request: Request) -> Response:
        return _form(request, failed=False)

    async def sign_in(request: Request) -> Response:
        visitor: Visitor = request.scope[VISITOR]
        wait = signing_in.tries.wait(visitor.key)
        if wait:
            return problem(429, f"Too many tries. Try again in {wait} s.", {"Retry-After": str(wait)})
        fields = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=5)
        name, password = (fields.get(key, [""])[0] for key in ("name", "password"))
        # Each look takes 64 MB on purpose: one at a time.
        async with signing_in.one_by_one:
            fits = await run_in_threadpool(passwords.fits, name, password)
        if not fits:
            return _form(request, failed=True)
        answer = RedirectResponse("./", 303)
        answer.set_cookie(
            COOKIE, passwords.cookie(name), SIGNED_IN_SECONDS, httponly=True, samesite="lax", secure=visitor.https
        )
        return answer

    async def sign_out(_: Request) -> Response:
        answer = RedirectResponse("./", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return answer

    return [
        Route("/sign-in", form, methods=["GET"]),
        Route("/sign-in", sign_in, methods=["POST"]),
        Route("/sign-out", sign_out, methods=["POST"]),
    ]


def _form(request: Request, *, failed: bool) -> Response:
    language = choose_language(request.query_params.get("lang"), request.headers.get("accept-language", ""))
    html = (
        templates()
        .get_template("sign_in.html")
        .render(texts=page_texts(language), language=language, style=asset_address("page.css"), failed=failed)
    )
    return HTMLResponse(html, 401 if failed else 200, {"Cache-Control": "no-store", "Content-Language": language})

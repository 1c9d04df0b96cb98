"""Two applications behind one address: everybody's, and that of staff who are signed in."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.signing_in import SigningIn


class Door:
    """Sends a request to the application of whoever sends it.

    The public application does not hold the documents for staff: no route, event or tool of it has to know who
    asks, so none can forget to look.
    """

    def __init__(self, public: ASGIApp, staff: ASGIApp | None, signing_in: SigningIn) -> None:
        self._public = public
        self._staff = staff
        self._signing_in = signing_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if self._staff is not None and self._signing_in.is_staff(scope):
            await self._staff(scope, receive, _private(send))
        else:
            await self._public(scope, receive, send)


def _private(send: Send) -> Send:
    """A `send` whose answers nobody on the way keeps: the next person may ask for the same address."""

    async def private(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(k, v) for k, v in message["headers"] if k.lower() != b"cache-control"]
            message["headers"] = [*kept, (b"cache-control", b"private, no-store"), (b"vary", b"Cookie")]
        await send(message)

    return private

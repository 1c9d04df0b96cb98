"""Spans of OpenTelemetry for each question, where a setting names a collector: how long, how it ended, not what."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from bot.errors import SettingsError
from bot.schema import Answer

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

SERVICE = "grundlag"
NANOSECONDS = 1_000_000
"""In a millisecond."""


class Tracer(Protocol):
    """Is told of each answer, right after it was given."""

    def answered(self, answer: Answer) -> None:
        """Trace the question that this answers."""


class NoTracer:
    """Traces nothing."""

    def answered(self, answer: Answer) -> None:
        """Nothing is traced."""


class SpanTracer:
    """One span a question, and below it encode, retrieve and compose, as long as the answer says they took.

    No word of question or answer is in them, and nothing of who asked. Spans are sent in the background; what a
    collector does not take is dropped.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - only where a collector is set
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

        # Our own, not the one of the whole process: other libraries' spans may hold what they handle.
        self._provider = TracerProvider(resource=Resource({"service.name": SERVICE}), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer(SERVICE)

    def answered(self, answer: Answer) -> None:
        """Trace the question that this answers, as if its spans had been open meanwhile."""
        from opentelemetry.trace import set_span_in_context  # noqa: PLC0415

        took = answer.timing_ms
        at = time.time_ns() - int(took.total * NANOSECONDS)
        question = self._tracer.start_span("question", start_time=at)
        question.set_attributes(
            {
                "grundlag.status": str(answer.status),
                "grundlag.language": answer.language,
                "grundlag.citations": len(answer.citations),
                "grundlag.index": answer.index,
                "grundlag.model": answer.model,
            }
        )
        within = set_span_in_context(question)
        end = at + int(took.total * NANOSECONDS)
        for name, milliseconds in (("encode", took.encode), ("retrieve", took.retrieve), ("compose", took.compose)):
            span = self._tracer.start_span(name, context=within, start_time=at)
            at += int(milliseconds * NANOSECONDS)
            span.end(min(at, end))
        question.end(end)

    def close(self) -> None:
        """Send what waits, and end."""
        self._provider.shutdown()


def open_tracer(address: str) -> Tracer:
    """A tracer that sends to the OTLP collector (gRPC) at `address`, or one that does nothing without one.

    Raises SettingsError where the packages for it are not installed.
    """
    if not address:
        return NoTracer()
    try:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"GRUNDLAG_TRACES_URL is set and the package {error.name} is not installed. Install the extra: "
            "python -m pip install -c constraints.txt -e '.[traces]'."
        ) from None
    return SpanTracer(OTLPSpanExporter(endpoint=address, insecure=address.startswith("http://"), timeout=5))

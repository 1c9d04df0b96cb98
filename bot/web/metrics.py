"""Figures for Prometheus: how many ask, how it ends, how long it takes; nothing of what is asked, and by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.schema import Answer
from bot.web.protocol import Assistant

SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
TEXT = "text/plain; version=0.0.4; charset=utf-8"


class _IndexInUse(Collector):
    """What is known of the index, asked whenever the figures are read."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def collect(self) -> Iterator[Metric]:
        """The two figures."""
        index = GaugeMetricFamily("grundlag_index_info", "The index in use, as a label", labels=["index"])
        index.add_metric([self._assistant.snapshot_id], 1)
        yield index
        up = float(self._assistant.vectors_up)
        yield GaugeMetricFamily("grundlag_vectors_up", "0 while Chroma's server does not answer", up)


class Metrics:
    """The figures of one server; each has a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "grundlag_requests", "Requests by route and status", ("route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "grundlag_request_seconds", "Time to answer a request", ("route",), buckets=SECONDS, registry=self._registry
        )
        self._answers = Counter("grundlag_answers", "Questions by how they ended", ("status",), registry=self._registry)
        self._thinking = Histogram(
            "grundlag_answer_seconds", "Time to think about a question", buckets=SECONDS, registry=self._registry
        )
        self._refused = Counter(
            "grundlag_refused", "Questions not answered: busy, slow or failed", ("reason",), registry=self._registry
        )
        self._stored = Counter(
            "grundlag_not_stored",
            "Feedback and unanswered questions that could not be written",
            registry=self._registry,
        )

    def watch(self, inside: Callable[[], int]) -> None:
        """Report how many questions are being answered or wait, asked whenever the figures are read."""
        gauge = Gauge("grundlag_questions_inside", "Questions answered or waiting now", registry=self._registry)
        gauge.set_function(inside)

    def watch_index(self, assistant: Assistant) -> None:
        """Report which index is in use, and whether Chroma's server answered when it was last asked."""
        self._registry.register(_IndexInUse(assistant))

    def request(self, route: str, status: int, seconds: float) -> None:
        """Count a request; status 0 is one whose sender left."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def answer(self, answer: Answer) -> None:
        """Count a question."""
        self._answers.labels(str(answer.status)).inc()
        self._thinking.observe(answer.timing_ms.total / 1000)

    def refused(self, reason: str) -> None:
        """Count a question that got no answer: "busy", "slow" or "failed"."""
        self._refused.labels(reason).inc()

    def not_stored(self) -> None:
        """Count what could not be written."""
        self._stored.inc()

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self._registry)

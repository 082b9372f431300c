"""What Prometheus reads: counters of every process together, and gauges that are asked of the database at scrape."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator

from django.db import DatabaseError
from django.http import HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

logger = logging.getLogger(__name__)

PAUSES_ANSWERED = Counter("luckygas_pauses_answered", "503s on purpose, while a switch is pulled: no page failed.")
DOORBELLS_UNANSWERED = Counter("luckygas_doorbells_unanswered", "Rings that found no Redis; the sweep rings again.")

Answer = float | Iterable[tuple[str, float]]
_gauges: list[tuple[str, str, str, Callable[[], Answer]]] = []


def gauge(name: str, meaning: str, *, label: str = "") -> Callable[[Callable[[], Answer]], Callable[[], Answer]]:
    """A gauge whose value one query knows: a number, or pairs of a label's value and a number."""

    def register(ask: Callable[[], Answer]) -> Callable[[], Answer]:
        _gauges.append((name, meaning, label, ask))
        return ask

    return register


class Rows:
    """Asks every gauge; one that the database cannot answer is left out, and the page is served all the same."""

    def collect(self) -> Iterator[Metric]:
        unanswered = 0
        for name, meaning, label, ask in _gauges:
            family = GaugeMetricFamily(name, meaning, labels=[label] if label else None)
            try:
                answer = ask()
            except DatabaseError as error:
                unanswered += 1
                logger.warning("gauge_unanswered %s %s", name, type(error).__name__)
                continue
            for value, number in answer if label else [("", answer)]:  # type: ignore[union-attr]
                family.add_metric([value] if label else [], float(number))  # type: ignore[arg-type]
            yield family
        yield GaugeMetricFamily("luckygas_gauges_unanswered", "Gauges the database did not answer.", value=unanswered)


def page() -> HttpResponse:
    """Everything in Prometheus' text format. Several processes share their counters through a folder."""
    counters: CollectorRegistry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counters = CollectorRegistry()
        MultiProcessCollector(counters)
    rows = CollectorRegistry()
    rows.register(Rows())
    return HttpResponse(generate_latest(counters) + generate_latest(rows), content_type=CONTENT_TYPE_LATEST)

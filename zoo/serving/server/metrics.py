"""Prometheus metrics, under TensorFlow Serving's names where it has them, and under `zoo_…` where it does not."""

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

PATH = "/monitoring/prometheus/metrics"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SERVING = ":tensorflow:serving:"


def _growing(first: float, factor: float, count: int) -> list[float]:
    return [first * factor**power for power in range(count)]


class Metrics:
    """The metrics of one server, in a registry of its own."""

    def __init__(self) -> None:
        prometheus_client.disable_created_metrics()
        self._registry = registry = CollectorRegistry()
        latency = _growing(10, 1.8, 33)  # TensorFlow Serving's buckets, in microseconds
        sizes = _growing(1, 2, 11)
        self.request_count = Counter(
            f"{_SERVING}request_count", "The total number of requests.", ["model_name", "status"], registry=registry
        )
        self.request_latency = Histogram(
            f"{_SERVING}request_latency",
            "Distribution of wall time (in microseconds) for Tensorflow Serving request.",
            ["model_name", "API", "entrypoint"],
            buckets=latency,
            registry=registry,
        )
        self.runtime_latency = Histogram(
            f"{_SERVING}runtime_latency",
            "Distribution of wall time (in microseconds) for Tensorflow runtime.",
            ["model_name", "API", "runtime"],
            buckets=latency,
            registry=registry,
        )
        batching = f"{_SERVING}batching_session:"
        self.queuing_latency = Histogram(
            f"{batching}queuing_latency",
            "Distribution of wall time spent (in microseconds) in queuing.",
            buckets=_growing(100, 1.2, 52),
            registry=registry,
        )
        self.wrapped_run_count = Counter(
            f"{batching}wrapped_run_count", "Total count of run calls on the wrapped session.", registry=registry
        )
        self.input_batch_size = Histogram(f"{batching}input_batch_size", "Rows merged.", buckets=sizes, registry=registry)
        self.processed_batch_size = Histogram(f"{batching}processed_batch_size", "Rows run.", buckets=sizes, registry=registry)
        self.taken = Gauge("zoo_requests_taken", "Requests that run or wait now.", registry=registry)
        self.refused = Counter(
            "zoo_requests_refused", "Requests answered with an error, by status.", ["status"], registry=registry
        )
        self.available = Gauge("zoo_versions_available", "Versions that are served now.", ["model_name"], registry=registry)
        prometheus_client.ProcessCollector(registry=registry)

    def page(self) -> bytes:
        """The page that Prometheus reads."""
        # The client library ends every counter in _total; TensorFlow Serving does not, and dashboards go by its names.
        page = prometheus_client.generate_latest(self._registry)
        for name in (b"request_count", b"wrapped_run_count"):
            page = page.replace(name + b"_total", name)
        return page

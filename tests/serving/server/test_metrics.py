from zoo.serving.server.metrics import Metrics


def lines(metrics):
    return [line for line in metrics.page().decode().splitlines() if not line.startswith("#")]


def test_counters_have_tensorflow_servings_names_without_total():
    metrics = Metrics()
    metrics.request_count.labels("wave", "OK").inc()
    metrics.wrapped_run_count.inc()
    metrics.refused.labels("UNAVAILABLE").inc()
    found = lines(metrics)
    assert ':tensorflow:serving:request_count{model_name="wave",status="OK"} 1.0' in found
    assert ":tensorflow:serving:batching_session:wrapped_run_count 1.0" in found
    assert 'zoo_requests_refused_total{status="UNAVAILABLE"} 1.0' in found  # our own keep Prometheus' form
    assert not any("_created" in line for line in found)


def test_latencies_are_counted_in_tensorflow_servings_buckets():
    metrics = Metrics()
    metrics.request_latency.labels("wave", "Predict", "REST").observe(15)
    buckets = [line for line in lines(metrics) if line.startswith(":tensorflow:serving:request_latency_bucket")]
    assert [line.rpartition(" ")[2] for line in buckets[:3]] == ["0.0", "1.0", "1.0"]
    assert [line.split('le="')[1].split('"')[0] for line in buckets[:2]] == ["10.0", "18.0"]
    assert len(buckets) == 33 + 1  # and infinity


def test_two_servers_in_a_process_count_apart():
    one, other = Metrics(), Metrics()
    one.taken.set(3)
    assert "zoo_requests_taken 3.0" in lines(one)
    assert "zoo_requests_taken 0.0" in lines(other)

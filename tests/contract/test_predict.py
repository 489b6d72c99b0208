"""What holds beyond single pairs: signatures that fit together, the form of the text, many clients at once."""

import concurrent.futures
import contextlib
import gzip
import http.client
import json
import re
import socket
from urllib.parse import urlsplit

import numpy as np
import pytest

SUPPORT = {"support_x": [[0.0], [1.0]], "support_y": [[1.0], [2.0]], "support_size": 2}
TASK = SUPPORT | {"query_x": [[0.5], [1.5], [-2.0]]}
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]\d+)?")
METRICS = "/monitoring/prometheus/metrics"


def test_adapt_then_apply_is_the_whole(server):
    _, whole = server.predict("tiny", {"instances": [TASK]})
    _, adapted = server.predict("tiny", {"signature_name": "adapt", "instances": [SUPPORT]})
    (task,) = adapted["predictions"]
    _, applied = server.predict("tiny", {"signature_name": "apply", "instances": [task | {"query_x": TASK["query_x"]}]})
    np.testing.assert_allclose(applied["predictions"], whole["predictions"], rtol=1e-4, atol=1e-5)


def test_a_number_comes_back_to_the_last_bit(server, live):
    """A learned task travels through JSON and back without change, so replicas need not agree on anything."""
    _, adapted = server.predict("tiny", {"signature_name": "adapt", "instances": [SUPPORT]})
    (task,) = adapted["predictions"]
    for value in task.values():
        written = np.array(value, np.float64)
        read = written.astype(np.float32)
        assert all(np.float32(f"{number:.9g}") == number for number in read.ravel())
        np.testing.assert_allclose(written, read, rtol=6e-8)


def test_columns_are_printed_one_number_to_a_line_and_rows_on_one_line(server):
    ask = lambda body: server.ask("POST", "/v1/models/tiny:predict", json.dumps(body).encode())[1].decode()  # noqa: E731
    columns = ask({"inputs": {name: [value] for name, value in TASK.items()}})
    form = json.dumps({"outputs": [[["#"]] * 3]}, indent=4).replace('"#"', "#")
    assert NUMBER.sub("#", columns).strip() == form
    rows = ask({"instances": [TASK, TASK]})
    assert NUMBER.sub("#", rows).strip() == '{\n    "predictions": [[[#], [#], [#]], [[#], [#], [#]]\n    ]\n}'
    assert len(rows) < 2 * len(columns)


def test_answers_and_refusals_are_json_by_their_headers(server):
    for method, path in (("POST", "/v1/models/tiny:predict"), ("GET", "/v1/models/tiny"), ("GET", "/v1/models/x")):
        answer = server.pool.request(method, server.url + path, body=json.dumps({"instances": [TASK]}).encode())
        assert answer.headers["content-type"].startswith("application/json")
        assert int(answer.headers["content-length"]) == len(answer.data)


def test_other_sites_may_not_ask_unless_they_are_let(server):
    """No CORS by default: a page from elsewhere in a browser on this machine must not read what is served here."""
    answer = server.pool.request("GET", server.url + "/v1/models/tiny", headers={"Origin": "http://elsewhere.example"})
    assert answer.status == 200
    assert "access-control-allow-origin" not in answer.headers


def test_many_clients_at_once_get_each_their_own(server, live):
    def ask(number):
        task = TASK | {"support_y": [[float(number)], [2.0]], "query_x": [[0.1 * number]]}
        status, answer = server.predict("tiny", {"instances": [task]})
        assert status == 200
        return answer["predictions"]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = list(pool.map(ask, range(64)))
    inputs = {
        "support_x": [TASK["support_x"]] * 64,
        "support_y": [[[float(number)], [2.0]] for number in range(64)],
        "support_size": [2] * 64,
        "query_x": [[[0.1 * number]] for number in range(64)],
    }
    want = live.run("tiny/1", "serving_default", inputs)["prediction"]
    np.testing.assert_allclose(np.concatenate(got), want, rtol=1e-4, atol=1e-5)


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(server):
    if not server.ours:
        pytest.skip("TensorFlow Serving has no such limit")
    with contextlib.closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)) as connection:
        connection.putrequest("POST", "/v1/models/tiny:predict")
        connection.putheader("Content-Length", str(2**40))
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == 413
        assert json.loads(answer.read())["error"]


def test_metrics_are_where_tensorflow_serving_has_them(server):
    if not server.offers(METRICS):
        pytest.skip("this server publishes no metrics")
    server.predict("tiny", {"instances": [TASK]})
    status, page = server.ask("GET", METRICS)
    assert status == 200
    counts = [line for line in page.decode().splitlines() if line.startswith(":tensorflow:serving:request_count")]
    assert any('model_name="tiny"' in line and float(line.split()[-1]) >= 1 for line in counts)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le"])
def test_json_is_utf_8(server, encoding):
    status, data = server.ask("POST", "/v1/models/tiny:predict", json.dumps({"instances": [TASK]}).encode(encoding))
    assert status == 400
    assert json.loads(data)["error"].startswith("JSON Parse error: ")


def test_a_compressed_body_must_be_whole(server):
    body = gzip.compress(json.dumps({"instances": [TASK]}).encode())
    for sent, expected in ((body, 200), (body[:-6], 400)):
        status, data = server.ask("POST", "/v1/models/tiny:predict", sent, **{"Content-Encoding": "gzip"})
        assert status == expected, data


def test_two_lengths_of_one_body_are_refused_and_end_the_connection(server):
    if not server.ours:
        pytest.skip("a rule of zoo serve")
    host, _, port = urlsplit(server.url).netloc.rpartition(":")
    head = b"POST /v1/models/tiny:predict HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(head)
        answer = b"".join(iter(lambda: connection.recv(4000), b""))  # until the server closes it
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1

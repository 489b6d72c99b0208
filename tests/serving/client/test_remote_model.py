import subprocess
import sys
import threading

import numpy as np
import pytest

from zoo.serving import Client, InvalidAnswerError, InvalidRequestError, NotFoundError
from zoo.serving.client.connection import Connection
from zoo.serving.client.grpc_client import GrpcClient
from zoo.serving.client.remote_model import RemoteModel
from zoo.utils.errors import ZooError

pytestmark = pytest.mark.xdist_group("tiny on a server")

X, Y, NEW = [-1.0, 0.5, 2.0, 3.0], [1.0, 0.25, -2.0, 0.1], [0.0, 1.5]


@pytest.fixture(params=["rest", "grpc"])
def connect(request):
    """Make a client of a model, over each way."""
    kind, address = {
        "rest": lambda: (Client, request.getfixturevalue("rest_server")),
        "grpc": lambda: (GrpcClient, request.getfixturevalue("grpc_server")),
    }[request.param]()
    made = []

    def make(name="tiny", **options):
        made.append(kind(address, name, **options))
        return made[-1]

    yield make
    for client in made:
        client.close()


def test_learns_and_predicts_as_the_live_model(connect, tiny):
    client, local = connect(), tiny.learn(X, Y)
    task = client.learn(X, Y)
    assert {name: array.shape for name, array in task.learned.items()} == {n: a.shape for n, a in local.learned.items()}
    assert all(array.dtype == np.float32 for array in task.learned.values())
    assert task.predict(NEW).shape == (2,)
    np.testing.assert_allclose(task.predict(NEW), local.predict(NEW), atol=1e-5)
    np.testing.assert_allclose(client.learn_and_predict(X, Y, NEW), local.predict(NEW), atol=1e-5)
    np.testing.assert_allclose(client.influence(X, Y), tiny.influence(X, Y), atol=1e-6)
    assert client.version == task.version == 3
    columns = client.learn(np.array(X)[:, None], np.array(Y)[:, None])
    assert columns.predict(NEW).shape == (2, 1)


def test_asks_as_the_live_model(connect, tiny):
    asked, local = (model.ask(X, Y, candidates=[-4.0, 0.5, 4.0], at=1.0) for model in (connect(), tiny))
    np.testing.assert_allclose(asked.scores, local.scores, rtol=1e-4, atol=1e-7)
    assert (asked.index, asked.best) == (local.index, local.best)
    assert asked.scores[1] == 0  # known already


def test_gradient_steps(connect, tiny):
    client = connect()
    for steps in (0, 7):
        want = tiny.learn(X, Y, gradient_steps=steps).predict(NEW)
        np.testing.assert_allclose(client.learn_and_predict(X, Y, NEW, gradient_steps=steps), want, atol=1e-5)
    for steps in (-1, 1001, 1.5, "many"):
        with pytest.raises(ZooError, match=r"gradient_steps=.*0 to 1000"):
            client.learn_and_predict(X, Y, NEW, gradient_steps=steps)


def test_many_tasks_of_different_sizes_in_one_request(connect, tiny):
    client = connect()
    supports, queries = [(X, Y), (X[:1], Y[:1]), (X[:2], np.array(Y[:2])[:, None])], [NEW, [1.0], [3.0, 2.0, 1.0]]
    tasks = client.learn_many(supports)
    for (x, y), query, got in zip(supports, queries, client.predict_many(tasks, queries), strict=True):
        want = tiny.learn(x, y).predict(query)
        assert got.shape == want.shape
        np.testing.assert_allclose(got, want, atol=1e-5)


def test_a_task_model_predicts(connect, tiny_task):
    client = connect("tiny_task")
    np.testing.assert_allclose(client.predict(NEW)[:, 0], tiny_task.predict(NEW), atol=1e-5)
    with pytest.raises(ZooError, match=r"no signature 'adapt': it is a task model, which has predict\(x\)"):
        client.learn(X, Y)
    with pytest.raises(ZooError, match=r"tiny is no task model; predict with a learned task"):
        connect("tiny").predict(NEW)


def test_a_task_of_classes_answers_with_their_names(connect, tiny_names):
    client, x = connect("tiny_names"), np.random.default_rng(1).uniform(size=[9, 8, 8, 1])
    names = client.predict(x)
    assert (names.tolist(), names.dtype.kind) == (tiny_names.predict(x).tolist(), "U")
    assert len(set(names)) > 1
    np.testing.assert_allclose(client.predict_proba(x), tiny_names.predict_proba(x), rtol=1e-5)
    with pytest.raises(ZooError, match=r"tiny_task .* has no signature 'classify': it is a task model"):
        connect("tiny_task").predict_proba(NEW)
    with pytest.raises(ZooError, match="x has shape"):
        client.predict(x[:, :7])


def test_the_servers_own_words_reach_the_user(connect):
    with pytest.raises(NotFoundError, match=r"no such model.*the server said: .*other"):
        connect("other").learn(X, Y)
    with pytest.raises(NotFoundError) as caught:
        connect(version=9).learn(X, Y)
    assert caught.value.status in (404, "NOT_FOUND")
    assert caught.value.server_message
    client = connect()
    metadata = client.connection.metadata()
    inputs = client.learn(X, Y).learned | {"query_x": np.zeros((1, 2, 1), np.float32)}
    inputs["bias_0"] = np.zeros((1, 5), np.float32)  # 6 is right, and the metadata of the server that refuses it says 5
    signature = metadata.signature("apply")
    with pytest.raises(InvalidRequestError) as caught:
        client.connection.transport.predict(3, "apply", signature, inputs, ["prediction"])
    assert caught.value.server_message


def test_eight_threads_get_what_one_gets(connect):
    client = connect(connections=8) if isinstance(connect(), Client) else connect()
    tasks = [(X, [value * scale for value in Y]) for scale in range(1, 9)]
    alone = [client.learn(x, y).predict(NEW) for x, y in tasks]
    together, start = [[] for _ in tasks], threading.Barrier(8)

    def work(number):
        start.wait()
        for _ in range(3):
            together[number].append(client.learn(*tasks[number]).predict(NEW))

    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for want, got in zip(alone, together, strict=True):
        np.testing.assert_array_equal(got, [want] * 3)


def test_a_fresh_process_needs_no_tensorflow(rest_server):
    code = f"""
import sys
from zoo.serving import Client
heavy = lambda: [name for name in ("tensorflow", "keras", "grpc", "starlette") if name in sys.modules]
assert not heavy(), heavy()
with Client({rest_server!r}, "tiny").wait_until_available(10) as client:
    print(client.status()[0].state, len(client.learn({X}, {Y}).predict({NEW})), heavy())
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "AVAILABLE 2 []\n", done.stderr


def test_keeps_the_most_influential(here, tiny):
    client, _ = here
    np.testing.assert_allclose(client.learn(X, Y, keep=2).predict(NEW), tiny.learn(X, Y, keep=2).predict(NEW), atol=1e-5)
    with pytest.raises(ZooError, match="keep=5, but there are 4 examples"):
        client.learn(X, Y, keep=5)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([], [], "x is empty"),
        ([1.0], [1.0, 2.0], "x has 1 rows and y has 2"),
        ([float("nan")], [1.0], "x holds NaN or infinity"),
        ([1.0], [1e300], r"y holds 1e\+300, too large for float32"),
        ([[1.0, 2.0]], [1.0], r"x has shape \[1, 2\], but \[rows, 1\] was expected"),
        (["a"], [1.0], "x is not an array of numbers"),
    ],
)
def test_what_cannot_be_right_is_not_sent(here, x, y, message):
    client, transport = here
    for attempt in (client.learn, client.influence, lambda x, y: client.learn_and_predict(x, y, NEW)):
        with pytest.raises(ZooError, match=message):
            attempt(x, y)
    with pytest.raises(ZooError, match="candidates is empty"):
        client.ask(X, Y, candidates=[], at=0.0)
    with pytest.raises(ZooError, match="at holds NaN"):
        client.ask(X, Y, candidates=NEW, at=float("nan"))
    with pytest.raises(ZooError, match="no tasks"):
        client.learn_many([])
    with pytest.raises(ZooError, match="remember='all'"):
        client.learn(X, Y, remember="all")
    assert set(transport.calls) == {"metadata"}


def test_answers_padded_by_a_server_that_batches_are_cut(here, tiny):
    client, transport = here

    def padded(name, outputs):
        wide = {key: array for key, array in outputs.items() if key in ("prediction", "influence", "score")}
        return outputs | {key: np.concatenate([array, array[:, :1] + 9, array[:, :1]], axis=1) for key, array in wide.items()}

    transport.bend = padded
    local = tiny.learn(X, Y)
    np.testing.assert_allclose(client.learn(X, Y).predict(NEW), local.predict(NEW), atol=1e-5)
    np.testing.assert_allclose(client.learn_and_predict(X, Y, NEW), local.predict(NEW), atol=1e-5)
    np.testing.assert_allclose(client.influence(X, Y), tiny.influence(X, Y), atol=1e-6)
    asked = client.ask(X, Y, candidates=[-4.0, 4.0], at=1.0)
    assert asked.scores.shape == (2,)
    assert asked.index == int(np.argmax(asked.scores))


def test_answers_of_another_shape_are_refused(here):
    client, transport = here
    transport.bend = lambda name, outputs: {key: array[:, :-1] for key, array in outputs.items()}
    with pytest.raises(InvalidAnswerError, match=r"output 'prediction' has shape \[1, 1, 1\]|\[2, 1\] was expected"):
        client.learn_and_predict(X, Y, NEW)


def test_an_unknown_layout_is_told(saved_transport, loaded_tiny):
    client = RemoteModel(Connection(saved_transport("tiny", loaded_tiny), None, None, 0))
    with pytest.raises(ZooError, match=r"tiny \(version 3\) has no signature 'rollout': .*it has adapt, apply"):
        client.learn(X, Y).rollout(NEW, 3)
    assert str(client.signatures()["influence"]) == (
        "support_size int32 [*], support_x float32 [*, *, 1], support_y float32 [*, *, 1] -> influence float32 [*, *]"
    )


def test_says_what_it_is(here):
    client, _ = here
    assert repr(client) == "<RemoteModel of tiny at here, newest version>"
    client.learn(X, Y)
    assert repr(client) == "<RemoteModel of tiny at here, version 3>"

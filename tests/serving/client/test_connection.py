import threading

import numpy as np
import pytest

from zoo.serving import InvalidAnswerError, NotFoundError, TimedOutError
from zoo.serving.client.connection import Connection
from zoo.serving.client.remote_model import RemoteModel
from zoo.serving.client.transport import VersionStatus
from zoo.utils.errors import ZooError

pytestmark = pytest.mark.xdist_group("tiny on a server")

X, Y, NEW = [-1.0, 0.5], [1.0, 0.25], [0.0, 1.5]


def test_metadata_is_read_once_by_many_threads(here):
    client, transport = here
    threads = [threading.Thread(target=client.learn, args=[X, Y]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(transport.calls) == ["adapt"] * 8 + ["metadata"]


def test_nothing_is_sent_before_the_first_use(here):
    assert here[1].calls == []


def test_after_a_swap_what_needs_no_earlier_task_goes_on_with_the_new_version(here):
    client, transport = here
    old = client.learn(X, Y)
    transport.versions = [4]
    np.testing.assert_array_equal(client.learn_and_predict(X, Y, NEW), old.using(client, any_version=True).predict(NEW))
    assert client.version == client.learn(X, Y).version == 4


def test_after_a_swap_no_other_version_applies_a_task(here):
    client, transport = here
    task = client.learn(X, Y)
    transport.versions = [4, 5]
    with pytest.raises(NotFoundError, match=r"version 3 of tiny learned this task, and the server has 4, 5 .*task\.learn_again"):
        task.predict(NEW)
    again = task.learn_again()
    assert (again.version, client.version) == (5, 5)
    np.testing.assert_array_equal(again.predict(NEW), client.learn_and_predict(X, Y, NEW))


def test_a_task_of_an_older_version_predicts_while_that_is_served(here):
    client, transport = here
    task, before = client.learn(X, Y), len(transport.calls)
    transport.versions = [3, 4]
    assert client.refresh() == 4
    assert client.learn(X, Y).version == 4
    for _ in range(3):
        assert task.predict(NEW).shape == (2,)
    assert transport.calls[before:] == ["metadata", "adapt", "metadata", *["apply"] * 3]  # that of version 3 is read once too


def test_a_named_version_is_never_left(saved_transport, loaded_tiny):
    transport = saved_transport("tiny", loaded_tiny, [3, 4])
    client = RemoteModel(Connection(transport, 3, None, 0))
    assert client.learn(X, Y).version == 3
    transport.versions = [4]
    with pytest.raises(NotFoundError):
        client.learn(X, Y)


def test_a_server_that_swaps_without_end_is_told(here):
    client, transport = here
    client.learn(X, Y)
    honest = transport.metadata

    def always_newer(version, label):
        transport.versions = [max(transport.versions) + 1]
        return type(answer := honest(None, label))(answer.name, answer.version - 1, answer.signatures)

    transport.metadata = always_newer
    transport.versions = [9]
    with pytest.raises(NotFoundError):
        client.learn(X, Y)


@pytest.mark.parametrize(
    ("bend", "message"),
    [
        (lambda array: array * np.float32("nan"), "holds NaN or infinity"),
        (lambda array: array[:0], "but 1 rows were expected"),
        (lambda array: array[0, 0, 0], r"shape \[\], but 1"),
    ],
)
def test_answers_no_sound_model_gives_are_refused(here, bend, message):
    client, transport = here
    transport.bend = lambda name, outputs: {key: bend(array) for key, array in outputs.items()}
    with pytest.raises(InvalidAnswerError, match=message):
        client.learn_and_predict(X, Y, NEW)
    transport.bend = lambda name, outputs: {}
    with pytest.raises(InvalidAnswerError, match="'prediction' of 'serving_default' is missing"):
        client.learn_and_predict(X, Y, NEW)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bias_0": np.zeros((1, 5), np.float32)}, r"bias_0 has shape \[1, 5\], but the model takes float32 \[\*, 6\]"),
        ({"bias_0": np.full((1, 6), np.inf, np.float32)}, "bias_0 holds NaN or infinity; the server would answer NaN"),
        ({"query_x": np.zeros((2, 1, 1), np.float32)}, "the first axes have different lengths"),
        ({"other": np.zeros((1, 1), np.float32)}, "takes bias_0, .* not .*other"),
    ],
)
def test_inputs_that_do_not_fit_are_not_sent(here, change, message):
    client, transport = here
    learned = client.learn(X, Y).learned
    with pytest.raises(ZooError, match=message):
        client.connection.call(
            client.connection.metadata(), "apply", learned | {"query_x": np.zeros((1, 1, 1), np.float32)} | change
        )
    assert "apply" not in transport.calls


def test_waits_until_a_version_is_available(here):
    client, transport = here
    states = [
        NotFoundError("nothing yet"),
        [VersionStatus(3, "LOADING")],
        [VersionStatus(3, "END", "broken"), VersionStatus(4, "AVAILABLE")],
    ]

    def status():
        state = states.pop(0) if len(states) > 1 else states[0]
        if isinstance(state, Exception):
            raise state
        return state

    transport.status = status
    assert client.wait_until_available(5) is client
    with pytest.raises(TimedOutError, match=r"not available within 0 s, last seen: version 3 END broken, version 4 AVAILABLE"):
        RemoteModel(Connection(transport, 3, None, 0)).wait_until_available(0)


def test_a_closed_client_says_so(here):
    client, transport = here
    with client:
        task = client.learn(X, Y)
    assert transport.calls[-1] == "close"
    for attempt in (lambda: task.predict(NEW), lambda: client.learn(X, Y), client.status, lambda: client.wait_until_available(1)):
        with pytest.raises(ZooError, match="the client of tiny at here is closed"):
            attempt()

import dataclasses
import threading

import numpy as np
import pytest

from zoo.serving.server.batching import Batcher, merge
from zoo.serving.server.batching_parameters import BatchingParameters
from zoo.serving.server.metrics import Metrics
from zoo.serving.server.run_size import Axes
from zoo.serving.server.servable import Servable, newest_version
from zoo.serving.wire.statuses import Code, StatusError

pytestmark = pytest.mark.xdist_group("served")
PATIENT = BatchingParameters(max_batch_size=6, batch_timeout_micros=200_000, num_batch_threads=1, pad_variable_length_inputs=True)


@pytest.fixture(scope="module")
def tiny_servable(served):
    servable = Servable("tiny", *newest_version(served / "tiny"))
    yield servable
    servable.close()


class Counting:
    """A servable that counts the sizes of its runs, and refuses negative numbers."""

    def __init__(self, servable=None):
        self.servable, self.sizes = servable, []

    def run(self, signature, inputs):
        self.sizes.append(len(next(iter(inputs.values()))))
        if self.servable:
            return self.servable.run(signature, inputs)
        if (inputs["x"] < 0).any():
            raise StatusError(Code.INVALID_ARGUMENT, "negative")
        return {"y": 2 * inputs["x"]}

    def axes(self, signature, inputs):
        return Axes.of(inputs, {name: (value.dtype, (None,) * value.ndim) for name, value in inputs.items()})

    def numbers(self, signature, axes):
        return axes.numbers((0, 0, 1))


def together(parameters, servable, requests, most=1 << 20):
    """Run requests at the same time; returns answers, or errors, in their order."""
    batcher, answers = Batcher(parameters, Metrics(), most), [None] * len(requests)

    def ask(number):
        try:
            answers[number] = batcher.run(servable, "serving_default", requests[number])
        except Exception as error:
            answers[number] = error

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    batcher.close()
    return answers


def tasks(count, support, query, seed):
    draw = np.random.default_rng(seed).uniform
    sizes = np.full(count, support, np.int32)
    rows = {name: draw(-2, 2, (count, support, 1)).astype(np.float32) for name in ("support_x", "support_y")}
    return {**rows, "support_size": sizes, "query_x": draw(-2, 2, (count, query, 1)).astype(np.float32)}


def test_tasks_of_different_lengths_share_a_run_and_get_what_they_get_alone(tiny_servable):
    requests = [tasks(1, 2, 3, 0), tasks(2, 5, 1, 1), tasks(1, 1, 4, 2)]
    counting = Counting(tiny_servable)
    for request, answer in zip(requests, together(PATIENT, counting, requests), strict=True):
        alone = tiny_servable.run("serving_default", request)["prediction"]
        assert answer["prediction"].shape[1] == 4  # the padded length, as TensorFlow Serving answers
        np.testing.assert_allclose(answer["prediction"][:, : alone.shape[1]], alone, atol=1e-6)
    assert counting.sizes == [4]


def test_padding_is_each_tensors_first_element_and_filling_the_first_row():
    merged = merge([{"x": np.array([[5, 6, 7]])}, {"x": np.array([[8], [9]])}], 4)
    np.testing.assert_array_equal(merged["x"], [[5, 6, 7], [8, 8, 8], [9, 8, 8], [5, 6, 7]])


def test_without_padding_different_lengths_run_apart():
    counting = Counting()
    requests = [{"x": np.ones((1, width), np.float32)} for width in (2, 3, 2)]
    answers = together(dataclasses.replace(PATIENT, pad_variable_length_inputs=False), counting, requests)
    assert sorted(counting.sizes) == [1, 2]
    assert [answer["y"].shape for answer in answers] == [(1, 2), (1, 3), (1, 2)]


def test_only_the_guilty_request_of_a_batch_is_refused():
    answers = together(PATIENT, Counting(), [{"x": np.full((1, 1), value, np.float32)} for value in (1, -1, 3)])
    assert [answers[0]["y"].item(), answers[2]["y"].item()] == [2, 6]
    assert answers[1].message == "negative"


def test_batches_are_filled_up_to_an_allowed_size_and_large_requests_are_split_or_refused():
    counting, five = Counting(), {"x": np.arange(5, dtype=np.float32)[:, None]}
    allowed = dataclasses.replace(PATIENT, allowed_batch_sizes=(1, 6))
    assert together(allowed, counting, [five])[0]["y"].ravel().tolist() == [0, 2, 4, 6, 8]
    small = dataclasses.replace(PATIENT, max_batch_size=2, batch_timeout_micros=0)
    (refused,) = together(small, counting, [five])
    assert refused.message == "Task size 5 is larger than maximum input batch size 2"
    (answer,) = together(dataclasses.replace(small, enable_large_batch_splitting=True), counting, [five])
    assert answer["y"].ravel().tolist() == [0, 2, 4, 6, 8]
    assert counting.sizes == [6, 2, 2, 1]


def test_requests_that_would_hold_too_many_numbers_together_run_alone():
    long, short = {"x": np.ones((1, 100), np.float32)}, {"x": np.ones((3, 1), np.float32)}
    for most, sizes in ((400, [4]), (399, [1, 3])):
        counting = Counting()
        answers = together(PATIENT, counting, [long, short], most)
        assert sorted(counting.sizes) == sizes
        assert [len(answer["y"]) for answer in answers] == [1, 3]


def test_a_full_queue_is_unavailable():
    class Stuck(Counting):
        begun, go_on = threading.Event(), threading.Event()

        def run(self, signature, inputs):
            self.begun.set()
            self.go_on.wait(30)
            return super().run(signature, inputs)

    servable = Stuck()
    one = {"x": np.ones((1, 1), np.float32)}
    batcher = Batcher(BatchingParameters(max_batch_size=1, max_enqueued_batches=1, num_batch_threads=1), Metrics(), 10)
    running = threading.Thread(target=batcher.run, args=(servable, "s", one))
    running.start()
    assert servable.begun.wait(30)
    waiting = threading.Thread(target=batcher.run, args=(servable, "s", one))
    waiting.start()
    while not batcher._waiting:
        pass
    with pytest.raises(StatusError, match="queue to which this task was submitted is full") as refused:
        batcher.run(servable, "s", one)
    assert refused.value.code == Code.UNAVAILABLE
    servable.go_on.set()
    running.join()
    waiting.join()
    batcher.close()


def test_what_cannot_be_merged_is_refused_as_tensorflow_serving_does_and_nothing_at_all_runs_alone():
    for inputs, message in (
        ({"x": np.ones(1), "z": np.ones(2)}, "must have equal 0th-dimension size"),
        ({"x": np.ones(1), "z": np.ones(())}, "must have at least one dimension"),
    ):
        (refused,) = together(PATIENT, Counting(), [inputs])
        assert refused.code == Code.INVALID_ARGUMENT
        assert message in refused.message
    for shape in ((0, 2), (2, 0)):
        (answer,) = together(PATIENT, Counting(), [{"x": np.ones(shape)}])
        assert answer["y"].shape == shape

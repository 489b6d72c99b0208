"""A stream by hand: answers before labels, the task of all examples told, and one line for what does not fit."""

import keras
import numpy as np
import pytest

from zoo.learners.stream import Stream
from zoo.models import maml, mann, mela, snail
from zoo.utils.errors import ZooError

LEARNERS = {
    "SNAIL": lambda: next(iter(snail.tiny().values())),
    "MANN": lambda: mann.tiny()["memory"],
    "MeLA": lambda: mela.tiny()["wave"],
}
G = np.random.default_rng(0)


@pytest.fixture(params=list(LEARNERS))
def learner(request):
    keras.utils.set_random_seed(0)
    return LEARNERS[request.param]()


def examples(learner, count):
    x = G.uniform(size=[count, *(size or 2 for size in learner.example.sizes)]).astype(np.float32)
    y = ["a", "b", "a", "c", "b", "a"][:count] if learner.tells_classes else list(G.uniform(size=[count, 1]).astype(np.float32))
    return x, y


def test_every_example_is_answered_by_the_task_of_those_before_it(learner):
    x, y = examples(learner, 6)
    stream = learner.stream()
    for at in range(6):
        got = stream.push(x[at])
        if at == 0:
            assert got is None and stream.task is None
        else:
            whole = learner.learn(x[:at], y[:at] if learner.tells_classes else np.stack(y[:at]))
            np.testing.assert_allclose(stream.task.answers(x[at:]), whole.answers(x[at:]), rtol=1e-3, atol=1e-4)
            np.testing.assert_array_equal(got, stream.task.predict(x[at : at + 1])[0])
        stream.tell(y[at])
    assert stream.size == 6


def test_an_example_without_a_label_teaches_nothing(learner):
    x, y = examples(learner, 4)
    told, other = learner.stream(), learner.stream()
    for stream, places in ((told, (0, 1)), (other, (0, 2, 1))):
        for at in places:
            stream.push(x[at])
            if at != 2:
                stream.tell(y[at])
    np.testing.assert_array_equal(told.push(x[3]), other.push(x[3]))
    assert told.size == other.size == 2


def test_what_does_not_fit_is_refused_and_changes_nothing(learner):
    x, y = examples(learner, 3)
    stream = learner.stream()
    with pytest.raises(ZooError, match="there is no example without a label; push one first"):
        stream.tell(y[0])
    with pytest.raises(ZooError):
        stream.push(np.zeros([3, 5, 7, 9]))
    stream.push(x[0])
    stream.tell(y[0])
    with pytest.raises(ZooError, match="push one first"):
        stream.tell(y[0])
    before = stream.push(x[1])
    with pytest.raises(ZooError):
        stream.push(np.full(x[0].shape, np.inf))
    np.testing.assert_array_equal(stream.push(x[1]), before)
    assert stream.size == 1


def test_more_classes_than_a_learner_has_room_for_are_refused():
    keras.utils.set_random_seed(0)
    learner = mann.tiny()["memory"]
    stream = Stream(learner)
    for name in "abc":
        stream.push(G.uniform(size=learner.example.sizes))
        stream.tell(name)
    stream.push(G.uniform(size=learner.example.sizes))
    with pytest.raises(ZooError, match="4 classes"):
        stream.tell("d")
    assert stream.size == 3 and set(stream.task.classes) == set("abc")


def test_a_learner_whose_tasks_cannot_grow_answers_no_stream():
    with pytest.raises(ZooError, match="learns from all examples at once"):
        next(iter(maml.tiny().values())).stream()

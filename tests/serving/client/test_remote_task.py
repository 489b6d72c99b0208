import json

import numpy as np
import pytest

from zoo.serving import RemoteTask
from zoo.serving.client.connection import Connection
from zoo.serving.client.remote_model import RemoteModel
from zoo.utils.errors import ZooError

pytestmark = pytest.mark.xdist_group("tiny on a server")

X, Y, NEW = [-1.0, 0.5, 2.0, 3.0], [1.0, 0.25, -2.0, 0.1], [0.0, 1.5]


@pytest.fixture
def other(saved_transport, loaded_tiny):
    return lambda name="tiny", versions=(3,): RemoteModel(Connection(saved_transport(name, loaded_tiny, versions), None, None, 0))


@pytest.mark.parametrize("remember", ["examples", "summary"])
def test_grows_to_what_all_examples_at_once_give(here, tiny, remember):
    client, transport = here
    task = client.learn(X[:2], Y[:2], remember=remember)
    for row in (2, 3):
        task = task.update(X[row : row + 1], Y[row : row + 1])
    assert task.size == 4
    np.testing.assert_allclose(task.predict(NEW), tiny.learn(X, Y).predict(NEW), atol=1e-6)
    local = tiny.learn(X[:2], Y[:2]).update(X[2:], Y[2:])
    for name, array in local.learned.items():
        np.testing.assert_allclose(task.learned[name], array, atol=1e-6)
    assert transport.calls.count("update") == (3 if remember == "summary" else 0)


def test_a_summary_is_kept_instead_of_examples(here, tiny):
    client, _ = here
    task = client.learn_many([(X, Y), (X[:1], Y[:1])], remember="summary")[1]
    local = tiny.learn(X[:1], Y[:1])
    assert task.examples is None
    assert {name: array.shape for name, array in task.summary.items()} == {n: a.shape for n, a in local.summary.items()}
    for what in ("influence", "learn_again", "rollout"):
        with pytest.raises(ZooError, match=f"has no {what}: it keeps a summary; learn it with remember='examples'"):
            attempt = getattr(task, what)
            attempt(NEW, 2) if what == "rollout" else attempt()
    kept = client.learn(X, Y)
    assert kept.summary == {}
    np.testing.assert_allclose(kept.influence, tiny.learn(X, Y).influence, atol=1e-6)


@pytest.mark.parametrize("remember", ["examples", "summary"])
def test_saved_and_loaded_it_is_the_same(here, other, tmp_path, remember):
    client, _ = here
    task = client.learn(X, Y, remember=remember)
    task.save(tmp_path / "wave.task")
    again = RemoteTask.load(tmp_path / "wave.task", other())
    np.testing.assert_array_equal(again.predict(NEW), task.predict(NEW))
    assert repr(again) == repr(task) == f"<RemoteTask of tiny, version 3: 4 examples, {task.nbytes} bytes>"
    np.testing.assert_array_equal(again.update([9.0], [1.0]).predict(NEW), task.update([9.0], [1.0]).predict(NEW))
    with pytest.raises(ZooError, match="exists already"):
        task.save(tmp_path / "wave.task")
    assert [path.name for path in tmp_path.iterdir()] == ["wave.task"]


def test_a_damaged_file_is_told(here, tmp_path):
    client, _ = here
    path = tmp_path / "task"
    about = {"format": 1, "model": "tiny", "version": 3, "flat": True, "size": 1}
    np.savez(tmp_path / "newer.npz", about=np.array(json.dumps(about | {"format": 2})))
    np.savez(tmp_path / "pickled.npz", about=np.array({"a": 1}, dtype=object))
    np.savez(tmp_path / "part.npz", about=np.array(json.dumps({"format": 1})))
    client.learn(X, Y).save(path)
    path.write_bytes(path.read_bytes()[:-50])
    (tmp_path / "text").write_text("a task", encoding="utf-8")
    for name in ("newer.npz", "pickled.npz", "part.npz", "task", "text", "nothing"):
        with pytest.raises(ZooError, match="holds no complete task"):
            RemoteTask.load(tmp_path / name, client)


def test_predicts_through_other_clients_of_the_same_model_and_version_only(here, other):
    task = here[0].learn(X, Y)
    want = task.predict(NEW)
    np.testing.assert_array_equal(task.using(other()).predict(NEW), want)
    with pytest.raises(ZooError, match=r"learned by tiny, and <RemoteModel of huge at here.*any_version=True"):
        task.using(other("huge"))
    with pytest.raises(ZooError, match="version 3 of tiny learned this task, and the server has 7"):
        task.using(other(versions=(7,))).predict(NEW)
    trusted = task.using(other("huge", (7,)), any_version=True)
    assert (trusted.model, trusted.version) == ("huge", 7)
    np.testing.assert_array_equal(trusted.predict(NEW), want)


def test_tasks_of_one_version_predict_together(here):
    client, transport = here
    task = client.learn(X, Y)
    transport.versions = [3, 4]
    client.refresh()
    with pytest.raises(ZooError, match=r"2 tasks of versions \[3, 4\] and 2 queries; pass tasks of one version"):
        client.predict_many([task, client.learn(X, Y)], [NEW, NEW])
    with pytest.raises(ZooError, match=r"1 tasks of versions .* and 2 queries"):
        client.predict_many([task], [NEW, NEW])


@pytest.mark.parametrize(("x", "message"), [([], "x is empty"), ([float("inf")], "x holds NaN"), ([[1.0, 2.0]], "x has shape")])
def test_queries_are_checked_before_they_are_sent(here, x, message):
    client, transport = here
    task = client.learn(X, Y)
    with pytest.raises(ZooError, match=message):
        task.predict(x)
    assert "apply" not in transport.calls


def test_rolls_out_as_the_live_model(saved_transport, tmp_path):
    import keras
    import tensorflow as tf

    from zoo.export import as_saved_model
    from zoo.models.no_adaptation import NoAdaptation, NoAdaptationConfig

    keras.utils.set_random_seed(0)
    learner = NoAdaptation(NoAdaptationConfig(inputs=4, outputs=2, history=2, task_widths=(3,)), name="ball")
    as_saved_model.write(learner, tmp_path / "ball")
    transport = saved_transport("ball", tf.saved_model.load(str(tmp_path / "ball")))
    client = RemoteModel(Connection(transport, None, None, 0))
    x, y = np.random.default_rng(0).uniform(-1, 1, (5, 4)), np.random.default_rng(1).uniform(-1, 1, (5, 2))
    task, want = client.learn(x, y), learner.learn(x, y).rollout(x[:3], 4)
    np.testing.assert_allclose(task.rollout(x[:3], 4), want, atol=1e-5)
    # A server that batches runs all tasks of a batch as long as the longest, and pads the queries.
    transport.bend = lambda name, outputs: {
        key: np.pad(array, ((0, 0), (0, 1), (0, 2), (0, 0))) for key, array in outputs.items()
    }
    np.testing.assert_allclose(task.rollout(x[:3], 4), want, atol=1e-5)
    for steps in (0, 10_001):
        with pytest.raises(ZooError, match="pass 1 to 10000 steps"):
            task.rollout(x, steps)
    with pytest.raises(ZooError, match="no signature 'influence': it is not a learner with this capability"):
        _ = task.influence

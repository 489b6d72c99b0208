"""A `TF_CONFIG` gives a place among workers, or is refused in one line that shows what is wrong with it."""

import json

import pytest

from zoo.training.cluster import Place, place
from zoo.utils.errors import ZooError

TWO = ["10.0.0.1:2222", "worker-1.training.svc:2222"]


def config(cluster, **task):
    return json.dumps({"cluster": cluster, "task": task})


@pytest.mark.parametrize(
    "text", [None, "", " ", "{}", '{"environment": "cloud"}', config({"worker": TWO[:1]}, type="worker", index=0)]
)
def test_one_worker_needs_no_cluster(text):
    assert place(text) is None


@pytest.mark.parametrize("index", [0, 1, "1"])
def test_a_worker_finds_its_place(index):
    found = place(config({"worker": TWO}, type="worker", index=index))
    assert found == Place(tuple(TWO), int(index))
    assert (found.workers, found.is_chief) == (2, int(index) == 0)


def test_a_chief_of_its_own_type_comes_first():
    cluster = {"worker": TWO, "chief": ["[::1]:1"]}
    assert place(config(cluster, type="chief", index=0)) == Place(("[::1]:1", *TWO), 0)
    assert place(config(cluster, type="worker", index=1)) == Place(("[::1]:1", *TWO), 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"cluster": {"worker"', "is no JSON"),
        ("[1]", "and no object"),
        (config([1], type="worker", index=0), "has the cluster [1]"),
        (config({"worker": "a:1"}, type="worker", index=0), "where a list of addresses"),
        (config({"worker": ["a:1", "b"]}, type="worker", index=0), 'has the address "b", and no host:port'),
        (config({"worker": ["a:1", "b:70000"]}, type="worker", index=0), "and no host:port"),
        (config({"worker": ["a:1", 2]}, type="worker", index=0), "has the address 2"),
        (config({"worker": ["a:1", "a:1"]}, type="worker", index=0), "has the address a:1 twice"),
        (config({"worker": TWO, "ps": ["c:1"]}, type="worker", index=0), "tasks of type 'ps'"),
        (config({"worker": TWO, "chief": ["c:1", "d:1"]}, type="worker", index=0), "has 2 chiefs"),
        (json.dumps({"cluster": {"worker": TWO}}), "does not say which task this process is: null"),
        (config({"worker": TWO}, type="worker"), "does not say which task"),
        (config({"worker": TWO}, type="evaluator", index=0), "a task of type 'evaluator'"),
        (config({"worker": TWO}, type="worker", index=2), "task 2 of type 'worker', of which its cluster has 2"),
        (config({"worker": TWO}, type="chief", index=0), "of which its cluster has 0"),
        (config({"worker": TWO}, type="worker", index=-1), "has the index -1"),
        (config({"worker": TWO}, type="worker", index="one"), 'has the index "one"'),
        (config({"worker": TWO}, type="worker", index=True), "has the index true"),
    ],
)
def test_a_damaged_one_is_refused_in_one_line(text, message):
    with pytest.raises(ZooError) as told:
        place(text)
    assert message in str(told.value)
    assert str(told.value).startswith("TF_CONFIG ")
    assert "unset it to train on this machine alone" in str(told.value)

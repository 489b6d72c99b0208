"""Trials within an alphabet: one drawer's drawings are found among another's."""

import dataclasses

import numpy as np
import pytest

from zoo.datasets import InMemory, Labelled, LakeTrials, NWay
from zoo.utils.errors import ZooError


def numbered_examples(sizes, first=0, drawers=6):
    """Examples `(alphabet, character, drawer)` of alphabets of so many characters."""
    characters = [(first + alphabet, character) for alphabet, size in enumerate(sizes) for character in range(size)]
    x = [(*each, drawer) for each in characters for drawer in range(drawers)]
    groups = tuple(f"alphabet {alphabet}" for alphabet, _ in characters)
    return Labelled(np.array(x, np.float32), tuple(characters), np.full(len(characters), drawers), groups)


TRIALS = LakeTrials(
    NWay(
        InMemory(numbered_examples([5, 5]), numbered_examples([20, 3, 21, 30], 100), numbered_examples([4], 200)),
        ways=4,
        queries=2,
    )
)


@pytest.mark.parametrize("shots", [1, 3])
def test_a_trial_is_of_one_alphabet_and_each_drawer_is_on_one_side(shots):
    drawn = TRIALS.draw(240, seed=1, shots=shots)
    assert drawn.support_x.shape == (240, 20 * shots, 3)
    assert drawn.query_x.shape == (240, 20, 3)
    assert (drawn.support_size == 20 * shots).all()
    for x, y, query_x, query_y in zip(drawn.support_x, drawn.support_y, drawn.query_x, drawn.query_y, strict=True):
        assert len(np.unique(np.concatenate([x, query_x])[:, 0])) == 1
        assert len(np.unique(x[:, 2])) == shots
        assert len(np.unique(query_x[:, 2])) == 1
        assert not np.intersect1d(x[:, 2], query_x[:, 2]).size
        known = {label: character for character, label in zip(x[:, 1], y.argmax(axis=-1), strict=True)}
        assert len(known) == len(set(known.values())) == 20
        assert [known[label] for label in query_y.argmax(axis=-1)] == query_x[:, 1].tolist()


def test_every_alphabet_that_is_large_enough_has_as_many_trials():
    drawn = TRIALS.draw(240, seed=1)
    alphabets, counts = np.unique(drawn.query_x[:, 0, 0], return_counts=True)
    assert alphabets.tolist() == [100, 102, 103]
    assert counts.tolist() == [80, 80, 80]
    for alphabet, size in ((100, 20), (102, 21), (103, 30)):
        of = drawn.query_x[drawn.query_x[:, 0, 0] == alphabet]
        assert len(np.unique(of[..., 1])) == size
        assert len(np.unique(of[..., 2])) == 6
    assert (np.bincount(drawn.query_y[:, 0].argmax(axis=-1), minlength=20) < 40).all()  # the first query may be any character


def test_training_is_the_training_of_its_episodes():
    (inputs, _), (other, _) = (next(iter(each.stream(2, seed=3))) for each in (TRIALS, TRIALS.training))
    np.testing.assert_array_equal(inputs["support_x"], other["support_x"])
    assert (inputs["support_x"].numpy()[..., 0] < 100).all()


def test_trials_of_the_validation_and_of_fewer_characters():
    assert (TRIALS.draw(5, 1, ways=4, part="validation").query_x[..., 0] == 200).all()


def test_impossible_trials_are_refused():
    with pytest.raises(ZooError, match="the largest group has 4 classes with 6 examples"):
        TRIALS.draw(1, 1, part="validation")
    with pytest.raises(ZooError, match="one example more than the shots"):
        TRIALS.draw(1, 1, shots=6)
    everything = dataclasses.replace(TRIALS.training, training_splits=("train", "validation"))
    with pytest.raises(ZooError, match="is trained on"):
        LakeTrials(everything).draw(1, 1, ways=4, part="validation")


def test_the_training_curve_is_on_validation_alphabets_that_training_leaves_out():
    assert TRIALS.validation_condition() is None  # none has twenty characters
    parts = numbered_examples([20, 5]), numbered_examples([20, 21], 100), numbered_examples([4, 20], 200)
    held_out = LakeTrials(NWay(InMemory(*parts)))
    assert held_out.validation_condition() == {"ways": 20, "shots": 1, "part": "validation"}
    assert LakeTrials(NWay(InMemory(*parts), training_splits=("train", "validation"))).validation_condition() is None
    assert LakeTrials(NWay(InMemory(*parts[:2]))).validation_condition() is None


def test_n_way_episodes_are_evaluated_on_the_same_trials():
    other = TRIALS.training
    assert other.conditions()[-1] == {"ways": 20, "shots": 1, "within": "alphabet"}
    for one, same in zip(other.draw(7, 3, **other.conditions()[-1]), TRIALS.draw(7, 3), strict=True):
        np.testing.assert_array_equal(one, same)
    small = NWay(InMemory(numbered_examples([5]), numbered_examples([19, 19], 100)), ways=4, queries=2)
    assert not any("within" in condition for condition in small.conditions())
    with pytest.raises(ZooError, match=r"within='word': leave it out, or pass 'alphabet'"):
        other.draw(1, 1, within="word")


def test_calibration_tasks_and_scores_are_those_of_the_episodes():
    episodes = dataclasses.replace(TRIALS.training, evaluation_conditions=((3, 1),))
    (drawn,) = LakeTrials(episodes).calibration_tasks()
    for one, other in zip(drawn, episodes.calibration_tasks()[0], strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(TRIALS.score(drawn.query_y, drawn)[0][1], np.zeros(100))

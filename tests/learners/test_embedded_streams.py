"""Streams of embeddings have the answers of the pictures, in evaluation and in training; each picture is embedded once."""

import dataclasses
import gc
import weakref

import keras
import numpy as np
import pictures
import pytest

from zoo.datasets import ClassStreams, NWay, Omniglot
from zoo.datasets.benchmark import EmbeddedBenchmark
from zoo.evaluation.scores import measured
from zoo.learners import embedded_streams
from zoo.models.mann import Mann, MannConfig

STREAMS = ClassStreams(Omniglot(size=8), ways=3, length=6)
SMALL = {"size": 8, "ways": 3, "controller": 5, "memory": 8, "width": 3, "heads": 2}


def made():
    keras.utils.set_random_seed(0)
    return Mann(MannConfig(**SMALL, filters=(4,), shrink=("pool",), balanced=True))


@pytest.fixture(scope="module")
def learner():
    return made()


@pytest.mark.parametrize("many", [True, False], ids=["many", "few"])
def test_a_stream_of_embeddings_has_the_answers_of_the_pictures(learner, many):
    benchmark = pictures.in_place(STREAMS)
    answering, embedded = learner.for_evaluation(benchmark, many)
    assert isinstance(embedded, EmbeddedBenchmark) is not many
    shown = benchmark.draw(4, 3, ways=3, length=6)
    drawn = embedded.draw(4, 3, ways=3, length=6)
    np.testing.assert_array_equal(shown.stream_y, drawn.stream_y)
    np.testing.assert_allclose(drawn.stream_x, learner.embedded(shown.stream_x), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(answering.answers(drawn.inputs), learner.answers(shown.inputs), rtol=1e-3, atol=1e-4)
    assert measured(answering, embedded, drawn)[0][0] == measured(learner, benchmark, shown)[0][0]
    assert answering.variants((0, 2)) == learner.variants((0, 2))


def test_training_shows_embeddings_once_for_all_that_share_a_source(learner):
    easier = dataclasses.replace(STREAMS, length=4)
    short, long = (pictures.in_place(each) for each in (easier, STREAMS))
    short = dataclasses.replace(short, source=long.source)
    first, second = learner.for_training([short, long])
    assert first.source is second.source and (first.length, second.length) == (4, 6)
    (inputs, y), (shown, same) = next(iter(second.stream(2, 1))), next(iter(long.stream(2, 1)))
    np.testing.assert_array_equal(y, same)
    np.testing.assert_allclose(inputs["stream_x"], learner.embedded(shown["stream_x"]), rtol=1e-4, atol=1e-5)
    before = learner.center.numpy()
    learner(inputs, training=True)
    moved = learner.center.numpy()
    assert np.abs(moved - before).max() > 0
    learner.center.assign(before)
    learner(shown, training=True)
    np.testing.assert_allclose(learner.center, moved, rtol=1e-4, atol=1e-6)
    learner.center.assign(before)


def test_what_is_no_stream_is_shown_as_pictures(learner):
    other = NWay(Omniglot(size=8))
    assert learner.for_evaluation(other) == (learner, other) and learner.for_training([other]) == [other]
    pixels = Mann(MannConfig(**SMALL))
    assert pixels.for_evaluation(STREAMS) == (pixels, STREAMS) and pixels.for_training([STREAMS]) == [STREAMS]


def test_embeddings_are_forgotten_with_the_weights_and_with_the_learner():
    own = made()
    known = embedded_streams._known(own)
    assert embedded_streams._known(own) is known
    own.encoder.set_weights([2.0 * weight for weight in own.encoder.get_weights()])
    assert embedded_streams._known(own) is not known
    gone = weakref.ref(own)
    del own, known
    gc.collect()
    assert gone() is None

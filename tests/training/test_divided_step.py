"""A step in parts is Keras' step: gradients of a part, their mean, then the optimiser; XLA where no part asks for another."""

import keras
import numpy as np
import pytest
import two_workers

from zoo.training import recipe as recipes
from zoo.training import trainer
from zoo.training.divided_step import DividedStep


def prepared(entry, jit=False):
    learner = trainer.untrained(entry)
    learner.compile(recipes.optimizer(entry.recipe), recipes.loss(entry.recipe), jit_compile=jit)
    learner.optimizer.build(learner.trainable_variables)
    return learner, iter(entry.benchmark.stream(4, 1))


def test_the_mean_is_taken_before_the_norm_is_clipped():
    """With a mean that is a hundredth, the clipped norm is not reached; and is by Keras' own step."""
    entry = two_workers.case("adam 10.0")
    seen = []

    def mean(flat):
        seen.append(flat.shape.num_elements())
        return flat / 100.0

    learner, batches = prepared(entry)
    learner.optimizer = keras.optimizers.SGD(1.0, global_clipnorm=10.0)
    learner.optimizer.build(learner.trainable_variables)
    before = learner.get_weights()
    logs = DividedStep(learner, mean).run(batches)
    moved = np.sqrt(sum(np.sum((after - old) ** 2) for after, old in zip(learner.get_weights(), before, strict=True)))
    assert 0.1 < moved < 9.9
    assert seen == [learner.count_params() + 1]  # one vector: all gradients, and the loss
    assert logs["loss"] > 0


@pytest.mark.parametrize(("name", "asks"), [("adam 1.0", False), ("kernel_muon None", True)])
def test_a_pass_that_asks_other_workers_is_not_compiled_by_xla(name, asks):
    """Batch normalisation does, and as one worker has the mean of all by itself, the step is still Keras' own."""
    entry = two_workers.case(name)
    (alone, batches), (divided, same) = prepared(entry), prepared(entry, jit=not asks)
    want = alone.train_on_batch(*next(batches))
    step = DividedStep(divided, lambda value: value)
    got = step.run(same)
    assert step.asked is asks
    np.testing.assert_allclose(got["loss"], want, rtol=1e-5)
    for one, other in zip(divided.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-6)

"""From endpoints to signatures: a module that owns each weight once, and only those that a signature reads."""

import numpy as np

from zoo.export.signatures import module
from zoo.models import no_adaptation_video


def test_a_module_owns_each_weight_that_is_read_once_and_in_order(tiny):
    endpoints = tiny.endpoints()
    holder, signatures = module(tiny, {name: endpoints[name] for name in ("serving_default", "adapt")})
    assert list(signatures) == ["serving_default", "adapt"]
    assert [weight.ref() for weight in holder.weights] == [variable.value.ref() for variable in tiny.variables]


def test_weights_that_no_signature_reads_stay_behind(tiny_task):
    """A task of vectors reads no weight of its learner; one of video reads its autoencoder, and not the shared network."""
    assert module(tiny_task, tiny_task.endpoints())[0].weights == []
    learner = no_adaptation_video.tiny()["frames"]
    x = np.zeros([2, 3, 39, 39], np.float32)
    task = learner.learn(x, x[:, 0].reshape(2, -1))
    holder, _ = module(task, task.endpoints())
    shared = {variable.value.ref() for variable in learner.network.variables}
    owned = {weight.ref() for weight in holder.weights}
    assert owned and not owned & shared
    assert owned == {variable.value.ref() for part in (learner.encoder, learner.decoder) for variable in part.variables}

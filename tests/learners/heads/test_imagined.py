"""Heads that learn of imagined examples: equal to those without where nothing is imagined, and exact when examples are added."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.layers import AttentionKernel, Hallucinator, PrototypeLogits, QueryContext, SupportContext
from zoo.learners.heads.imagination import Imagination
from zoo.learners.heads.imagined import ImaginedMeans, ImaginedVotes, PrototypeMatching
from zoo.learners.heads.means import Means
from zoo.learners.heads.votes import FullContext, Votes

WIDTH = 4
GENERATOR = np.random.default_rng(0)
SUPPORT = np.abs(GENERATOR.normal(size=(2, 5, WIDTH))).astype(np.float32)
QUERY = np.abs(GENERATOR.normal(size=(2, 3, WIDTH))).astype(np.float32)
LABEL = np.eye(3, dtype=np.float32)[[[0, 1, 2, 0, 1], [2, 2, 1, 0, 0]]]
SIZE = np.array([5, 5], np.int32)


def parts(generate=True, draws=2, spread=1.0):
    keras.utils.set_random_seed(1)
    generator = Hallucinator(draws, spread) if generate else None
    if generator is not None:
        generator.build((None, None, WIDTH))
    kernel = AttentionKernel("scaled_cosine")
    kernel.build((None, None, 1))
    support, query = SupportContext(), QueryContext(2)
    support.build((None, None, WIDTH))
    query.build((None, None, WIDTH))
    return Imagination(tf.identity, generator, 4 if generate else 0), kernel, FullContext(support, query)


def heads(**options):
    imagination, kernel, context = parts(**options)
    means = [ImaginedMeans(PrototypeLogits(), imagination)] if options.get("generate", True) else []
    return [*means, ImaginedVotes(kernel, context, imagination), PrototypeMatching(kernel, context, imagination)]


def test_imagining_the_examples_themselves_changes_no_mean():
    imagination, *_ = parts(draws=1, spread=0.0)
    head, plain = ImaginedMeans(PrototypeLogits(), imagination), Means(PrototypeLogits())
    answers = [one.logits(one.adapt(SUPPORT, LABEL, SIZE), QUERY) for one in (head, plain)]
    np.testing.assert_allclose(*answers, rtol=1e-4, atol=1e-5)


def test_a_class_is_the_mean_of_real_and_imagined_examples():
    imagination, *_ = parts(draws=3)
    task = ImaginedMeans(PrototypeLogits(), imagination).adapt(SUPPORT, LABEL, SIZE)
    own = LABEL[0, :, 0] > 0
    imagined = imagination.generate(SUPPORT).numpy()[0, own].reshape(-1, WIDTH).mean(axis=0)
    want = (SUPPORT[0, own].sum(axis=0) + 4 * imagined) / (own.sum() + 4)
    shown = ImaginedMeans(lambda query, prototype: tf.transpose(prototype, [0, 2, 1]), imagination)
    np.testing.assert_allclose(shown.logits(task, QUERY)[0, :, 0], want, rtol=1e-5)


def test_without_a_generator_votes_are_those_of_matching_networks():
    imagination, kernel, context = parts(generate=False)
    head, plain = ImaginedVotes(kernel, context, imagination), Votes(kernel, context=context)
    answers = [one.logits(one.adapt(SUPPORT, LABEL, SIZE), QUERY) for one in (head, plain)]
    np.testing.assert_allclose(*answers, rtol=1e-5)


def test_prototype_matching_is_the_papers():
    """Class means of the examples in their context; the query reads the means."""
    head = heads(generate=False)[1]
    task = head.adapt(SUPPORT, LABEL, SIZE)
    context = head.context.examples(tf.constant(SUPPORT), tf.ones([2, 5], tf.bool)).numpy()
    want = np.stack([[context[task, LABEL[task, :, k] > 0].mean(axis=0) for k in range(3)] for task in range(2)])
    np.testing.assert_allclose(task["prototype"], want, rtol=1e-5, atol=1e-6)
    read = head.context.query(QUERY, want.astype(np.float32), np.ones([2, 3], np.float32))
    np.testing.assert_allclose(head.logits(task, QUERY), head.kernel(read, want.astype(np.float32)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_examples_that_come_later_are_as_if_they_had_come_at_once(number):
    head = heads()[number]
    size = np.array([2, 2], np.int32)
    first, more = (head.adapt(SUPPORT[:, part], LABEL[:, part], n) for part, n in ((slice(2), size), (slice(2, 5), size + 1)))
    both, at_once = head.merge(first, more), head.adapt(SUPPORT, LABEL, SIZE)
    np.testing.assert_allclose(head.logits(both, QUERY), head.logits(at_once, QUERY), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_order_of_the_support_does_not_matter(number):
    head, order = heads()[number], [3, 0, 4, 2, 1]
    answers = [head.logits(head.adapt(SUPPORT[:, at], LABEL[:, at], SIZE), QUERY) for at in (slice(None), order)]
    np.testing.assert_allclose(*answers, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_generator_learns_from_the_loss_of_the_classifier(number):
    head = heads()[number]
    generate = head.imagination.generate
    with tf.GradientTape() as tape:
        logits = head.logits(head.adapt(SUPPORT, LABEL, SIZE), QUERY)
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(LABEL[:, :3], logits))
    slopes = tape.gradient(loss, [generate.noise_kernel.value, *(kernel.value for kernel in generate.kernels)])
    assert all(np.abs(slope).max() > 0.0 for slope in slopes)

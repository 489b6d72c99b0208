"""MAML, ANIL and Reptile around a Keras model: a step and the meta-gradient on numbers, training, what is kept and refused."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo
from zoo.datasets import FreshSinusoids
from zoo.learners import made
from zoo.models.around import AroundKeras
from zoo.utils.errors import ZooError

layers = keras.layers
TRUTH = np.eye(3, dtype=np.float32)[np.arange(10).reshape(2, 5) % 3]


def pictures():
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            keras.Input((6, 5, 1)),
            layers.Conv2D(3, 3, padding="same"),
            layers.BatchNormalization(),
            layers.Activation("tanh"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )


def waves():
    keras.utils.set_random_seed(1)
    return keras.Sequential([keras.Input((1,)), layers.Dense(20, "tanh"), layers.Dense(20, "tanh"), layers.Dense(1)])


def around(method="maml", **options):
    return zoo.maml(pictures(), method, **{"inner_steps": 2, "inner_rate": 0.3, **options})


def support_of(episode):
    return tuple(episode[f"support_{name}"] for name in ("x", "y", "size"))


def test_an_inner_step_is_that_of_the_model_in_plain_tensorflow():
    learner, model = around(inner_steps=1), pictures()
    episode = made.episode(learner, (5, 5))
    task = learner.adapt(*support_of(episode))
    for one in range(2):
        x, y = episode["support_x"][one], episode["support_y"][one]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, model(x, training=True)))
        slopes = tape.gradient(loss, model.trainable_variables)
        names = ("kernel_0", "bias_0", "scale_1", "offset_1", "kernel_5", "bias_5")
        for name, start, slope in zip(names, model.trainable_variables, slopes, strict=True):
            want = np.reshape(start - 0.3 * slope, task[name][one].shape)
            np.testing.assert_allclose(task[name][one], want, rtol=1e-3, atol=1e-5, err_msg=name)


def meta_gradient(learner):
    episode = made.episode(learner, (6, 6))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(TRUTH, learner.training_forward(episode)))
    return loss, tape.gradient(loss, learner.trainable_variables)


@pytest.mark.parametrize("method", ["maml", "anil"])
def test_the_meta_gradient_is_that_of_finite_differences(method):
    learner = around(method)
    _, gradients = meta_gradient(learner)
    for variable, gradient in list(zip(learner.trainable_variables, gradients, strict=True))[::2]:  # kernels, and the scale
        direction = tf.math.l2_normalize(gradient)
        losses = []
        for sign in (1, -1):
            variable.assign_add(sign * 1e-2 * direction)
            losses.append(meta_gradient(learner)[0])
            variable.assign_sub(sign * 1e-2 * direction)
        slope = (losses[0] - losses[1]) / 2e-2
        np.testing.assert_allclose(slope, tf.reduce_sum(gradient * direction), rtol=2e-2, err_msg=variable.path)


def test_the_first_order_differs_in_its_gradient_only():
    (loss, second), (same, first) = meta_gradient(around()), meta_gradient(around("fomaml"))
    assert loss == same
    assert np.abs(second[0] - first[0]).max() > 1e-4


def test_a_task_of_anil_is_its_last_layer():
    task = made.task(around("anil"))
    assert {name: value.shape for name, value in task.learned.items()} == {
        "kernel_5": (1, 18, 3),
        "bias_5": (1, 3),
        "mean_1": (1, 3),
        "variance_1": (1, 3),
    }


def test_a_training_step_of_reptile_moves_the_start_to_the_mean_of_what_tasks_lead_to():
    learner = around("reptile")
    episode = made.episode(learner, (6, 6))
    state = learner.task_network.initial(episode["support_y"])
    for batch in range(2):
        x, y = (episode[f"support_{part}"][:, batch::2] for part in "xy")
        state = learner.inner_loop().step(state, x, y, np.int32([3, 3]))
    before = learner.task_network.initial(TRUTH)
    learner.compile(keras.optimizers.SGD(0.25))
    learner.train_on_batch(episode, TRUTH)
    for name, value in learner.task_network.initial(TRUTH).items():
        want = before[name][0] + 0.25 * tf.reduce_mean(state[name] - before[name], axis=0)
        np.testing.assert_allclose(value[0], want, rtol=1e-4, atol=1e-6, err_msg=name)


def test_reptile_survives_batches_without_a_row():
    learner = around("reptile", training_steps=4)
    moved = learner.training_forward(made.episode(learner, (2, 1)))
    assert all(np.isfinite(part).all() for part in moved.values())


@pytest.mark.parametrize(("method", "optimizer"), [("maml", keras.optimizers.Adam(5e-3)), ("reptile", keras.optimizers.SGD(0.5))])
def test_fit_lowers_the_error_after_adapting(method, optimizer):
    learner = zoo.maml(waves(), method, labels="numbers", inner_steps=3, inner_rate=0.03)
    drawn = FreshSinusoids().draw(20, seed=3)

    def error():
        return np.square(learner.forward(drawn.inputs) - drawn.query_y).mean()

    before = error()
    learner.compile(optimizer, None if method == "reptile" else "mse")
    learner.fit(FreshSinusoids().stream(10, 1), steps_per_epoch=150, epochs=1, verbose=0, shuffle=False)
    assert error() < 0.9 * before


def test_the_given_model_is_left_alone_and_the_trained_start_is_a_model_again():
    model = pictures()
    learner = zoo.maml(model, training_steps=1, inner_steps=1)
    before = model.get_weights()
    learner.compile("adam", learner.labels.loss)
    learner.train_on_batch(made.episode(learner, (6, 6)), TRUTH)
    for one, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)
    start = learner.keras_model()
    assert [layer.name for layer in start.layers] == [layer.name for layer in model.layers]
    x = made.queries(learner)
    weights = learner.task_network.initial(TRUTH[:1])
    want = learner.task_network.transductive_run(weights, x[None])[0]
    np.testing.assert_allclose(start(x, training=True), want, rtol=1e-3, atol=1e-4)
    assert np.abs(start(x, training=True) - model(x, training=True)).max() > 1e-4


def test_a_frozen_layer_is_moved_by_no_task_and_no_training():
    model = waves()
    model.layers[0].trainable = False
    learner = zoo.maml(model, labels="numbers")
    assert "kernel_0" not in learner.task_network.initial(np.zeros((1, 1, 1)))
    assert len(learner.trainable_variables) == 4


def test_regularisers_of_the_model_count_in_training():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, kernel_regularizer="l2")])
    learner = zoo.maml(model, labels="numbers")
    np.testing.assert_allclose(sum(learner.losses), sum(model.losses), rtol=1e-6)


def test_a_checkpoint_is_loaded_by_its_path(tmp_path):
    learner = around("anil")
    learner.save(tmp_path / "mine.keras")
    loaded = zoo.load(str(tmp_path / "mine.keras"))
    assert isinstance(loaded, AroundKeras) and loaded.config == learner.config
    x, y = made.support(learner)
    np.testing.assert_array_equal(loaded.learn(x, y).answers(x), learner.learn(x, y).answers(x))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "mamlpp"}, "method='mamlpp': choose 'maml', 'fomaml', 'anil' or 'reptile'"),
        ({"labels": "masks"}, "labels='masks': choose 'classes' or 'numbers'"),
        ({"inner_steps": 0}, "inner_steps=0: maml takes 1 or more"),
        ({"method": "reptile", "training_steps": 1}, "training_steps=1, inner_steps=5: reptile takes 2 or more"),
    ],
)
def test_an_unknown_way_is_refused(options, words):
    with pytest.raises(ZooError, match=words):
        zoo.maml(pictures(), **options)


def test_answers_that_are_no_classes_are_refused():
    maps = keras.Sequential([keras.Input((6, 5, 1)), layers.Conv2D(3, 3)])
    with pytest.raises(ZooError, match=r"array of shape \[4, 3, 3\] .* end it with Flatten"):
        zoo.maml(maps)
    with pytest.raises(ZooError, match="of classes it has to be one vector of 2 or more"):
        zoo.maml(waves())


def test_a_layer_that_is_not_supported_is_named():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dropout(0.5, name="drop"), layers.Dense(3)])
    with pytest.raises(ZooError, match="layer 'drop' is of class Dropout, which is random"):
        zoo.maml(model)


def test_more_classes_than_the_last_layer_has_are_refused():
    with pytest.raises(ZooError, match="3"):
        around().learn(np.zeros((4, 6, 5, 1), np.float32), list("abcd"))


@pytest.mark.parametrize("method", ["fomaml", "anil"])
def test_layers_without_an_activation_between_them_leave_as_onnx(tmp_path, method):
    """A converter merges reshapes that follow each other, and must not lose sizes on the way."""
    model = keras.Sequential(
        [
            keras.Input((9, 8, 1)),
            layers.Conv2D(2, 2),
            layers.Conv2D(3, 3, padding="same"),
            layers.MaxPooling2D(2),
            layers.AveragePooling2D(2),
            layers.BatchNormalization(),
            layers.Dense(4),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )
    learner = zoo.maml(model, method, inner_steps=1)
    differences = zoo.export.onnx(learner, tmp_path / "learner")
    assert {"serving_default", "adapt", "apply", "fine_tune"} <= set(differences)


@pytest.mark.parametrize("sides", [(2, 2), (1, 3), (1, 1), (5, 4)])
def test_convolutions_are_no_c_source_and_perceptrons_of_pictures_are(tmp_path, sides):
    for first in (layers.Conv2D(2, sides), layers.Flatten()):
        model = keras.Sequential([keras.Input((5, 4, 1)), first, layers.Flatten(), layers.Dense(3)])
        task = made.task(zoo.maml(model, inner_steps=1))
        if isinstance(first, layers.Flatten):
            zoo.export.c(task, tmp_path / "task.c")
        else:
            with pytest.raises(ZooError, match="C source is written for networks of vectors only"):
                zoo.export.c(task, tmp_path / "task.c")

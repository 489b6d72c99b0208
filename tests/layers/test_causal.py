"""Causal layers: nothing sees what comes later, everything before is in reach, and the last place alone is as in the sequence."""

import keras
import numpy as np
import pytest

from zoo.layers import CausalAttention, CausalConvolution, DenseBlock, TCBlock

G = np.random.default_rng(0)
X = G.normal(size=[2, 9, 3]).astype(np.float32)
LAYERS = {
    "convolution": lambda: CausalConvolution(4, dilation=2),
    "dense block": lambda: DenseBlock(4, dilation=3),
    "temporal convolutions": lambda: TCBlock(9, 4),
    "attention": lambda: CausalAttention(5, 4),
}


@pytest.fixture(params=list(LAYERS))
def layer(request):
    keras.utils.set_random_seed(0)
    made = LAYERS[request.param]()
    made.build((None, None, 3))
    return made


def test_what_comes_later_changes_nothing(layer):
    want = layer(X).numpy()
    for place in range(9):
        changed = X.copy()
        changed[:, place:] += 1.0
        got = layer(changed).numpy()
        np.testing.assert_allclose(got[:, :place], want[:, :place], atol=1e-6)
        assert np.abs(got[:, place] - want[:, place]).max() > 1e-3


@pytest.mark.parametrize("sizes", [[9, 9], [4, 1], [1, 7]])
def test_queries_alone_behind_a_sequence_are_its_last_place(layer, sizes):
    queries = G.normal(size=[2, 3, 3]).astype(np.float32)
    padded = X + 100.0 * (np.arange(9)[None, :, None] >= np.array(sizes)[:, None, None])  # padding is never read
    got = layer.last(queries, padded.astype(np.float32), np.int32(sizes)).numpy()
    for task, size in enumerate(sizes):
        for number in range(3):
            whole = np.concatenate([X[task, :size], queries[task, number : number + 1]])[None]
            np.testing.assert_allclose(got[task, number], layer(whole)[0, -1], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("length", "first", "blocks"), [(6, 1, 3), (26, 1, 5), (101, 1, 7), (2, 1, 1), (8, 2, 3)])
def test_channels_and_reach_are_those_of_the_paper(length, first, blocks):
    layer = TCBlock(length, 4, first)
    assert len(layer.blocks) == blocks
    assert [block.dilation for block in layer.blocks] == [first * 2**place for place in range(blocks)]
    assert layer.compute_output_shape((None, None, 3)) == (None, None, 3 + 4 * blocks)


@pytest.mark.parametrize("length", [2, 6, 9, 26])
def test_the_last_place_sees_every_one_before_it(length):
    keras.utils.set_random_seed(0)
    layer, x = TCBlock(length, 8), G.normal(size=[1, length, 3]).astype(np.float32)
    want = layer(x)[0, -1].numpy()
    for place in range(length):
        changed = x.copy()
        changed[:, place] += 3.0
        assert np.abs(layer(changed)[0, -1].numpy() - want).max() > 1e-7, place


def test_attention_is_the_softmax_over_what_may_be_read():
    keras.utils.set_random_seed(0)
    layer = CausalAttention(5, 4)
    got = layer(X).numpy()[0, :, 3:]
    query, key, value = (X[0] @ getattr(layer, f"{name}_kernel").numpy() for name in ("query", "key", "value"))
    alike = query @ key.T / 5**0.5
    for place in range(9):
        weight = np.exp(alike[place, : place + 1])
        np.testing.assert_allclose(got[place], weight / weight.sum() @ value[: place + 1], rtol=1e-4, atol=1e-5)


def test_a_gate_of_zero_lets_half_of_the_signal_through():
    layer = DenseBlock(2)
    layer.build((None, None, 3))
    layer.both.kernel.assign(np.zeros(layer.both.kernel.shape))
    layer.both.bias.assign([1.0, 2.0, 0.0, 0.0])
    np.testing.assert_allclose(layer(X)[0, 0, 3:], 0.5 * np.tanh([1.0, 2.0]), rtol=1e-6)


def test_channels_must_be_known():
    for make in LAYERS.values():
        with pytest.raises(ValueError, match="last size of its input"):
            make().build((None, None, None))


def test_an_earlier_key_is_looked_up():
    """Recall the number that stood beside an equal key before: attention learns it, in few steps."""
    keras.utils.set_random_seed(0)
    keys = np.eye(8, dtype=np.float32)

    def episodes(count):
        order = G.random((count, 8)).argsort(axis=1)
        value = G.choice([-1.0, 1.0], (count, 8)).astype(np.float32)
        asked = G.integers(0, 8, count)
        rows = np.concatenate([keys[order], value[..., None]], axis=2)
        query = np.concatenate([keys[order[np.arange(count), asked]], np.zeros((count, 1))], axis=1)[:, None]
        return np.concatenate([rows, query], axis=1).astype(np.float32), value[np.arange(count), asked]

    x = keras.Input((None, 9))
    answer = keras.layers.Dense(1)(CausalAttention(16, 8)(x))
    model = keras.Model(x, keras.layers.Reshape((1,))(answer[:, -1:]))
    model.compile(keras.optimizers.Adam(0.02), "mse")
    model.fit(*episodes(6_000), batch_size=100, epochs=8, verbose=0)
    shown, truth = episodes(500)
    assert np.mean(np.sign(model.predict(shown, verbose=0)[:, 0]) == truth) > 0.98

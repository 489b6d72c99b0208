"""Meta-steps of MAML and of the LSTM optimizer in JAX, vectorised over tasks by `vmap`, each step one compiled program."""

import itertools

import jax
import jax.numpy as jnp
from gradients_problem import (
    ADAM_EPSILON,
    CUT,
    DIGITS,
    EPSILON,
    HIDDEN,
    INNER_RATE,
    LAYERS,
    LEARNED_RATE,
    MAML,
    OUTER_RATE,
    PIXELS,
    SCALE,
    SEGMENT,
    UNITS,
    Optimizer,
    same_padding,
)
from side_by_side import Steps


def _multiplied(x, kernel):
    """Patches and a product: XLA's convolutions are slow on a processor, and slower still with kernels of every task."""
    before, after, out = same_padding(x.shape[1])
    padded = jnp.pad(x, ((0, 0), (before, after), (before, after), (0, 0)))
    reach = 2 * out - 1
    slices = [padded[:, row : row + reach : 2, column : column + reach : 2] for row in range(3) for column in range(3)]
    return jnp.concatenate(slices, -1) @ kernel.reshape(-1, kernel.shape[-1])  # [M, out, out, F]


def _forward(weights, x, moments=None):
    found = []
    for block in range(4):
        x = _multiplied(x, weights[f"kernel_{block}"])
        mean = x.mean((0, 1, 2)) if moments is None else moments[block][0]
        variance = jnp.square(x - mean).mean((0, 1, 2)) if moments is None else moments[block][1]
        found.append((mean, variance))
        x = jax.nn.relu((x - mean) * jax.lax.rsqrt(variance + EPSILON) + weights[f"offset_{block}"])
    return x.mean((1, 2)) @ weights["kernel_out"] + weights["bias_out"], found


def _cross_entropy(logits, y):
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1).mean()


def _maml(argument):
    problem = MAML.read(argument)

    def support_loss(own, shared, x, y):
        return problem.ways * _cross_entropy(_forward({**shared, **own}, x)[0], y)

    def task_loss(weights, batch):
        shared = {name: part for name, part in weights.items() if name.startswith("offset")}
        own = {name: part for name, part in weights.items() if name not in shared}
        for _ in range(problem.steps):
            slope = jax.grad(support_loss)(own, shared, batch["support_x"], batch["support_y"])
            own = jax.tree.map(lambda part, by: part - INNER_RATE * by, own, slope)
        moments = _forward({**shared, **own}, batch["support_x"])[1]
        return _cross_entropy(_forward({**shared, **own}, batch["query_x"], moments)[0], batch["query_y"])

    def loss(weights, batch):
        return jax.vmap(task_loss, in_axes=(None, 0))(weights, batch).mean()

    return _trained(loss, problem.weights(), problem.batches(), OUTER_RATE)


def _adam(weights, slope, state, rate):
    first, second, count = state
    count = count + 1
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, slope)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, slope)
    rate = rate * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
    weights = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + ADAM_EPSILON), weights, first, second)
    return weights, (first, second, count)


def _trained(loss, weights, batches, rate):
    weights, batches = jax.tree.map(jnp.asarray, (weights, batches))
    zeros = jax.tree.map(jnp.zeros_like, weights)

    @jax.jit
    def step(weights, state, batch):
        value, slope = jax.value_and_grad(loss)(weights, batch)
        return (value, *_adam(weights, slope, state, rate))

    value, slope = jax.jit(jax.value_and_grad(loss))(weights, batches[0])
    norm = sum(jnp.square(part).sum() for part in slope.values()) ** 0.5
    kept, turn = [weights, (zeros, zeros, 0.0)], itertools.cycle(batches)

    def take() -> int:
        value, *kept[:] = step(*kept, next(turn))
        value.block_until_ready()
        return 1

    return Steps(take, (float(value), float(norm)))


def _digits_loss(w, x, y):
    first, first_bias, second, second_bias = jnp.split(w, [PIXELS * HIDDEN, (PIXELS + 1) * HIDDEN, len(w) - DIGITS])
    hidden = jax.nn.sigmoid(x @ first.reshape(PIXELS, HIDDEN) + first_bias)
    return _cross_entropy(hidden @ second.reshape(HIDDEN, DIGITS) + second_bias, y)


def _lstm(rows, kept, weights):
    after = []
    for layer in range(LAYERS):
        hidden, cell = kept[layer]
        gates = jnp.concatenate([rows, hidden], 1) @ weights[f"kernel_{layer}"] + weights[f"bias_{layer}"]
        enter, forget, leave, new = jnp.split(gates, 4, 1)
        cell = jax.nn.sigmoid(forget + 1.0) * cell + jax.nn.sigmoid(enter) * jnp.tanh(new)
        rows = jax.nn.sigmoid(leave) * jnp.tanh(cell)
        after.append((rows, cell))
    return SCALE * (rows @ weights["kernel"] + weights["bias"])[:, 0], after


def _optimizer(argument):
    problem = Optimizer()

    def loss(weights, data):
        w, total = data["start"], 0.0
        kept = [(jnp.zeros((len(w), UNITS)), jnp.zeros((len(w), UNITS))) for _ in range(LAYERS)]
        for step in range(SEGMENT + 1):
            at = jax.lax.stop_gradient(w)
            value, slope = jax.value_and_grad(_digits_loss)(at, data["x"][step], data["y"][step])
            total = total + value + (slope * (w - at)).sum()
            if step < SEGMENT:
                size = jnp.log(jnp.maximum(jnp.abs(slope), jnp.exp(-CUT))) / CUT
                update, kept = _lstm(jnp.stack([size, jnp.clip(slope * jnp.exp(CUT), -1.0, 1.0)], 1), kept, weights)
                w = w + update
        return total / (SEGMENT + 1)

    return _trained(loss, problem.weights(), [problem.data()], LEARNED_RATE)


WAYS = {"maml": _maml, "optimizer": _optimizer}

"""Parity: an export must agree with the live model, at several shapes and with garbage in the padding."""

from collections.abc import Callable

import numpy as np

from zoo.learners.endpoint import Endpoint
from zoo.utils.errors import ZooError

Runner = Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]

SHAPES = ({"tasks": 1, "support": 1, "query": 1}, {"tasks": 2, "support": 7, "query": 3}, {"tasks": 3, "support": 4, "query": 9})
TOLERANCE = 1e-4  # times the largest value of the output, and at least itself
REMEDY = "this format does not hold the model; choose another one"


def check(
    endpoint: Endpoint,
    runner: Runner,
    what: str,
    tolerance: float | None = None,
    span: tuple[float, float] = (-1.0, 1.0),
    remedy: str = REMEDY,
) -> float:
    """Compare a runner with a live endpoint.

    Args:
        endpoint: the live endpoint.
        runner: the exported endpoint.
        what: the name of the export in messages.
        tolerance: the largest difference allowed for each step that the endpoint takes; `TOLERANCE` by default.
        span: smallest and largest number of the inputs.
        remedy: for the message about an export that differs.

    Returns:
        The largest difference over all outputs and shapes, relative to the largest value of an output where that is above 1.

    Raises:
        ZooError: if an output is missing, has another shape, or differs by more than the tolerance.
    """
    worst = 0.0
    for number, sizes in enumerate(SHAPES):
        inputs = example(endpoint, sizes, number, span)
        want = {name: value.numpy() for name, value in endpoint(**inputs).items()}
        worst = max(worst, compare(endpoint, inputs, want, runner(inputs), what, f"at {sizes}", tolerance, remedy))
    return worst


def compare(
    endpoint: Endpoint,
    inputs: dict[str, np.ndarray],
    want: dict[str, np.ndarray],
    got: dict[str, np.ndarray],
    what: str,
    where: str,
    tolerance: float | None = None,
    remedy: str = REMEDY,
) -> float:
    """The largest difference of outputs `got` from the live endpoint's `want` on the same inputs; otherwise as `check`."""
    worst = 0.0
    allowed = (TOLERANCE if tolerance is None else tolerance) * steps(inputs)
    for name, value in want.items():
        if name not in got or got[name].shape != value.shape:
            raise ZooError(f"{what}: output {name!r} should be {value.shape} {where}, but is {_shape(got, name)}.")
        if name in endpoint.names:
            numbers, names = endpoint.names[name]
            column = {name: place for place, name in enumerate(names)}
            found = _below_largest(want[numbers], np.array([column.get(one, -1) for one in got[name].flat]))
        elif name in endpoint.choices:
            found = _below_largest(want[endpoint.choices[name]], got[name])
        else:
            found = difference(endpoint, name, got[name], value)
        if not found <= allowed:
            raise ZooError(
                f"{what}: output {name!r} differs from the live model by {found:.3g} {where}, more than {allowed:g}; {remedy}."
            )
        worst = max(worst, found)
    return worst


def difference(endpoint: Endpoint, name: str, got: np.ndarray, want: np.ndarray) -> float:
    """Largest difference of an output, relative to its largest value where that is above 1; NaN if any number is.

    Strings are equal, or infinitely different.
    """
    if want.dtype.kind == "O":
        return 0.0 if got.tolist() == want.tolist() else float("inf")
    one, other = (part.sum(axis=1) if name in endpoint.in_parts else part for part in (got, want))
    return float(np.max(np.abs(one - other))) / max(1.0, float(np.max(np.abs(other))))


def _below_largest(numbers: np.ndarray, chosen: np.ndarray) -> float:
    """How far the number chosen in each row `[..., columns]` is below the row's largest; infinity for a column that is not there.

    Relative to the largest number of all where that is above 1.
    """
    rows, columns = numbers.reshape(-1, numbers.shape[-1]), chosen.reshape(-1)
    if np.any((columns < 0) | (columns >= rows.shape[1])):
        return float("inf")
    below = rows.max(axis=1) - rows[np.arange(len(rows)), columns]
    return float(below.max()) / max(1.0, float(np.abs(rows).max()))


def steps(inputs: dict[str, np.ndarray]) -> int:
    """How often the model is applied to its own result: rounding errors accumulate, so the tolerance grows with it."""
    return max(1, int(np.max(inputs.get("steps", 1))))


def example(
    endpoint: Endpoint, sizes: dict[str, int], seed: int, span: tuple[float, float] = (-1.0, 1.0)
) -> dict[str, np.ndarray]:
    """Random inputs of an endpoint; the second half of every support is padding, filled with NaN and huge numbers.

    Args:
        endpoint: names, shapes and dtypes of the inputs; integers are drawn from 1 to 3.
        sizes: of the dynamic axes by name; 3 where not given.
        seed: of the numbers.
        span: smallest and largest of the floats.
    """
    generator = np.random.default_rng(seed)
    inputs = {}
    for name, spec in endpoint.inputs.items():
        axes = endpoint.axes.get(name, ()) + (None,) * spec.shape.rank
        shape = [sizes.get(axis, 3) if axis else size for axis, size in zip(axes, spec.shape, strict=False)]
        drawn = generator.integers(1, 4, shape) if spec.dtype.is_integer else generator.uniform(*span, shape)
        inputs[name] = drawn.astype(spec.dtype.as_numpy_dtype)
    if "support_size" in inputs:
        real = (sizes["support"] + 1) // 2
        inputs["support_size"][:] = real
        for name in ("support_x", "support_y"):
            inputs[name][:, real:] = np.array([np.nan, 1e30, -np.inf])[: len(inputs[name])].reshape(
                -1, *[1] * (inputs[name].ndim - 1)
            )
    return inputs


def choose(endpoints: dict[str, Endpoint], signature: str) -> Endpoint:
    """The endpoint of a signature.

    Raises:
        ZooError: if there is no such signature.
    """
    if signature not in endpoints:
        raise ZooError(f"no signature {signature!r}; this model has {', '.join(endpoints)}.")
    return endpoints[signature]


def _shape(outputs: dict[str, np.ndarray], name: str) -> str:
    return str(outputs[name].shape) if name in outputs else "missing"

"""Quantised exports: the kinds of numbers that weights may be stored as, and how far from the live model each may answer."""

from zoo.export import parity
from zoo.export.signatures import Exportable
from zoo.utils.errors import ZooError

# The largest difference that may be published, counted as `parity.check` counts it. They stop an export that is broken; what a
# kind costs in accuracy is measured in docs/quantization.md.
TOLERANCES = {"float16": 0.03, "int8": 0.1}
PLAIN = "float32"


def check(model: Exportable, signature: str, runner: parity.Runner, what: str, quantize: str, kinds: tuple[str, ...]) -> float:
    """Compare a quantised export with the live model, on examples as large as those of training; see `parity.check`.

    Args:
        model: the live model.
        signature: which one of its signatures.
        runner: the exported one.
        what: names the format in messages.
        quantize: the kind of number.
        kinds: all that the format has, the finest first.

    Raises:
        ZooError: if it differs by more than the kind's tolerance.
    """
    endpoint = model.endpoints()[signature]
    if quantize == PLAIN:
        return parity.check(endpoint, runner, f"{what}, signature {signature!r}")
    return parity.check(
        *(endpoint, runner, f"{what} in {quantize}, signature {signature!r}"),
        tolerance=TOLERANCES[quantize],
        span=model.input_range or (-1.0, 1.0),
        remedy=f"its weights do not fit into {quantize}: export it with quantize={kinds[kinds.index(quantize) - 1]!r}",
    )


def kind(quantize: str, kinds: tuple[str, ...], what: str) -> str:
    """The kind of number asked for.

    Raises:
        ZooError: if the format does not know it.
    """
    if quantize not in kinds:
        raise ZooError(f"quantize={quantize!r}: {what} stores weights as {' or '.join(kinds)}; choose one of them.")
    return quantize

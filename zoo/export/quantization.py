"""Quantised exports: the types that weights are stored as, and the largest difference from the live model allowed for each."""

from zoo.export import parity
from zoo.export.signatures import Exportable
from zoo.utils.errors import ZooError

# The largest differences allowed, measured as in `parity.check`. They stop broken exports; the loss of accuracy of each type is
# measured in docs/quantization.md.
TOLERANCES = {"float16": 0.03, "int8": 0.1}
PLAIN = "float32"


def check(model: Exportable, signature: str, runner: parity.Runner, what: str, quantize: str, kinds: tuple[str, ...]) -> float:
    """Compare a quantised export with the live model, on examples in the range of training; see `parity.check`.

    Args:
        model: the live model.
        signature: one of its signatures.
        runner: the exported signature.
        what: the name of the format in messages.
        quantize: the type of number.
        kinds: all types of the format, the finest first.

    Raises:
        ZooError: if it differs by more than the tolerance of the type.
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
    """Check the type of number that weights are stored as, and return it.

    Raises:
        ZooError: if the format does not have it.
    """
    if quantize not in kinds:
        raise ZooError(f"quantize={quantize!r}: {what} stores weights as {' or '.join(kinds)}; choose one of these.")
    return quantize

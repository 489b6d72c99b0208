"""MNIST: handwritten digits, all of them for the test, or divided by digit into training and test.

Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", 1998. Read through
TensorFlow Datasets, kept in the cache as uint8; ink is 255.
"""

import functools
from dataclasses import dataclass

import numpy as np

from zoo.datasets.images.cache import Arrays, kept
from zoo.datasets.images.downloaded import batches, builder
from zoo.datasets.labelled import TEST, TRAINING, Labelled, Source, no_part
from zoo.utils.errors import ZooError

DIGITS = tuple(range(10))
_RELEASE = "3.0.1"


@dataclass(frozen=True)
class MNIST(Source):
    """MNIST as a source of classes, images `[28, 28, 1]`.

    Attributes:
        test_digits: the classes of the test part, from the 10,000 test images; training has the other digits, from the other
            60,000 images.
    """

    test_digits: tuple[int, ...] = DIGITS

    def __post_init__(self) -> None:
        if not set(self.test_digits) <= set(DIGITS) or len(set(self.test_digits)) != len(self.test_digits):
            raise ZooError(f"test_digits={self.test_digits}: choose from the digits 0 to 9, each once.")

    def load(self, part: str) -> Labelled:
        """Digits of "train" or "test"; there is no validation."""
        digits = {TRAINING: [digit for digit in DIGITS if digit not in self.test_digits], TEST: sorted(self.test_digits)}.get(
            part
        )
        if not digits:
            raise no_part(self, part)
        return _split(part).only(digits)


@functools.lru_cache(maxsize=2)
def _split(part: str) -> Labelled:
    arrays = kept(f"mnist-{_RELEASE}-{part}", functools.partial(_prepare, part))
    return Labelled.of(arrays["x"], arrays["labels"])


def _prepare(part: str) -> Arrays:
    rows = [(row["image"].numpy(), row["label"].numpy()) for row in batches(builder("mnist", _RELEASE), part)]
    x, labels = (np.concatenate(each) for each in zip(*rows, strict=True))
    return {"x": x, "labels": labels}

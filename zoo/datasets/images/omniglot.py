"""Omniglot: 1623 handwritten characters of 50 alphabets, each drawn by 20 people.

B. Lake, R. Salakhutdinov, J. Tenenbaum, "Human-level concept learning through probabilistic program induction", 2015.
It is read through TensorFlow Datasets, which downloads it at first use (`TFDS_DATA_DIR` says where it is kept), resized
from 105 x 105 by averaging over areas, inverted so that ink is 255, and kept in the cache as uint8.
"""

import functools
import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from zoo.datasets.images.cache import Arrays, kept
from zoo.datasets.images.downloaded import batches, builder
from zoo.datasets.labelled import PARTS, Labelled, Source, no_part
from zoo.utils.errors import ZooError

DRAWERS = 20
SIDE = 105
BACKGROUND = 30  # training alphabets of Lake's split, validation included; the other 20 are the test
VALIDATION_ALPHABETS = ("Armenian", "Bengali", "Early_Aramaic", "Hebrew", "Mkhedruli_(Georgian)")
FIRST = 1200  # characters that Vinyals et al. train on, validation included, of the alphabets in order
SPLITS = ("vinyals", "lake")
_RELEASE = "3.0.0"


@dataclass(frozen=True)
class Omniglot(Source):
    """Omniglot as a source of classes: every character is a class of 20 drawings, every alphabet a group.

    Attributes:
        split: "vinyals", the split that most papers since O. Vinyals et al., "Matching networks for one shot learning", 2016,
            use: 1028 characters to train on, 172 for validation (five alphabets), 423 for the test; the alphabet Gurmukhi is
            on both sides, no character is. Or "lake": the 30 background alphabets, less the same five for validation, and the
            20 evaluation alphabets, which training never sees.
        size: pixels of a side.
    """

    split: str = "vinyals"
    size: int = 28

    largest_group = 47

    def __post_init__(self) -> None:
        if self.split not in SPLITS:
            raise ZooError(f"split={self.split!r}: Omniglot is split as {' or '.join(SPLITS)}.")
        if not 1 <= self.size <= SIDE:
            raise ZooError(f"size={self.size}: Omniglot's drawings have {SIDE} pixels a side; choose from 1 to {SIDE}.")

    def load(self, part: str) -> Labelled:
        """The characters of a part; the image number within each is its drawer, 20 to a character."""
        if part not in PARTS:
            raise no_part(self, part)
        everything = characters(self.size)
        return everything.only(np.flatnonzero(_part_of(self.split, everything.groups) == part))


def _part_of(split: str, alphabets: tuple[str, ...]) -> np.ndarray:
    """The part of every character."""
    order = list(dict.fromkeys(alphabets))
    number = np.array([order.index(alphabet) for alphabet in alphabets])
    test = np.arange(len(alphabets)) >= FIRST if split == "vinyals" else number >= BACKGROUND
    validation = np.isin(alphabets, VALIDATION_ALPHABETS)
    return np.where(test, "test", np.where(validation, "validation", "train"))


@functools.lru_cache(maxsize=2)
def characters(size: int) -> Labelled:
    """All 1623 characters: those of the 30 background alphabets first, alphabets in order of name, characters of number.

    Raises:
        ZooError: if the data is not there and cannot be downloaded, or is not what was released.
    """
    arrays = kept(f"omniglot-{_RELEASE}-{size}", functools.partial(_prepare, size))
    names, alphabets = (tuple(arrays[key].tolist()) for key in ("names", "alphabets"))
    return Labelled(arrays["x"], names, np.full(len(names), DRAWERS), alphabets)


def _prepare(size: int) -> Arrays:
    found = builder("omniglot", _RELEASE)
    names = found.info.features["label"].names
    parts = [_read(found, split, names, size) for split in ("train", "test")]
    order = np.concatenate([labels for labels, _ in parts])
    alphabets = [names[label].rsplit("_", 1)[0] for label in order]
    x = np.concatenate([images for _, images in parts]).reshape(-1, size, size, 1)
    return {"x": x, "names": np.array([names[label] for label in order]), "alphabets": np.array(alphabets)}


def _read(found: Any, split: str, names: list[str], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels of the characters in order, and their images uint8 `[characters, 20, size, size]`, by drawer."""
    parts = [(row["label"].numpy(), shrunk(row["image"], size)[..., 0]) for row in batches(found, split)]
    labels, images = (np.concatenate(each) for each in zip(*parts, strict=True))
    order = sorted(set(labels.tolist()), key=lambda label: _alphabet_and_number(names[label]))
    keys = file_order(split, [(label, names[label]) for label in order])
    if len(keys) != len(labels) or any(key[0] != label for key, label in zip(keys, labels, strict=True)):
        raise ZooError(
            f"the {len(labels)} drawings of Omniglot's {split} files are not in the order of release {_RELEASE}, so who drew "
            "which is unknown; remove the folder omniglot from TensorFlow Datasets' folder and let it be prepared again."
        )
    place = {label: number for number, label in enumerate(order)}
    sorted_images = np.empty([len(order), DRAWERS, size, size], np.uint8)
    sorted_images[[place[label] for label, _ in keys], [drawer for _, drawer in keys]] = images
    return np.array(order), sorted_images


def shrunk(images: np.ndarray | tf.Tensor, size: int) -> np.ndarray:
    """Drawings of black ink on white as every learner of Omniglot sees them: averaged over areas, and inverted.

    Args:
        images: uint8 `[n, side, side, channels]`.
        size: pixels of a side.

    Returns:
        uint8 `[n, size, size, channels]`, ink as 255.
    """
    return _shrink(images, tf.constant([size, size])).numpy()


@tf.function(reduce_retracing=True)
def _shrink(images: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    ink = 255.0 - tf.cast(images, tf.float32)
    return tf.cast(tf.round(tf.image.resize(ink, size, method="area")), tf.uint8)


def file_order(split: str, characters: list[tuple[int, str]]) -> list[tuple[int, int]]:
    """Label and drawer (from 0) of every drawing, in the order in which TensorFlow Datasets stores them.

    It stores no drawer, but sorts by the MD5 sum of the split's name and a key made of the file's name, which ends in the
    drawer. The order thus gives the drawers, and the labels, which are stored, prove it for all 32,460 drawings.

    Args:
        split: "train" or "test".
        characters: label and name, such as "Arcadian_0", of every character.
    """
    keys = [
        (_digest(f"{split}{name}_{label + 1:04d}_{drawer + 1:02d}.png"), label, drawer)
        for label, name in characters
        for drawer in range(DRAWERS)
    ]
    return [(label, drawer) for _, label, drawer in sorted(keys)]


def _digest(text: str) -> bytes:
    return hashlib.md5(text.encode(), usedforsecurity=False).digest()


def _alphabet_and_number(name: str) -> tuple[str, int]:
    alphabet, number = name.rsplit("_", 1)
    return alphabet, int(number)

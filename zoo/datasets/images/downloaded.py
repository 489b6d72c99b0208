"""Data sets of TensorFlow Datasets, downloaded at first use; `TFDS_DATA_DIR` says where they are kept."""

from collections.abc import Iterable
from typing import Any

import tensorflow as tf

from zoo.utils import extras
from zoo.utils.errors import ZooError


def builder(name: str, release: str) -> Any:
    """The builder of a data set, downloaded if need be.

    Raises:
        ZooError: if it is not there and cannot be downloaded, or TensorFlow Datasets is not installed.
    """
    try:
        import tensorflow_datasets as tfds  # needed only where the cache holds no prepared copy
    except ModuleNotFoundError as error:
        raise extras.missing("train", f"the data set {name}", error.name) from None

    try:
        found = tfds.builder(f"{name}:{release}")
        found.download_and_prepare()
    except Exception as error:
        raise ZooError(
            f"{name} {release} is not in TensorFlow Datasets' folder and could not be downloaded ({type(error).__name__}); "
            "set TFDS_DATA_DIR to a folder that holds it, or try again with a connection."
        ) from error
    return found


def batches(found: Any, split: str) -> Iterable[Any]:
    """Examples of a split, in the order in which they are stored, the images in grey."""
    import tensorflow_datasets as tfds

    config = tfds.ReadConfig(interleave_cycle_length=1, try_autocache=False)
    stored = {"image": tfds.decode.SkipDecoding()}
    rows = found.as_dataset(split=split, shuffle_files=False, read_config=config, decoders=stored)
    decode = lambda row: row | {"image": tf.io.decode_png(row["image"], channels=1)}  # noqa: E731
    return rows.map(decode, num_parallel_calls=4, deterministic=True).batch(256)

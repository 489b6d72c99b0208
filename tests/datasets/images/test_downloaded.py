"""Data sets of TensorFlow Datasets: found, refused with a remedy, read in the order in which they are stored."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from zoo.datasets.images import downloaded
from zoo.utils.errors import ZooError


class Stored:
    """A builder of five pictures of one pixel, which checks how it is read."""

    def download_and_prepare(self):
        self.prepared = True

    def as_dataset(self, split, shuffle_files, read_config, decoders):
        assert (split, shuffle_files, read_config.interleave_cycle_length, list(decoders)) == ("test", False, 1, ["image"])
        encoded = [tf.io.encode_png(np.full([1, 1, 1], 50 * number, np.uint8)) for number in range(5)]
        return tf.data.Dataset.from_tensor_slices({"image": encoded, "label": tf.range(5)})


def test_a_data_set_is_prepared_and_read_in_order(monkeypatch):
    names = []
    monkeypatch.setattr(tfds, "builder", lambda name: names.append(name) or Stored())
    found = downloaded.builder("mnist", "3.0.1")
    assert names == ["mnist:3.0.1"]
    assert found.prepared
    (rows,) = downloaded.batches(found, "test")
    assert rows["label"].numpy().tolist() == [0, 1, 2, 3, 4]
    assert rows["image"].numpy().ravel().tolist() == [0, 50, 100, 150, 200]


def test_what_cannot_be_downloaded_says_what_to_do(monkeypatch):
    def unreachable(name):
        raise ConnectionError

    monkeypatch.setattr(tfds, "builder", unreachable)
    with pytest.raises(ZooError, match=r"omniglot 3.0.0 .* could not be downloaded \(ConnectionError\); set TFDS_DATA_DIR"):
        downloaded.builder("omniglot", "3.0.0")

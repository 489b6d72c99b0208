"""Embeddings in the cache: found by bytes and weights, whole or not at all, a part at a time, and never a reason to fail."""

import time
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from zoo.datasets import read_folder
from zoo.hub import embedded_pictures
from zoo.hub.embedded_pictures import EmbeddedPictures, folder


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    """Two classes of three pictures, and a cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    generator = np.random.default_rng(0)
    for name in ("a", "b"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(3):
            Image.fromarray(generator.integers(0, 256, (9, 8, 3), np.uint8)).save(tmp_path / "pictures" / name / f"{number}.png")
    return tmp_path / "pictures"


class Reading:
    """Reads the folder, and counts what had to be embedded."""

    def __init__(self, sha256="1", width=2):
        self.embedded, self.parts = 0, []
        learner = SimpleNamespace(embedding_width=lambda: width, origin={"name": "mine", "sha256": sha256})
        self.store = EmbeddedPictures(learner, self.embed)

    def embed(self, tones):
        self.embedded += len(tones)
        self.parts.append(len(tones))
        return np.stack([tones.mean(axis=(1, 2, 3)), tones[:, 0, 0, 0]], axis=1)

    def __call__(self, pictures, **options):
        data, report = read_folder(pictures, **{"size": 8, "channels": 3} | options, read=self.store.read)
        return self.store.rows(data.x), report


def test_what_was_embedded_is_found_again_with_what_was_done_to_it(pictures):
    first, second = Reading(), Reading()
    rows, report = first(pictures)
    again, same = second(pictures)
    plain, _ = read_folder(pictures, size=8, channels=3)
    np.testing.assert_allclose(rows[:, 1], plain.x[:, 0, 0, 0] / 255, rtol=1e-6)
    np.testing.assert_array_equal(again, rows)
    assert (first.embedded, second.embedded, second.store.recalled) == (6, 0, 6)
    assert same == report and report.steps


def test_other_bytes_weights_or_ways_of_reading_are_other_embeddings(pictures):
    Reading()(pictures)
    other = np.random.default_rng(9).integers(0, 256, (8, 8, 3), np.uint8)
    Image.fromarray(other).save(pictures / "a" / "0.png")
    for options, expected in (({}, 1), ({"invert": True}, 6), ({"size": 9}, 6)):
        reading = Reading()
        reading(pictures, **options)
        assert reading.embedded == expected
    weights = Reading(sha256="2")
    weights(pictures)
    assert weights.embedded == 6 and folder("1") != folder("2")


def test_a_damaged_embedding_is_made_again(pictures):
    rows, _ = Reading()(pictures)
    files = [path for path in folder("1").rglob("*") if path.is_file()]
    assert len(files) == 6
    for path, damage in zip(files, (b"", b"x" * 40, None, None, None, None), strict=True):
        data = path.read_bytes()
        path.write_bytes(data[:-3] + b"abc" if damage is None else damage)
    reading = Reading()
    np.testing.assert_array_equal(reading(pictures)[0], rows)
    assert reading.embedded == 6
    assert Reading(width=3).store._recall(files[0]) is None


def test_memory_holds_a_part_of_the_pictures_at_a_time(pictures, monkeypatch):
    monkeypatch.setattr(embedded_pictures, "rows_at_once", lambda rows: 4)
    reading = Reading()
    reading(pictures)
    assert reading.parts == [4, 2]


def test_a_cache_that_cannot_be_written_is_none(pictures, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(pictures / "a" / "0.png"))
    assert Reading()(pictures)[0].shape == (6, 2)
    monkeypatch.setattr(embedded_pictures, "MOST_PICTURES", 0)
    assert Reading()(pictures)[0].shape == (6, 2)


def test_the_oldest_learners_are_forgotten(pictures, monkeypatch):
    monkeypatch.setattr(embedded_pictures, "MOST", 2)
    for number in range(4):
        Reading(sha256=str(number))(pictures)
        time.sleep(0.02)
    assert [folder(str(number)).exists() for number in range(4)] == [False, False, True, True]


def test_no_pictures_have_no_rows():
    assert Reading().store.rows(np.zeros(0)).shape == (0, 2)

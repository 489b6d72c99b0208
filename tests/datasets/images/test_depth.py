"""Files of 16 bits that hold fewer: each channel and each format has the tones of the drawing of eight bits."""

import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image

from zoo.datasets.images import depth, picture
from zoo.datasets.images.picture import read_picture

DRAWING = np.full([56, 56], 255, np.uint16)
DRAWING[8:48, 14:22] = 0
KIND = {1: 0, 2: 4, 3: 2, 4: 6}  # of PNG, by the number of channels


def png(path, numbers):
    """A PNG of 16 bits a channel, which Pillow writes of grey only."""
    height, width, channels = numbers.shape

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 16, KIND[channels], 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in numbers)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + data)


def tiff(path, numbers, byteorder="<"):
    """A TIFF of 16 bits a channel in colour, not compressed."""
    height, width, channels = numbers.shape
    data = numbers.astype(f"{byteorder}u2").tobytes()
    depths = struct.pack(f"{byteorder}{channels}H", *[16] * channels)
    begin = 8 + len(depths)
    short = {256: width, 257: height, 259: 1, 262: 2, 277: channels, 278: height}
    tags = {tag: (3, 1, struct.pack(f"{byteorder}HH", value, 0)) for tag, value in short.items()}
    tags |= {258: (3, channels, struct.pack(f"{byteorder}I", 8)), 273: (4, 1, struct.pack(f"{byteorder}I", begin))}
    tags[279] = (4, 1, struct.pack(f"{byteorder}I", len(data)))
    head = (b"II" if byteorder == "<" else b"MM") + struct.pack(f"{byteorder}HI", 42, begin + len(data))
    listed = b"".join(
        struct.pack(f"{byteorder}HHI", tag, kind, count) + value for tag, (kind, count, value) in sorted(tags.items())
    )
    path.write_bytes(head + depths + data + struct.pack(f"{byteorder}H", len(tags)) + listed + bytes(4))


@pytest.mark.parametrize(("factor", "bits"), [(1, 8), (4, 10), (16, 12), (64, 14), (257, 16)])
@pytest.mark.parametrize("ending", ["png", "tiff"])
def test_a_grey_drawing_is_the_same_at_every_depth(tmp_path, ending, factor, bits):
    path = tmp_path / f"a.{ending}"
    Image.fromarray((DRAWING * factor).astype(np.uint16)).save(path)
    array, steps = read_picture(path, 28, 1, None)
    want, _ = picture.fitted(Image.fromarray(DRAWING.astype(np.uint8)), 28, 1, None)
    np.testing.assert_allclose(array, want, atol=1)
    assert (depth.SCALED[bits] in steps) == (bits < 16)
    assert picture.BLANK not in steps


@pytest.mark.parametrize(("factor", "bits"), [(1, 8), (16, 12), (257, 16)])
@pytest.mark.parametrize("channels", [2, 3, 4])
def test_a_png_of_several_channels_too(tmp_path, channels, factor, bits):
    shades = np.repeat(DRAWING[..., None] // 2 + 60, channels, axis=2) * factor
    if channels in (2, 4):
        shades[..., -1] = 65535
    png(tmp_path / "a.png", shades)
    array, steps = read_picture(tmp_path / "a.png", 28, 3, None)
    low, high = 60 * factor, 187 * factor
    most = depth.DEPTHS[bits]
    assert abs(int(array.min()) - low / most * 255) <= 2
    assert abs(int(array.max()) - high / most * 255) <= 2
    assert (depth.SCALED[bits] in steps) == (bits < 16)


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("factor", [16, 257])
def test_a_tiff_in_colour_too(tmp_path, byteorder, factor):
    colours = np.stack([DRAWING, DRAWING // 2, 255 - DRAWING], axis=2) * factor
    tiff(tmp_path / "a.tif", colours, byteorder)
    array, _ = read_picture(tmp_path / "a.tif", 56, 3, None)
    np.testing.assert_allclose(array, np.stack([DRAWING, DRAWING // 2, 255 - DRAWING], axis=2), atol=2)


def test_the_files_own_word_comes_first(tmp_path):
    path = tmp_path / "a.tif"
    Image.fromarray(DRAWING * 8).save(path, tiffinfo={depth.MAX_SAMPLE_VALUE: 4080})
    array, _ = read_picture(path, 56, 1, False)
    assert array.max() == 128


def test_floats_of_any_range(tmp_path):
    for low, high in ((0, 1), (0, 255), (-1, 1), (0, 4080)):
        path = tmp_path / "a.tif"
        Image.fromarray((low + DRAWING / 255 * (high - low)).astype(np.float32)).save(path)
        array, _ = read_picture(path, 28, 1, None)
        assert (array.min(), array.max()) == (0, 255)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_picture_with_a_number_that_is_none_is_damaged(tmp_path, wrong):
    numbers = (DRAWING / 255).astype(np.float32)
    numbers[0, 0] = wrong
    Image.fromarray(numbers).save(tmp_path / "a.tif")
    with pytest.raises(ValueError, match="it holds NaN or infinity"):
        read_picture(tmp_path / "a.tif", 28, 1, None)


def test_black_is_black_at_any_depth(tmp_path):
    Image.fromarray(DRAWING * 0).save(tmp_path / "a.png")
    png(tmp_path / "b.png", np.zeros([9, 9, 3], np.uint16))
    for name in ("a.png", "b.png"):
        array, steps = read_picture(tmp_path / name, 28, 3, None)
        assert array.max() == 0
        assert not set(steps) & set(depth.SCALED.values())
        assert picture.BLANK in steps


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_a_deep_picture_is_the_same_in_strips_as_at_once(tmp_path, monkeypatch, channels):
    numbers = np.random.default_rng(0).integers(0, 4096, [33, 20, channels]).astype(np.uint16)
    png(tmp_path / "a.png", numbers)
    array, steps = read_picture(tmp_path / "a.png", 28, 3, False)
    assert depth.SCALED[12] in steps
    monkeypatch.setattr(depth, "STRIP", 45)  # pixels: two rows, and one in the last strip
    again, _ = read_picture(tmp_path / "a.png", 28, 3, False)
    np.testing.assert_array_equal(again, array)


def test_a_deep_picture_takes_no_memory_beside_itself(tmp_path):
    png(tmp_path / "a.png", np.full([1500, 1500, 3], 5, np.uint16))
    with Image.open(tmp_path / "a.png") as opened:
        tracemalloc.start()
        depth.rescaled(opened, tmp_path / "a.png")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 40_000_000  # bytes of arrays; all rows at once took twice as much at least

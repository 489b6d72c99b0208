"""Pictures of every kind become arrays of one kind."""

import struct
import tracemalloc

import numpy as np
import pytest
from PIL import Image

from zoo.datasets.images import omniglot, picture
from zoo.datasets.images.picture import fitted, read_picture


def stroke(side=56, paper=255, ink=0, mode="L"):
    """A vertical bar in the left half of a square."""
    tones = np.full([side, side], paper, np.uint8)
    tones[side // 7 : -side // 7, side // 4 : side // 4 + side // 7] = ink
    return Image.fromarray(tones).convert(mode)


def expected():
    tones = np.zeros([28, 28], np.uint8)
    tones[4:24, 7:11] = 255
    return tones


def saved(image, path, **options):
    image.save(path, **options)
    return read_picture(path, 28, 1, None)


@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "bmp", "webp", "tiff"])
def test_every_format_gives_bright_ink_on_black(ending, tmp_path):
    array, steps = saved(stroke(), tmp_path / f"a.{ending}")
    assert array.shape == (28, 28, 1)
    assert array.dtype == np.uint8
    np.testing.assert_allclose(array[..., 0], expected(), atol=6)
    assert picture.INVERTED in steps
    assert picture.SHRUNK in steps


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "YCbCr", "RGBA", "LA", "I", "F", "I;16"])
def test_every_mode_of_colour(mode):
    if mode == "I;16":
        image = Image.fromarray(np.asarray(stroke()).astype(np.uint16) * 257)
    elif mode in "IF":
        image = Image.fromarray(
            np.asarray(stroke()).astype(np.int32 if mode == "I" else np.float32) * (257 if mode == "I" else 1)
        )
    else:
        image = stroke(mode=mode)
    array, _ = fitted(image, 28, 1, None)
    np.testing.assert_allclose(array[..., 0], expected(), atol=1)


def test_bright_ink_stays_bright():
    array, steps = fitted(stroke(paper=0, ink=255), 28, 1, None)
    np.testing.assert_array_equal(array[..., 0], expected())
    assert steps == [picture.SHRUNK]


def test_grey_paper_and_pale_ink_are_evened():
    array, steps = fitted(stroke(paper=200, ink=90), 28, 1, None)
    np.testing.assert_allclose(array[..., 0], expected(), atol=1)
    assert picture.EVENED in steps


def test_an_empty_sheet_stays_empty():
    for paper in (255, 230, 0):
        array, steps = fitted(Image.new("L", (40, 40), paper), 28, 1, None)
        assert array.max() == 0
        assert picture.STRENGTHENED not in steps


def test_thin_lines_are_strengthened():
    tones = np.full([560, 560], 255, np.uint8)
    tones[100:-100, 279:281] = 0
    array, steps = fitted(Image.fromarray(tones), 28, 1, None)
    assert array.max() == 255
    assert picture.STRENGTHENED in steps


def test_transparent_parts_are_white():
    image = Image.new("RGBA", (56, 56), (0, 0, 0, 0))
    image.paste((10, 20, 30, 255), (14, 8, 22, 48))
    array, steps = fitted(image, 28, 1, None)
    np.testing.assert_allclose(array[..., 0], expected(), atol=1)
    assert picture.FLATTENED in steps
    colour, steps = fitted(image, 28, 3, None)
    np.testing.assert_array_equal(colour[0, 0], [255, 255, 255])
    np.testing.assert_array_equal(colour[10, 8], [10, 20, 30])
    palette = stroke(mode="P")
    palette.info["transparency"] = int(np.asarray(palette)[0, 0])
    assert picture.FLATTENED in fitted(palette, 28, 1, None)[1]


@pytest.mark.parametrize(("code", "turns"), [(3, 2), (6, -1), (8, 1)])
def test_pictures_are_turned_as_their_camera_says(code, turns, tmp_path):
    upright = np.asarray(stroke())
    exif = Image.Exif()
    exif[0x0112] = code
    lying = Image.fromarray(np.rot90(upright, -turns))
    array, steps = saved(lying, tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(array[..., 0], expected())
    assert steps[0] == picture.TURNED


@pytest.mark.parametrize("shape", [(100, 50), (50, 100), (1, 300), (300, 1), (1, 1), (7, 5)])
@pytest.mark.parametrize("channels", [1, 3])
def test_any_shape_becomes_a_square(shape, channels):
    tones = np.random.default_rng(0).integers(0, 256, [*shape, 3], np.uint8)
    array, steps = fitted(Image.fromarray(tones), 28, channels, None)
    assert array.shape == (28, 28, channels)
    assert (picture.PADDED in steps) == (shape[0] != shape[1])
    assert (picture.ENLARGED in steps) == (max(shape) < 28)


def test_padding_has_the_colour_of_the_rim():
    array, _ = fitted(Image.new("RGB", (60, 20), (9, 90, 200)), 30, 3, None)
    np.testing.assert_array_equal(array, np.broadcast_to(np.array([9, 90, 200], np.uint8), [30, 30, 3]))


@pytest.mark.parametrize("size", [28, 56])
def test_a_drawing_is_seen_as_those_of_training_are(size):
    """Lines of one pixel and of two, black on white, 105 pixels a side as Omniglot's."""
    drawing = np.full([105, 105], 255, np.uint8)
    drawing[20:90, 31] = drawing[40, 20:80] = drawing[60:62, 10:100] = 0
    drawing[np.arange(15, 95), np.arange(95, 15, -1)] = 0
    array, steps = fitted(Image.fromarray(drawing), size, 1, None)
    assert steps == [picture.INVERTED, picture.SHRUNK]
    trained = omniglot.shrunk(drawing[None, :, :, None], size)[0]
    assert np.abs(array.astype(int) - trained).max() <= 1


@pytest.mark.parametrize("shape", [(397, 261), (261, 397), (398, 398)])
def test_a_large_picture_that_is_reduced_at_first_is_not_moved(monkeypatch, shape):
    """A block of two pixels on the rim may be cut; within one that lies across the grid nobody knows where its ink was."""
    stripes = np.arange(400) // 37 % 2 == 0
    tones = np.where(stripes[: shape[0], None] ^ stripes[: shape[1]], 255, 40).astype(np.uint8)
    whole, _ = fitted(Image.fromarray(tones), 9, 3, None)
    monkeypatch.setattr(picture, "LARGE", 256)
    reduced, steps = fitted(Image.fromarray(tones), 9, 3, None)
    assert picture.REDUCED in steps
    np.testing.assert_allclose(reduced, whole, atol=2)


def test_colours_are_kept_in_colour_and_averaged_over_areas():
    tones = np.random.default_rng(0).integers(0, 256, [8, 8, 3], np.uint8)
    array, steps = fitted(Image.fromarray(tones), 4, 3, None)
    np.testing.assert_allclose(array, tones.reshape(4, 2, 4, 2, 3).mean(axis=(1, 3)), atol=1)
    assert steps == [picture.SHRUNK]
    assert picture.COLOURED in fitted(stroke(), 28, 3, None)[1]


def test_inversion_can_be_asked_for_and_forbidden():
    image = stroke()
    np.testing.assert_array_equal(fitted(image, 56, 1, False)[0][..., 0], np.asarray(image))
    np.testing.assert_array_equal(fitted(image, 56, 1, True)[0][..., 0], 255 - np.asarray(image))


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\nand no more"])
def test_what_is_no_picture_fails_at_once(content, tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(Exception, match=r"cannot identify|unrecognized|Truncated|truncated"):
        read_picture(path, 28, 1, None)


def test_a_picture_cut_off_fails(tmp_path):
    path = tmp_path / "a.jpg"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, [200, 200, 3], np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(OSError, match="truncated"):
        read_picture(path, 28, 1, None)


def test_a_picture_far_too_large_fails(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    Image.new("1", (200, 200)).save(path)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 30_000)
    with pytest.raises(Image.DecompressionBombWarning):
        read_picture(path, 28, 1, None)


def test_a_picture_of_more_pixels_than_memory_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "a.webp"  # 36 bytes, of which the reader makes more than a gigabyte
    data = struct.pack("<4sI4s4sIBI", b"RIFF", 22, b"WEBP", b"VP8L", 10, 0x2F, 9399 | 9399 << 14)
    path.write_bytes(data + bytes(5))
    with pytest.raises(ValueError, match=r"9400 x 9400 pixels, more than 64,000,000 in all; make it smaller"):
        read_picture(path, 28, 1, None)


def test_white_ink_on_transparency_is_put_on_black():
    image = Image.new("RGBA", (56, 56), (255, 255, 255, 0))
    image.paste((250, 250, 250, 255), (14, 8, 22, 48))
    array, steps = fitted(image, 28, 1, None)
    np.testing.assert_allclose(array[..., 0], expected(), atol=1)
    assert picture.ON_BLACK in steps
    assert picture.BLANK not in steps
    clear = Image.new("RGBA", (56, 56), (255, 255, 255, 0))
    assert picture.FLATTENED in fitted(clear, 28, 1, None)[1]


@pytest.mark.parametrize("size", [(20_000, 1), (1, 60_000)])
def test_a_line_is_no_picture(size, tmp_path):
    Image.new("1", size).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"pixels, more than 1,000 times as long as wide; crop it$"):
        read_picture(tmp_path / "a.png", 28, 1, None)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
@pytest.mark.parametrize("shape", [(9_000, 300), (5_000, 5_000)])
def test_a_large_picture_takes_little_memory(mode, shape):
    if mode == "I;16":
        image = Image.fromarray(np.full(shape, 65535, np.uint16))
        image.paste(0, (0, 0, 60, 4_000))
    else:
        image = Image.new("L", shape[::-1], 255)
        image.paste(0, (100, 100, 200, 4_000))
        image = image.convert(mode)
    tracemalloc.start()
    array, steps = fitted(image, 28, 1, None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert picture.REDUCED in steps
    assert array.max() > 100
    assert peak < 400e6


def test_a_large_picture_looks_as_a_small_one():
    tones = np.asarray(stroke(side=56))
    small, _ = fitted(Image.fromarray(tones), 28, 1, None)
    large, _ = fitted(Image.fromarray(np.kron(tones, np.ones([100, 100], np.uint8))), 28, 1, None)
    np.testing.assert_allclose(small, large, atol=2)


def test_only_the_promised_formats_are_opened(tmp_path, monkeypatch):
    for name in ("gs", "gswin32c", "gswin64c"):
        (tmp_path / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "a.png").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n")
    with pytest.raises(Image.UnidentifiedImageError):
        read_picture(tmp_path / "a.png", 28, 1, None)
    assert not (tmp_path / "started").exists()
    assert not {"EPS", "WMF", "ICNS", "FPX", "PDF"} & set(picture.formats())


def test_a_picture_that_shows_nothing_says_so():
    assert picture.BLANK in fitted(Image.new("RGB", (40, 40), "white"), 28, 1, None)[1]
    assert picture.BLANK not in fitted(stroke(), 28, 1, None)[1]

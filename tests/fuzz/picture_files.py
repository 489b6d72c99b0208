"""Files of pictures: written by Pillow or by hand in every depth and mode, with sizes, tables and pixels that are wrong."""

import functools
import io
import shutil
import struct
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from fuzz.damage import damaged
from fuzz.kind import Kind
from zoo.datasets import read_folder
from zoo.datasets.images import picture

SIDES = (1, 2, 3, 7, 12, 30)
HOSTILE = (0, 1, 2, 255, 256, 5000, 20_000, 60_000, 65_535, 2**24, 2**31 - 1, 2**31, 2**32 - 1)
DEPTHS = (0, 1, 2, 3, 4, 8, 10, 12, 14, 16, 24, 32, 64, 255)
SAVED = {  # what Pillow writes: modes and options of each format
    "PNG": ("1 L LA P RGB RGBA I;16", ({}, {"optimize": True}, {"transparency": 0})),
    "BMP": ("1 L P RGB RGBA", ({},)),
    "GIF": ("1 L P RGB RGBA", ({}, {"save_all": True}, {"transparency": 0})),
    "TIFF": ("1 L LA P RGB RGBA CMYK YCbCr LAB I F I;16", ({}, {"compression": "tiff_lzw"}, {"compression": "tiff_deflate"})),
    "JPEG": ("L RGB CMYK", ({}, {"progressive": True}, {"quality": 1})),
    "WEBP": ("RGB RGBA", ({}, {"lossless": True}, {"save_all": True})),
    "PPM": ("1 L RGB I;16", ({},)),
    "AVIF": ("RGB RGBA", ({"speed": 10},)),
}
ENDINGS = (".png", ".jpg", ".gif", ".bmp", ".webp", ".tif", ".avif", ".ppm", ".PNG", ".heic", ".svg", "", ".txt")


@dataclass(frozen=True)
class File:
    """A file, its ending, and how pictures are to be read."""

    data: bytes
    ending: str = ".png"
    size: int = 8
    channels: int = 1
    invert: bool | None = None


@st.composite
def _saved(draw: st.DrawFn) -> bytes:
    kind = draw(st.sampled_from([*SAVED, "PNG", "TIFF"]))
    modes, options = SAVED[kind]
    mode, option = draw(st.sampled_from(modes.split())), draw(st.sampled_from(range(len(options))))
    sides = draw(st.sampled_from(SIDES)), draw(st.sampled_from(SIDES))
    turned = draw(st.sampled_from([None, None, 1, 3, 6, 0, 9, 65_535]))
    return _encoded(kind, mode, option, sides, turned, draw(st.sampled_from(["noise", "flat", "faint"])))


@functools.cache
def _encoded(kind: str, mode: str, option: int, sides: tuple[int, int], turned: int | None, tones: str) -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, [sides[1], sides[0], 3])
    noise = {"noise": noise, "flat": noise * 0 + 200, "faint": noise // 16}[tones]
    if mode in ("I;16", "I", "F"):
        numbers = noise[..., 0] * (1 if tones == "faint" else 257)
        image = Image.fromarray(numbers.astype({"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]))
    else:
        image = Image.fromarray(noise.astype(np.uint8)).convert("L" if mode == "LA" else "RGB").convert(mode)
    options = dict(SAVED[kind][1][option])
    if turned is not None and kind in ("PNG", "JPEG", "WEBP"):  # of a TIFF, `_tiff` turns it
        exif = Image.Exif()
        exif[0x0112] = turned
        options["exif"] = exif
    if mode not in ("1", "L", "P"):
        options.pop("transparency", None)
    if options.get("save_all"):
        options["append_images"] = [image.rotate(90)]
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image.save(file, kind, **options)
    return file.getvalue()


def _chunk(name: bytes, data: bytes, wrong: bool = False) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data) ^ wrong)


@st.composite
def _png(draw: st.DrawFn) -> bytes:
    """A PNG by hand: any depth and type of colour, and a size that may be another than that of its pixels."""
    kind, depth = draw(st.sampled_from([0, 2, 3, 4, 6, 1, 7])), draw(st.sampled_from([1, 2, 4, 8, 8, 16, 16, 3, 32]))
    sides = width, height = draw(st.sampled_from(SIDES)), draw(st.sampled_from(SIDES))
    declared = draw(st.sampled_from([sides] * 5 + [(draw(st.sampled_from(HOSTILE)), draw(st.sampled_from(HOSTILE)))]))
    interlaced = draw(st.sampled_from([0, 0, 0, 1, 2]))
    header = struct.pack(">IIBBBBB", *declared, depth, kind, *draw(st.sampled_from([(0, 0)] * 8 + [(1, 0), (0, 1)])), interlaced)
    line = -(-width * depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(kind, 1) // 8)
    bits = draw(st.sampled_from([255, 15, 3, 0]))  # 16 bits a channel of which few are used
    stir = np.random.default_rng(line).integers(0, 256, [height, 1 + line], np.uint8)
    stir[:, 0] = draw(st.sampled_from([0, 0, 1, 2, 3, 4, 9]))
    stir[:, 1::2] &= bits if depth == 16 else 255
    parts = [_chunk(b"IHDR", header)]
    if kind == 3 or draw(st.integers(0, 9)) == 0:
        parts.append(_chunk(b"PLTE", bytes(range(3 * draw(st.sampled_from([1, 2, 4, 16, 85]))))))
    if draw(st.integers(0, 2)) == 0:
        parts.append(_chunk(b"tRNS", draw(st.sampled_from([b"", b"\0", b"\0\5", bytes(6), bytes(range(200))]))))
    for name in draw(
        st.lists(st.sampled_from([b"eXIf", b"gAMA", b"iCCP", b"tEXt", b"zTXt", b"pHYs", b"acTL", b"fcTL"]), max_size=2)
    ):
        parts.append(_chunk(name, draw(st.binary(max_size=30))))
    packed = zlib.compress(stir.tobytes(), 1)
    if draw(st.integers(0, 9)) == 0:
        packed = packed[: len(packed) // 2]
    parts += [_chunk(b"IDAT", packed, draw(st.integers(0, 19)) == 0), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@st.composite
def _bmp(draw: st.DrawFn) -> bytes:
    width, height, depth = (
        draw(st.sampled_from(SIDES)),
        draw(st.sampled_from(SIDES)),
        draw(st.sampled_from([1, 4, 8, 16, 24, 32])),
    )
    colours = draw(st.sampled_from([0, 2, 16, 256])) if depth <= 8 else 0
    line = -(-width * depth // 32) * 4
    declared = [width, draw(st.sampled_from([height, height, -height])), 1, depth, 0, line * height, 0, 0, colours, 0]
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        at = draw(st.integers(0, len(declared) - 1))
        signed = (*HOSTILE[:-2], -1, -(2**31))
        odd = {0: signed, 1: signed, 2: (0, 1, 3, 65_535), 3: (0, 1, 3, 65_535)}
        declared[at] = draw(st.sampled_from(odd.get(at, HOSTILE[:-2])))
    header = struct.pack("<IiiHHIIiiII", draw(st.sampled_from([40] * 6 + [12, 52, 108, 124, 7])), *declared)
    start = 14 + len(header) + 4 * (colours or (2**depth if depth <= 8 else 0))
    file = struct.pack("<2sIHHI", b"BM", start + line * height, 0, 0, draw(st.sampled_from([start] * 5 + [0, 14, 2**31])))
    return file + header + bytes(range(256)) * 4 * (depth <= 8) + bytes(line * height)


@st.composite
def _tiff(draw: st.DrawFn) -> bytes:
    """A TIFF by hand: any number of samples, of any bits and kind, and values that are wrong in its table."""
    order = draw(st.sampled_from("<>"))
    width, height, samples = draw(st.sampled_from(SIDES)), draw(st.sampled_from(SIDES)), draw(st.sampled_from([1, 1, 1, 3, 4, 2]))
    bits, kind = draw(st.sampled_from([(8, 1), (16, 1), (16, 2), (32, 1), (32, 2), (32, 3), (64, 3), (1, 1), (12, 1), (4, 1)]))
    pixels = draw(
        st.sampled_from([bytes, lambda count: b"\x3f" * count, lambda count: b"\xff" * count, lambda count: b"\0\1" * count])
    )
    data = pixels(-(-width * samples * bits // 8) * height)
    tags = {256: (4, [width]), 257: (4, [height]), 258: (3, [bits] * samples), 259: (3, [1])}
    tags |= {262: (3, [2 if samples >= 3 else draw(st.sampled_from([0, 1, 3]))]), 273: (4, [8]), 277: (3, [samples])}
    tags |= {278: (4, [height]), 279: (4, [len(data)]), 284: (3, [1]), 339: (3, [kind] * samples)}
    tags |= draw(
        st.sampled_from([{}, {}, {274: (3, [6])}, {281: (3, [4095])}, {281: (3, [0])}, {320: (3, [0, 9, 65_535] * 256)}])
    )
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        tag = draw(st.sampled_from([*sorted(tags), 274, 281, 322, 323, 338, 347, 700, 34_675]))
        kind, count = draw(st.sampled_from([1, 2, 3, 4, 5, 12, 99])), draw(st.sampled_from([0, 1, 2, 5]))
        tags[tag] = kind, [draw(st.sampled_from((*DEPTHS, *HOSTILE)))] * count
    table, more, start = b"", b"", 8 + len(data) + 2 + 12 * len(tags) + 4
    for tag, (kind, values) in sorted(tags.items()):
        form = {1: "B", 2: "B", 3: "H", 4: "I", 5: "II", 12: "d"}.get(kind, "I")
        each = struct.calcsize(order + form) if len(form) == 1 else 8
        top = {"B": 255, "H": 65_535}.get(form, 2**32 - 1)
        packed = b"".join(struct.pack(order + form, *[min(value, top)] * len(form)) for value in values)
        table += struct.pack(order + "HHI", tag, kind, len(values))
        if each * len(values) <= 4:
            table += packed.ljust(4, b"\0")
        else:
            table += struct.pack(order + "I", start + len(more))
            more += packed
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8 + len(data))
    return head + data + struct.pack(order + "H", len(tags)) + table + bytes(4) + more


@st.composite
def _text(draw: st.DrawFn) -> bytes:
    """A PPM and its kin by hand."""
    kind = draw(st.sampled_from([b"P1", b"P2", b"P3", b"P4", b"P5", b"P6", b"P7", b"Pf", b"PF", b"Py"]))
    sides = [draw(st.sampled_from([*SIDES, *SIDES, *HOSTILE])) for _ in range(2)]
    most = draw(st.sampled_from([b"255", b"255", b"1", b"65535", b"1000", b"0", b"65536", b"-1.0", b"9" * 300, b"nan"]))
    shape = b"%d %d\n" % tuple(sides)
    body = draw(st.sampled_from([bytes(4000), b"1 " * 2000, b"\xff" * 8000, b"9" * 500, b"0.5 " * 90]))
    return kind + b"\n" + shape + (b"" if kind in (b"P1", b"P4") else most + b"\n") + body


@st.composite
def _resized(draw: st.DrawFn) -> bytes:
    """What Pillow wrote, with another size in its header."""
    data = bytearray(draw(_saved()))
    one, other = draw(st.sampled_from(HOSTILE)), draw(st.sampled_from(HOSTILE))
    if data[:3] == b"GIF":
        data[6:10] = struct.pack("<HH", min(one, 65_535), min(other, 65_535))
    elif data[:2] == b"\xff\xd8":
        at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
        data[at + 5 : at + 9] = struct.pack(">HH", min(one, 65_535), min(other, 65_535))
    elif data[8:15] == b"WEBPVP8":
        data[24:30] = struct.pack("<I", one & 0xFFFFFF)[:3] + struct.pack("<I", other & 0xFFFFFF)[:3]
    elif b"ispe" in data:
        at = data.find(b"ispe") + 8
        data[at : at + 8] = struct.pack(">II", one, other)
    return bytes(data)


@st.composite
def _files(draw: st.DrawFn) -> File:
    data = draw(_saved() | _saved() | _saved() | _png() | _png() | _tiff() | _tiff() | _bmp() | _text() | _resized())
    if draw(st.integers(0, 5)) == 0:
        data = draw(damaged(data))
    size, channels = draw(st.sampled_from([1, 8, 12])), draw(st.sampled_from([1, 3]))
    return File(data, draw(st.sampled_from(ENDINGS)), size, channels, draw(st.sampled_from([None, None, True, False])))


def _opened(given: File, folder: Path) -> None:
    plain = folder / "plain" / "0.png"
    if not plain.exists():
        plain.parent.mkdir()
        plain.write_bytes(_encoded("PNG", "L", 0, (7, 7), None, "noise"))
    shutil.rmtree(folder / "odd", ignore_errors=True)
    (folder / "odd").mkdir()
    (folder / "odd" / f"1{given.ending}").write_bytes(given.data)
    data, report = read_folder(folder, given.size, given.channels, given.invert)  # a picture that is skipped leaves one class
    assert data.x.shape == (2, given.size, given.size, given.channels)
    assert data.x.dtype == np.uint8
    assert data.names == ("odd", "plain")
    assert {step for step, _ in report.steps} <= {*picture.STEPS}
    assert len(report.lines()) < 20


KIND = Kind("pictures", 100, _files(), _opened, File(_encoded("PNG", "RGBA", 0, (12, 7), 6, "noise")))

"""Pictures of more than eight bits a channel: their numbers as tones from 0 to 1, by the depth that the file really has.

Cameras of 10, 12 and 14 bits write files of 16, of which they fill the lower part only; divided by 65,535 they would be black.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageFile

DEPTHS = {8: 255.0, 10: 1023.0, 12: 4095.0, 14: 16383.0, 16: 65535.0}  # bits, and the highest number of so many
SCALED = {bits: f"scaled from {bits} bits" for bits in DEPTHS}
MAX_SAMPLE_VALUE = 281  # the tag of TIFF that says the highest number
# How Pillow reads the upper bytes, and how it reads the lower ones instead: in the order of the other kind of machine.
_OTHER = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}
_LOWER = {f"{bands};16{order}": f"{bands};16{other}" for bands in ("RGB", "RGBA") for order, other in _OTHER.items()}
STRIP = 1 << 18  # pixels that are scaled at once
_GREY = "LA;16B"  # grey with transparency, read as four channels of a byte to get both bytes of both


def is_deep(picture: Image.Image) -> bool:
    """Whether Pillow keeps more than eight bits of a picture, which is grey then."""
    return picture.mode.startswith(("I", "F"))


def deep_tones(picture: Image.Image) -> tuple[np.ndarray, list[str]]:
    """Brightness of a grey picture that `is_deep`, float32 `[height, width]` from 0 to 1, and what it took.

    Raises:
        ValueError: for NaN or infinity.
    """
    numbers = np.asarray(picture, np.float32)
    if not np.isfinite(numbers).all():
        raise ValueError("it holds NaN or infinity")
    lowest = min(0.0, float(numbers.min()))
    numbers = numbers - np.float32(lowest)
    highest = float(numbers.max())
    if picture.mode.startswith("F") and lowest == 0.0 and highest <= 1.0:
        return numbers, []
    if picture.mode.startswith("F") and (lowest < 0.0 or (numbers != np.round(numbers)).any()):  # of no depth
        return numbers / np.float32(highest), []
    own = _own_highest(picture)
    if own is not None and own >= highest:
        return numbers / np.float32(own), []
    bits = next((bits for bits, most in DEPTHS.items() if highest <= most), None)
    steps = [] if bits in (None, 16) or not highest else [SCALED[bits or 16]]
    return numbers / np.float32(DEPTHS[bits] if bits else highest), steps


def rescaled(picture: ImageFile.ImageFile, path: str | Path) -> tuple[Image.Image, list[str]]:
    """A colour picture of 16 bits a channel, of which Pillow keeps the upper eight, with tones of the depth that it really has.

    They are written into the picture itself, as two of them more would be too many in memory.

    Args:
        picture: not loaded yet.
        path: of its file.
    """
    raw = next((tile.args if isinstance(tile.args, str) else (tile.args or ("",))[0] for tile in picture.tile), "")
    picture.load()
    if raw not in _LOWER and raw != _GREY:
        return picture, []
    bands = picture.getextrema()  # of a picture of several bands, a pair of each
    if len(bands) < 3 or not 0 <= max(int(highest) for _, highest in bands[:3]) < 64:
        return picture, []  # the upper bits are used: 16 it is
    with Image.open(path, formats=[picture.format or "PNG"]) as again:
        other = "RGBA" if raw == _GREY else _LOWER[raw]
        again.tile = [
            tile._replace(args=other if isinstance(tile.args, str) else (other, *(tile.args or ())[1:])) for tile in again.tile
        ]
        again.load()
        highest = max(int(_colours(upper, lower, raw)[0].max()) for _, upper, lower in _strips(picture, again))
        bits = next(bits for bits, most in DEPTHS.items() if highest <= most)
        for top, upper, lower in _strips(picture, again):
            colours, alpha = _colours(upper, lower, raw)
            tones = np.concatenate([np.round(colours * (255.0 / DEPTHS[bits])), alpha], axis=-1).astype(np.uint8)
            picture.paste(Image.fromarray(tones), (0, top))
    return picture, [SCALED[bits]] if highest else []


def _strips(one: Image.Image, other: Image.Image) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Two pictures of one size a few rows at a time, as all at once take gigabytes: the top row, and the numbers of both."""
    width, height = one.size
    rows = max(1, STRIP // width)
    for top in range(0, height, rows):
        box = (0, top, width, min(top + rows, height))
        yield top, np.asarray(one.crop(box), np.uint16), np.asarray(other.crop(box), np.uint16)


def _colours(upper: np.ndarray, lower: np.ndarray, raw: str) -> tuple[np.ndarray, np.ndarray]:
    """Colours of 16 bits from their upper and lower bytes, and the opacity of eight: uint16 `[height, width, 3 and 0 or 1]`."""
    return upper[..., :3] * 256 + (lower[..., 1:2] if raw == _GREY else lower[..., :3]), upper[..., 3:]


def _own_highest(picture: Image.Image) -> float | None:
    """The highest number by the file's own word; None where it says nothing."""
    found = getattr(picture, "tag_v2", {}).get(MAX_SAMPLE_VALUE)
    first = found[0] if isinstance(found, tuple) else found
    return float(first) if first and first < DEPTHS[16] else None

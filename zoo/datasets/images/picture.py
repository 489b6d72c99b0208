"""One picture of any kind to an array of the size, colours and polarity that a learner was trained on, and what that took.

Turned upright by its EXIF data, put on white where it is transparent (on black if it is white itself), made grey or colour,
padded to a square with the colour of its rim, shrunk by exact averages over areas (as Omniglot was) or enlarged smoothly. In
grey, ink is bright: a picture with a light rim is inverted, the paper's tone becomes 0 and the darkest ink 1, and lines so thin
that shrinking fades them are strengthened.
"""

import contextlib
import functools
import warnings
from pathlib import Path

import numpy as np
from PIL import Image

from zoo.datasets.images import areas
from zoo.datasets.images.depth import SCALED, deep_tones, is_deep, rescaled

# Pillow reads many more; some by starting other programs, as it does Ghostscript for PostScript.
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "DIB", "WEBP", "TIFF", "AVIF", "PPM")
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
TURNED, FLATTENED, GREYED, COLOURED = "turned upright", "put on white", "made grey", "given three channels"
INVERTED, EVENED, PADDED = "inverted, so that ink is bright", "evened, paper to 0 and ink to 1", "padded to a square"
SHRUNK, ENLARGED, STRENGTHENED = "shrunk", "enlarged", "strengthened, as its lines were thin"
ON_BLACK, REDUCED = "put on black, as they are white where they are not transparent", "reduced at first, as they are large"
BLANK = "of one tone only, with nothing to see"
STEPS = (
    *SCALED.values(),
    TURNED,
    REDUCED,
    FLATTENED,
    ON_BLACK,
    GREYED,
    COLOURED,
    INVERTED,
    EVENED,
    PADDED,
    SHRUNK,
    ENLARGED,
    STRENGTHENED,
    BLANK,
)

CONTRAST = 0.2  # between paper and ink; less is not stretched to the full range, or an empty sheet's grain would become ink
LARGE = 4096  # pixels of a side; larger pictures are reduced by a whole number before they become a square of floats
PIXELS = 64_000_000  # of a picture; the readers of some formats take 15 bytes for each, and a gigabyte is enough
LONG = 1000  # times as long as wide is no picture
FAINT = 0.5  # ink darker than this after shrinking was thinner than half a pixel


def read_picture(path: str | Path, size: int, channels: int, invert: bool | None) -> tuple[np.ndarray, list[str]]:
    """Read a picture of one of `FORMATS`, whatever its file is called; of one that moves, the first frame.

    Args:
        path: the file.
        size: pixels of a side.
        channels: 1 for grey, 3 for colour.
        invert: whether to swap light and dark; None to invert, even and strengthen grey pictures as their rim asks.

    Returns:
        uint8 `[size, size, channels]`, and which of `STEPS` it took.

    Raises:
        Exception: of many kinds, where the file cannot be read as a picture.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(path, formats=formats()) as picture:
            width, height = picture.size
            if max(width, height) > LONG * min(width, height):
                raise ValueError(f"it is {width} x {height} pixels, more than {LONG:,} times as long as wide; crop it")
            if width * height > PIXELS:
                raise ValueError(f"it is {width} x {height} pixels, more than {PIXELS:,} in all; make it smaller")
            deep, scaled = rescaled(picture, path)
            array, steps = fitted(deep, size, channels, invert, picture.getexif())  # of a TIFF Pillow turns the picture itself
            return array, scaled + steps


@functools.cache
def formats() -> tuple[str, ...]:
    """The formats of pictures that are read, by Pillow's names: those of `FORMATS`, and HEIF where pillow-heif is there."""
    with contextlib.suppress(ImportError):
        import pillow_heif

        pillow_heif.register_heif_opener()
        return (*FORMATS, "HEIF")
    return FORMATS


def fitted(
    picture: Image.Image, size: int, channels: int, invert: bool | None, exif: Image.Exif | None = None
) -> tuple[np.ndarray, list[str]]:
    """As `read_picture`, of a picture that is open; `exif` says how to turn it, by default its own."""
    turn = _TURNS.get((exif or picture.getexif()).get(0x0112, 1))
    upright = picture if turn is None else picture.transpose(turn)
    steps: list[str] = [] if turn is None else [TURNED]
    block, (wide, tall) = -(-max(upright.size) // LARGE), upright.size
    if block > 1:
        upright = _reduced(upright, block)
        steps.append(REDUCED)
    tones, more = _tones(upright, channels)
    steps += more
    if invert or (invert is None and channels == 1 and np.median(_rim(tones)) > 0.5):
        tones = 1.0 - tones
        steps.append(INVERTED)
    is_ink = invert is None and channels == 1
    if is_ink:
        paper, ink = float(np.median(_rim(tones))), float(tones.max())
        if paper > 0.0 or 0.0 < ink < 1.0:
            tones = np.clip((tones - paper) / max(ink - paper, CONTRAST), 0.0, 1.0)
            steps.append(EVENED)
    side, strongest = max(tones.shape[:2]), tones.max()
    if tones.shape[0] != tones.shape[1]:
        steps.append(PADDED)
    if side > size:
        around = np.median(_rim(tones), axis=0)
        tones = areas.averaged(tones, size, areas.edges(tall, block), areas.edges(wide, block), around)
        steps.append(SHRUNK)
    else:
        tones = _squared(tones)
        if side < size:
            tones = _enlarged(tones, size)
            steps.append(ENLARGED)
    if is_ink and 0.0 < tones.max() < FAINT <= strongest:
        tones = tones / tones.max()
        steps.append(STRENGTHENED)
    array = np.round(255.0 * np.clip(tones, 0.0, 1.0)).astype(np.uint8)
    blank = (array == array[:1, :1]).all()
    return array, [*steps, BLANK] if blank else steps


def _reduced(picture: Image.Image, block: int) -> Image.Image:
    """A large picture by averages of blocks of pixels, of which those at two sides may be cut; its floats take no gigabytes."""
    if picture.mode in ("1", "P", "PA") or picture.mode.startswith("I;"):
        plain = "I" if picture.mode.startswith("I;") else "L" if picture.mode == "1" else "RGB"
        picture = picture.convert("RGBA" if picture.has_transparency_data else plain)
    return picture.reduce(block)


def _tones(picture: Image.Image, channels: int) -> tuple[np.ndarray, list[str]]:
    """Brightness from 0 to 1, `[height, width, channels]`, transparent parts on white."""
    steps: list[str] = []
    if is_deep(picture):
        deep, steps = deep_tones(picture)
        return np.repeat(deep[..., None], channels, axis=2), steps + ([COLOURED] if channels == 3 else [])
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        flat = "L" if picture.mode in ("LA", "La") else "RGB"
        picture = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert(flat)
        if np.asarray(seen)[..., 3].min() < 255:
            black = Image.alpha_composite(Image.new("RGBA", seen.size, "black"), seen).convert(flat)
            hidden = _contrast(picture) < 255 * CONTRAST < _contrast(black)
            picture = black if hidden else picture
            steps.append(ON_BLACK if hidden else FLATTENED)
    is_grey = picture.mode in ("1", "L")
    if is_grey != (channels == 1):
        steps.append(COLOURED if is_grey else GREYED)
    tones = np.asarray(picture.convert("L" if channels == 1 else "RGB"), np.float32) / 255.0
    return tones.reshape(*tones.shape[:2], channels), steps


def _contrast(picture: Image.Image) -> int:
    """Darkest to lightest tone, 0 to 255."""
    darkest, lightest = picture.convert("L").getextrema()
    return int(lightest - darkest)  # type: ignore[operator]


def _rim(tones: np.ndarray) -> np.ndarray:
    """The outermost pixels, `[n, channels]`."""
    return np.concatenate([tones[0], tones[-1], tones[:, 0], tones[:, -1]])


def _squared(tones: np.ndarray) -> np.ndarray:
    height, width, channels = tones.shape
    if height == width:
        return tones
    side = max(height, width)
    square = np.empty([side, side, channels], np.float32)
    square[:] = np.median(_rim(tones), axis=0)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = tones
    return square


def _enlarged(tones: np.ndarray, size: int) -> np.ndarray:
    planes = [Image.fromarray(np.ascontiguousarray(tones[..., channel])) for channel in range(tones.shape[2])]
    return np.stack([np.asarray(plane.resize((size, size), Image.Resampling.BICUBIC)) for plane in planes], axis=-1)

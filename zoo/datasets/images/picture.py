"""One picture of any kind to an array of the size, colours and polarity that a learner was trained on, and what that took.

Turned upright by its EXIF data, put on white where it is transparent, made grey or colour, padded to a square with the colour
of its rim, shrunk by averaging over areas (as Omniglot was) or enlarged smoothly. In grey, ink is bright: a picture with a light
rim is inverted, the paper's tone becomes 0 and the darkest ink 1, and lines so thin that shrinking fades them are strengthened.
"""

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

TURNED, FLATTENED, GREYED, COLOURED = "turned upright", "put on white", "made grey", "given three channels"
INVERTED, EVENED, PADDED = "inverted, so that ink is bright", "evened, paper to 0 and ink to 1", "padded to a square"
SHRUNK, ENLARGED, STRENGTHENED = "shrunk", "enlarged", "strengthened, as its lines were thin"
STEPS = (TURNED, FLATTENED, GREYED, COLOURED, INVERTED, EVENED, PADDED, SHRUNK, ENLARGED, STRENGTHENED)

CONTRAST = 0.2  # between paper and ink; less is not stretched to the full range, or an empty sheet's grain would become ink
FAINT = 0.5  # ink darker than this after shrinking was thinner than half a pixel


def read_picture(path: str | Path, size: int, channels: int, invert: bool | None) -> tuple[np.ndarray, list[str]]:
    """Read a picture of any format that Pillow knows; of one that moves, the first frame.

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
        with Image.open(path) as picture:
            picture.load()
            return fitted(picture, size, channels, invert)


def fitted(picture: Image.Image, size: int, channels: int, invert: bool | None) -> tuple[np.ndarray, list[str]]:
    """As `read_picture`, of a picture that is open."""
    upright = ImageOps.exif_transpose(picture)
    steps = [TURNED] if picture.getexif().get(0x0112, 1) not in (0, 1) else []
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
    height, width = tones.shape[:2]
    if height != width:
        tones = _squared(tones)
        steps.append(PADDED)
    strongest = tones.max()
    if len(tones) != size:
        tones = _resized(tones, size)
        steps.append(SHRUNK if max(height, width) > size else ENLARGED)
    if is_ink and 0.0 < tones.max() < FAINT <= strongest:
        tones = tones / tones.max()
        steps.append(STRENGTHENED)
    return np.round(255.0 * np.clip(tones, 0.0, 1.0)).astype(np.uint8), steps


def _tones(picture: Image.Image, channels: int) -> tuple[np.ndarray, list[str]]:
    """Brightness from 0 to 1, `[height, width, channels]`, transparent parts on white."""
    steps = []
    if picture.mode.startswith(("I", "F")):  # more than eight bits: Pillow would cut them off
        deep = np.asarray(picture, np.float32)
        highest = max(65535.0 if picture.mode.startswith("I") else 1.0, float(deep.max()))
        return np.repeat((deep / highest)[..., None], channels, axis=2), ([COLOURED] if channels == 3 else [])
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        if np.asarray(seen)[..., 3].min() < 255:
            steps.append(FLATTENED)
        white = Image.new("RGBA", seen.size, (255, 255, 255, 255))
        grey = picture.mode in ("LA", "La")
        picture = Image.alpha_composite(white, seen).convert("L" if grey else "RGB")
    is_grey = picture.mode in ("1", "L")
    if is_grey != (channels == 1):
        steps.append(COLOURED if is_grey else GREYED)
    tones = np.asarray(picture.convert("L" if channels == 1 else "RGB"), np.float32) / 255.0
    return tones.reshape(*tones.shape[:2], channels), steps


def _rim(tones: np.ndarray) -> np.ndarray:
    """The outermost pixels, `[n, channels]`."""
    return np.concatenate([tones[0], tones[-1], tones[:, 0], tones[:, -1]])


def _squared(tones: np.ndarray) -> np.ndarray:
    height, width, channels = tones.shape
    side = max(height, width)
    square = np.empty([side, side, channels], np.float32)
    square[:] = np.median(_rim(tones), axis=0)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = tones
    return square


def _resized(tones: np.ndarray, size: int) -> np.ndarray:
    how = Image.Resampling.BOX if len(tones) > size else Image.Resampling.BICUBIC
    planes = [Image.fromarray(np.ascontiguousarray(tones[..., channel])) for channel in range(tones.shape[2])]
    return np.stack([np.asarray(plane.resize((size, size), how)) for plane in planes], axis=-1)

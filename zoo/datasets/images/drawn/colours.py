"""Colours that stand apart, backgrounds, and what light, lenses and sensors do to a finished picture."""

import numpy as np

Number = float | np.ndarray  # one for all examples, or one for each, `[E, 1, 1]`

CANDIDATES = 6
_LUMA = np.array([0.299, 0.587, 0.114])


def mixed(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Colours from pale to vivid, dark to light, red, green and blue in [0, 1], `[*shape, 3]`."""
    hue, vivid, bright = rng.random([*shape, 1]), rng.beta(1.6, 1.0, [*shape, 1]), rng.beta(2.0, 1.0, [*shape, 1])
    wheel = np.clip(np.abs((hue * 6 + np.array([0.0, 4.0, 2.0])) % 6 - 3) - 1, 0, 1)
    vivid = np.where(rng.random([*shape, 1]) < 0.2, 0.0, vivid)  # black, grey and white are common
    bright = np.where((vivid == 0) & (rng.random([*shape, 1]) < 0.7), np.round(bright), bright)
    return bright * (1 - vivid * (1 - wheel))


def grounds(rng: np.random.Generator, number: int, light: int) -> np.ndarray:
    """Colours of grounds `[number, 3]`: mostly white (0), mostly black (1), or any (2)."""
    found = mixed(rng, (number,))
    plain = rng.random([number, 1])
    white, black = 1 - 0.08 * rng.random([number, 1]), 0.1 * rng.random([number, 1])
    if light == 2:
        return np.where(plain < 0.3, white, np.where(plain < 0.42, black, found))
    return np.where(plain < 0.85, white if light == 0 else black, found)


def apart(rng: np.random.Generator, others: np.ndarray, light: int = -1) -> np.ndarray:
    """A colour `[E, 3]` that is far from others `[E, 3]`, best in brightness; a ground's if `light` is 0 or more."""
    shape = (CANDIDATES, len(others))
    found = mixed(rng, shape) if light < 0 else grounds(rng, CANDIDATES * len(others), light).reshape(*shape, 3)
    difference = found - others
    far = np.abs(difference @ _LUMA) + 0.4 * np.linalg.norm(difference, axis=-1)
    best = np.argmax(np.minimum(far, 0.5) + 0.05 * rng.random(shape), axis=0)
    return found[best, np.arange(len(others))]


def palettes(rng: np.random.Generator, examples: int, number: int, light: int) -> np.ndarray:
    """Colours `[E, number, 3]`, a ground first, each apart from the one before."""
    found = [grounds(rng, examples, light)]
    for _ in range(number - 1):
        found.append(apart(rng, found[-1]))
    return np.stack(found, axis=1)


def noise(
    rng: np.random.Generator, size: int, slope: np.ndarray, channels: int = 1, stretch: Number = 1.0, turn: Number = 0.0
) -> np.ndarray:
    """Random fields whose amplitude falls with frequency to the power of `-slope`, mean 0 and deviation 1.

    Args:
        rng: the generator.
        size: pixels of a side.
        slope: of each example `[E, 1, 1]`: 0 is white noise, 1 much like photographs, 2 like clouds.
        channels: independent fields of one example.
        stretch, turn: features are longer by this factor, in a direction turned by so many radians; numbers or `[E, 1, 1]`.

    Returns:
        float32 `[E, size, size, channels]`.
    """
    examples = len(slope)
    down, across = np.meshgrid(np.fft.fftfreq(size) * size, np.fft.rfftfreq(size) * size, indexing="ij")
    along, over = np.cos(turn) * across + np.sin(turn) * down, np.cos(turn) * down - np.sin(turn) * across
    frequency = np.hypot(along * np.sqrt(stretch), over / np.sqrt(stretch))
    amplitude = np.maximum(frequency, 0.7) ** -np.asarray(slope, np.float64)
    amplitude = np.where((down == 0) & (across == 0), 0.0, amplitude)
    spectrum = np.fft.rfft2(rng.standard_normal([examples, channels, size, size], np.float32), axes=(2, 3))
    field = np.fft.irfft2(spectrum * amplitude[:, None], s=(size, size), axes=(2, 3))
    field /= field.std(axis=(2, 3), keepdims=True) + 1e-9
    return np.moveaxis(field, 1, -1).astype(np.float32)


def ground(rng: np.random.Generator, colour: np.ndarray, size: int, calm: bool) -> np.ndarray:
    """Grounds of colours `[E, 3]`, `[E, size, size, 3]`: plain, or of each example shaded, rough or cluttered."""
    examples = len(colour)
    plain = np.broadcast_to(colour[:, None, None, :], [examples, size, size, 3]).astype(np.float32)
    if calm:
        return plain.copy()
    kind = rng.random([examples, 1, 1, 1])
    slope, strength = rng.uniform(0.3, 2.0, [examples, 1, 1]), rng.uniform(0.03, 0.28, [examples, 1, 1, 1])
    coloured = rng.random([examples, 1, 1, 1]) < 0.5
    rough = noise(rng, size, slope, 3)
    rough = np.where(coloured, rough, rough[..., :1])
    ramp = np.linspace(-1, 1, size)
    angle = rng.uniform(0, 2 * np.pi, [examples, 1, 1])
    shaded = (np.cos(angle) * ramp[None, None, :] + np.sin(angle) * ramp[None, :, None])[..., None]
    other = mixed(rng, (examples,))[:, None, None, :]
    flecks = np.where(rough[..., :1] > rng.uniform(0.3, 1.2, [examples, 1, 1, 1]), 0.6 * strength / 0.28, 0.0)
    result = np.select(
        [kind < 0.35, kind < 0.5, kind < 0.8],
        [plain, plain + 0.5 * (shaded + 1) * 0.6 * (other - plain), plain + strength * rough],
        plain + flecks * (other - plain),
    )
    return np.clip(result, 0.0, 1.0).astype(np.float32)


def finished(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Add the effects of light, lens and sensor, and occlusion; some classes stay as they are.

    Args:
        rng: the generator.
        picture: `[E, size, size, 3]`, from 0 to 1.

    Returns:
        uint8 of the same shape.
    """
    if rng.random() < 0.6:
        examples, size = picture.shape[:2]

        def some(share: float, low: float, high: float, channels: int = 1, off: float = 0.0) -> np.ndarray:
            on = rng.random([examples, 1, 1, 1]) < share
            return np.where(on, rng.uniform(low, high, [examples, 1, 1, channels]), off).astype(np.float32)

        picture = _blurred(picture, some(0.5, 0.3, 1.3))
        picture = _occluded(rng, picture, some(0.12, 0.1, 0.3))
        ramp, angle = np.linspace(-1, 1, size, dtype=np.float32), some(1, 0, 2 * np.pi)
        lit = np.cos(angle) * ramp[None, None, :, None] + np.sin(angle) * ramp[None, :, None, None]
        picture = picture * (1 + some(0.5, 0.0, 0.45) * lit) * some(0.5, 0.85, 1.15, 3, 1.0)
        picture = np.clip(picture, 0.0, 1.0) ** some(0.5, 0.65, 1.5, off=1.0)
        haze = some(0.3, 0.0, 0.3)
        picture = picture * (1 - haze) + haze * some(1, 0.2, 0.9)
        picture = picture + some(0.5, 0.0, 0.07) * rng.standard_normal(picture.shape, np.float32)
    return np.round(255 * np.clip(picture, 0.0, 1.0)).astype(np.uint8)


def _blurred(picture: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Blur each `[E, size, size, 3]` by its own deviation in pixels, `[E, 1, 1, 1]`: three taps along each axis, twice."""
    side = 0.5 * (1 - np.exp(-0.5 * sigma**2))
    for axis in (1, 2, 1, 2):
        first, last = np.take(picture, [0], axis), np.take(picture, [-1], axis)
        inner = [slice(None)] * 4
        before, after = list(inner), list(inner)
        before[axis], after[axis] = slice(None, -1), slice(1, None)
        back = np.concatenate([first, picture[tuple(before)]], axis)
        front = np.concatenate([picture[tuple(after)], last], axis)
        picture = picture + side * 0.5 * (back + front - 2 * picture)
    return picture


def _occluded(rng: np.random.Generator, picture: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Lay a bar of one colour across each picture, of half a width `[E, 1, 1, 1]` in half sides; 0 is none."""
    examples, size = picture.shape[:2]
    ramp = np.linspace(-1, 1, size, dtype=np.float32)
    angle, offset = rng.uniform(0, np.pi, [examples, 1, 1, 1]), rng.uniform(-0.7, 0.7, [examples, 1, 1, 1])
    across = np.cos(angle) * ramp[None, None, :, None] + np.sin(angle) * ramp[None, :, None, None] - offset
    colour = mixed(rng, (examples,))[:, None, None, :]
    return np.where(np.abs(across) < width, colour, picture).astype(np.float32)

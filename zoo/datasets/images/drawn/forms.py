"""Forms by their signed distance, and motifs that are put together from them, each drawn by an unsteady hand."""

import numpy as np

from zoo.datasets.images.drawn.artist import Artist, Distance


def disc(artist: Artist) -> Distance:
    """A disc, or an ellipse."""
    across, down = artist.about(artist.once(0.45, 1.0), 0.05), artist.about(artist.once(0.45, 1.0), 0.05)
    small = np.minimum(across, down)
    return lambda x, y: (np.hypot(x / across, y / down) - 1) * small


def box(artist: Artist) -> Distance:
    """A rectangle with round corners."""
    across, down = artist.about(artist.once(0.3, 0.9), 0.05), artist.about(artist.once(0.3, 0.9), 0.05)
    corner = artist.once(0.0, 0.3)

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        dx, dy = np.abs(x) - across + corner, np.abs(y) - down + corner
        return np.hypot(np.maximum(dx, 0), np.maximum(dy, 0)) + np.minimum(np.maximum(dx, dy), 0) - corner

    return distance


def star(artist: Artist) -> Distance:
    """A regular polygon, or a star of as many points."""
    points, inner = artist.number(3, 9), artist.about(artist.once(0.3, 1.0), 0.04)
    corner = np.pi / points
    tip, dent = 1.0, np.cos(corner) * np.minimum(inner * 1.3, 1.0)

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        angle = np.abs((np.arctan2(x, -y) + corner) % (2 * corner) - corner)
        radius = np.hypot(x, y)
        # The edge from a tip, at angle 0, to the dent beside it.
        ax, ay, bx, by = tip, 0.0, dent * np.cos(corner), dent * np.sin(corner)
        ex, ey = bx - ax, by - ay
        px, py = radius * np.cos(angle) - ax, radius * np.sin(angle) - ay
        return (px * ey - py * ex) / np.hypot(ex, ey)

    return distance


def cross(artist: Artist) -> Distance:
    """Arms that meet in the middle."""
    arms, wide = artist.number(3, 6), artist.about(artist.once(0.1, 0.28), 0.02)
    half = np.pi / arms

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        angle, radius = (np.arctan2(x, -y) + half) % (2 * half) - half, np.hypot(x, y)
        return np.maximum(np.abs(radius * np.sin(angle)) - wide, radius * np.cos(angle) - 0.95)

    return distance


def crescent(artist: Artist) -> Distance:
    """A disc without another disc."""
    radius, away = artist.about(artist.once(0.6, 0.95), 0.04), artist.about(artist.once(0.3, 0.6), 0.05)
    return lambda x, y: np.maximum(np.hypot(x, y) - 0.9, radius - np.hypot(x - away, y))


def heart(artist: Artist) -> Distance:
    """Two lobes and a tip; or, the lobes apart or the tip blunt, a shield or a spade."""
    lobe, tip = artist.about(artist.once(0.35, 0.6), 0.03), artist.about(artist.once(0.6, 1.0), 0.04)

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        side = np.abs(x)
        round_ = np.hypot(side - lobe * 0.8, y + 0.3) - lobe
        wedge = np.maximum((side + (y - tip) * 0.85) * 0.76, -y - 0.3)
        return np.minimum(round_, wedge)

    return distance


def arrow(artist: Artist) -> Distance:
    """A shaft and a head."""
    shaft, head = artist.about(artist.once(0.08, 0.3), 0.02), artist.about(artist.once(0.45, 0.9), 0.04)
    at = artist.once(-0.3, 0.3)

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        side = np.abs(x)
        stem = np.maximum(np.maximum(side - shaft, y - 0.9), at - y)
        point = np.maximum(y - at - 0.05, (side - (y + 0.95) * head / (at + 1.0)) * 0.8)
        return np.minimum(stem, point)

    return distance


def sector(artist: Artist) -> Distance:
    """A piece of a cake, or of a ring."""
    half, hole = artist.about(artist.once(0.4, 2.4), 0.08), artist.once(-0.5, 0.6)

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        angle, radius = np.abs(np.arctan2(x, -y)), np.hypot(x, y)
        return np.maximum(np.maximum(radius - 0.95, hole - radius), (angle - half) * radius)

    return distance


def bar(artist: Artist) -> Distance:
    """A stroke with round ends, straight or bent to an arc."""
    bend, wide, long = artist.about(artist.once(-1, 1), 0.1), artist.about(artist.once(0.08, 0.25), 0.015), 0.9

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        bent = y - bend * (x**2 - 0.4)
        return np.hypot(np.maximum(np.abs(x) - long + wide, 0), bent / np.sqrt(1 + (2 * bend * x) ** 2)) - wide

    return distance


def blob(artist: Artist) -> Distance:
    """A closed line that wanders about a circle."""
    waves = np.arange(1, artist.number(3, 7))
    strength = [artist.about(artist.rng.normal(0, 0.35 / wave**0.8), 0.04 / wave) for wave in waves]
    phase = [artist.about(artist.once(0, 2 * np.pi), 0.1) for _ in waves]

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        angle, radius = np.arctan2(y, x), np.hypot(x, y)
        waving = sum(s * np.cos(wave * angle + p) for wave, s, p in zip(waves, strength, phase, strict=True))
        return (radius - 0.65 * np.exp(np.clip(waving, -1.2, 0.6))) * 0.8

    return distance


FORMS = (disc, box, star, star, cross, crescent, heart, arrow, sector, bar, blob)


def form(artist: Artist) -> Distance:
    """Any one form, some of them hollow."""
    solid = FORMS[artist.number(0, len(FORMS) - 1)](artist)
    if not artist.chance(0.25):
        return solid
    wide = artist.about(artist.once(0.08, 0.18), 0.01)
    return lambda x, y: np.abs(solid(x, y) + wide) - wide


def placed(artist: Artist, solid: Distance, reach: float, scale: tuple[float, float]) -> Distance:
    """A form somewhere within reach of the middle, turned and scaled."""
    across, down = artist.about(artist.once(-reach, reach), 0.05), artist.about(artist.once(-reach, reach), 0.05)
    size = np.maximum(artist.about(artist.once(*scale), 0.03), 0.1)
    upright = artist.chance(0.5)
    turn = artist.about(artist.number(0, 3) * np.pi / 2 if upright else artist.once(0, 2 * np.pi), 0.1)
    cos, sin = np.cos(turn), np.sin(turn)

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        dx, dy = x - across, y - down
        return solid((cos * dx + sin * dy) / size, (cos * dy - sin * dx) / size) * size

    return distance


def motif(artist: Artist, parts: int) -> Distance:
    """Forms joined, cut out of each other, or laid over each other so that what is covered twice is free."""
    first = placed(artist, form(artist), 0.15, (0.65, 0.95))
    others = [(placed(artist, form(artist), 0.7, (0.2, 0.6)), artist.number(0, 2)) for _ in range(parts - 1)]
    mirrored = artist.chance(0.4)

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        side = np.abs(x) if mirrored else x
        total = first(side, y)
        for other, how in others:
            more = other(side, y)
            cut = np.maximum(total, -more)
            joined = np.minimum(total, more)
            total = joined if how == 0 else cut if how == 1 else np.minimum(cut, np.maximum(more, -total))
        return total

    return distance

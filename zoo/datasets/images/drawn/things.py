"""Kinds of pictures of things: flowers, creatures, lit balls, landscapes, ferns."""

import numpy as np

from zoo.datasets.images.drawn import colours
from zoo.datasets.images.drawn.artist import Artist, painted
from zoo.datasets.images.drawn.forms import blob, disc
from zoo.datasets.images.drawn.glyphs import polyline


def flowers(artist: Artist) -> np.ndarray:
    """Petals about a middle, a stem and leaves."""
    petals, rows = artist.number(3, 12), artist.number(1, 2)
    paints, sheet = artist.paints(5), artist.sheet(turn=0.1)
    high = artist.about(artist.once(-0.4, 0.0), 0.04)
    picture = artist.ground(paints[:, 0])
    if artist.chance(0.7):
        bend = artist.about(artist.once(-0.4, 0.4), 0.08)
        stem = np.abs(sheet.x - bend * (sheet.y - high) ** 2) - artist.once(0.03, 0.07)
        picture = painted(picture, sheet.covered(np.maximum(np.maximum(stem, sheet.y - 1), high - sheet.y)), paints[:, 4])
        leaf = sheet.moved(artist.once(-0.4, 0.4), artist.once(0.3, 0.7), artist.about(artist.once(-1, 1), 0.1), 0.3)
        picture = painted(picture, leaf.covered(np.hypot(leaf.x, leaf.y * artist.once(2, 4)) - 1), paints[:, 4])
    for row in range(rows):
        part = sheet.moved(0.0, high, artist.about(artist.once(0, 1), 0.2), 0.62 - 0.2 * row)
        angle, radius = np.arctan2(part.y, part.x), np.hypot(part.x, part.y)
        petal = artist.once(0.3, 0.95) * np.abs(np.cos(petals * angle / 2)) ** artist.once(0.4, 3)
        depth = artist.about(artist.once(0.3, 0.8), 0.04)
        picture = painted(picture, part.covered((radius - 1 + depth * (1 - petal)) * 0.7), paints[:, 1 + row])
    part = sheet.moved(0.0, high, 0.0, artist.about(artist.once(0.1, 0.25), 0.01))
    return painted(picture, part.covered(np.hypot(part.x, part.y) - 1), paints[:, 3])


def creatures(artist: Artist) -> np.ndarray:
    """A body, limbs in any pose, and eyes."""
    limbs, paints, sheet = artist.number(2, 5), artist.paints(4), artist.sheet(turn=0.15)
    picture, body = artist.ground(paints[:, 0]), blob(artist) if artist.chance(0.5) else disc(artist)
    for _ in range(limbs):
        start = np.array([artist.once(-0.3, 0.3), artist.once(-0.3, 0.3)])
        away = np.array([artist.once(0.3, 1.0), artist.once(-0.9, 0.9)])
        free = artist.rng.normal(0, 0.12 * artist.unsteady, [2, artist.examples, 2])
        wide = artist.once(0.05, 0.13)
        for side in (-1, 1):
            ends = [np.broadcast_to(start, [artist.examples, 2]), (start + away) / 2 + free[0], away + free[1]]
            points = np.stack(ends, axis=1) * np.array([side, 1])
            picture = painted(picture, sheet.covered(polyline(sheet, points) - wide), paints[:, 2])
    part = sheet.moved(scale=artist.once(0.5, 0.75))
    picture = painted(picture, part.covered(body(part.x, part.y)), paints[:, 1])
    apart_, high, large = artist.once(0.1, 0.3), artist.once(-0.35, 0.0), artist.once(0.06, 0.16)
    for side in (-1, 1) if artist.chance(0.8) else (0,):
        eye = np.hypot(sheet.x - side * apart_, sheet.y - high) - large
        picture = painted(picture, sheet.covered(eye), paints[:, 3])
        picture = painted(picture, sheet.covered(eye + large * 0.6), np.zeros([artist.examples, 3]))
    return picture


def balls(artist: Artist) -> np.ndarray:
    """Balls in space, lit from anywhere, seen from a little elsewhere each time."""
    count = artist.number(2, 6)
    paints = artist.paints(count + 1)
    where = artist.rng.uniform(-0.6, 0.6, [count, 3])
    large = artist.rng.uniform(0.18, 0.5, count)
    yaw, pitch = artist.about(0.0, 0.35), artist.about(0.0, 0.2)
    sheet = artist.sheet((0.65, 0.95), turn=0.1)
    picture, nearest = artist.ground(paints[:, 0]), np.full(sheet.x.shape, np.inf)
    light = np.stack([artist.each(-0.8, 0.8), artist.each(-1.0, 0.3), np.full([artist.examples, 1, 1], -0.8)])
    light = light / np.linalg.norm(light, axis=0)
    for ball in range(count):
        x, y, z = where[ball]
        across, deep = x * np.cos(yaw) + z * np.sin(yaw), z * np.cos(yaw) - x * np.sin(yaw)
        down, deep = y * np.cos(pitch) + deep * np.sin(pitch), deep * np.cos(pitch) - y * np.sin(pitch)
        dx, dy = (sheet.x - across) / large[ball], (sheet.y - down) / large[ball]
        out = np.sqrt(np.clip(1 - dx**2 - dy**2, 0, 1))
        front = deep - out * large[ball]
        bright = 0.25 + 0.85 * np.clip(dx * light[0] + dy * light[1] - out * light[2], 0, 1)
        seen = sheet.covered((np.hypot(dx, dy) - 1) * large[ball]) * (front < nearest)
        picture = painted(picture, seen, np.clip(paints[:, ball + 1, None, None, :] * bright[..., None], 0, 1))
        nearest = np.where(seen > 0.5, front, nearest)
    return picture


def landscapes(artist: Artist) -> np.ndarray:
    """Sky, hills behind hills, and a sun or a moon."""
    hills = artist.number(1, 4)
    paints, sheet = artist.paints(hills + 3, ground=False), artist.sheet((0.95, 1.1), turn=0.03)
    down = np.clip((sheet.y + 1) / 2, 0, 1)[..., None]
    picture = paints[:, 0, None, None, :] * (1 - down) + paints[:, 1, None, None, :] * down
    sun = sheet.moved(artist.about(artist.once(-0.7, 0.7), 0.05), artist.once(-0.8, -0.2), 0.0, artist.once(0.1, 0.35))
    picture = painted(picture, sun.covered(np.hypot(sun.x, sun.y) - 1), paints[:, -1])
    for hill in range(hills):
        level = -0.3 + 1.1 * (hill + artist.once(0.2, 0.8)) / hills
        wave = [artist.about(artist.rng.normal(0, 0.25 / k), 0.03) for k in range(1, 6)]
        phase = [artist.about(artist.once(0, 6.28), 0.1) for _ in wave]
        edge = level + sum(w * np.sin(1.7 * (k + 1) * sheet.x + p) for k, (w, p) in enumerate(zip(wave, phase, strict=True)))
        picture = painted(picture, sheet.covered(edge - sheet.y), paints[:, 2 + hill])
    return picture + artist.once(0, 0.08) * colours.noise(artist.rng, artist.size, artist.each(0.5, 1.2), 1)


def ferns(artist: Artist) -> np.ndarray:
    """Dust that follows a few random contractions, whose shape is its own smaller copy."""
    maps, points = artist.number(2, 4), 3000
    turns, stretch = artist.rng.uniform(0, 2 * np.pi, [maps, 2]), artist.rng.uniform(0.3, 0.85, [maps, 2])
    shift = artist.rng.uniform(-0.6, 0.6, [maps, 2])
    jitter = artist.rng.normal(0, 0.03 * artist.unsteady, [3, artist.examples, maps, 2])
    share = (stretch**2).sum(axis=1) / (stretch**2).sum()
    order = artist.rng.choice(maps, [30, points], p=share)
    angle, size, at = turns + jitter[0], stretch * (1 + jitter[1]), shift + jitter[2]
    cos, sin = np.cos(angle), np.sin(angle)
    a, b, c, d = cos[..., 0] * size[..., 0], -sin[..., 1] * size[..., 1], sin[..., 0] * size[..., 0], cos[..., 1] * size[..., 1]
    x, y = np.zeros([2, artist.examples, points])
    for step in order:
        x, y = a[:, step] * x + b[:, step] * y + at[:, step, 0], c[:, step] * x + d[:, step] * y + at[:, step, 1]
    paints, grow, turn = artist.paints(3), artist.each(0.6, 0.95)[:, 0], artist.about(0.0, 0.2)[:, 0]
    middle = [0.5 * (each.min(axis=1, keepdims=True) + each.max(axis=1, keepdims=True)) for each in (x, y)]
    x, y = x - middle[0], y - middle[1]
    reach = np.maximum(np.abs(x).max(axis=1, keepdims=True), np.abs(y).max(axis=1, keepdims=True)) + 1e-6
    x, y = grow * (np.cos(turn) * x - np.sin(turn) * y) / reach, grow * (np.sin(turn) * x + np.cos(turn) * y) / reach
    column, row = (np.clip(((each + 1) / 2 * artist.size).astype(int), 0, artist.size - 1) for each in (x, y))
    flat = (np.arange(artist.examples)[:, None] * artist.size + row) * artist.size + column
    count = np.bincount(flat.ravel(), minlength=artist.examples * artist.size**2).reshape(-1, artist.size, artist.size)
    ink = 1 - np.exp(-count / artist.once(0.5, 3))
    tone = paints[:, 1, None, None, :] + (paints[:, 2] - paints[:, 1])[:, None, None, :] * np.clip(count / 12, 0, 1)[..., None]
    return painted(artist.ground(paints[:, 0]), ink, tone)

"""Kinds of pictures by the part that they belong to, and how the examples of one class are drawn."""

from collections.abc import Callable

import numpy as np

from zoo.datasets.images.drawn import glyphs, held_out, shapes, textures, things
from zoo.datasets.images.drawn.artist import Artist
from zoo.datasets.images.drawn.colours import finished
from zoo.datasets.labelled import TEST, TRAINING, VALIDATION

Kind = Callable[[Artist], np.ndarray]

KINDS: dict[str, tuple[Kind, ...]] = {
    TRAINING: (
        *(shapes.plain, shapes.coloured, shapes.icons, shapes.emblems, shapes.signs, shapes.blocks, shapes.rings),
        *(shapes.textured, glyphs.letters, glyphs.words, glyphs.badges, glyphs.pictograms, glyphs.strokes),
        *(textures.grain, textures.stripes, textures.tilings, textures.cells, textures.layouts, textures.marble),
        *(things.flowers, things.creatures, things.balls, things.landscapes, things.ferns),
    ),
    VALIDATION: (held_out.trees,),
    TEST: (held_out.faces, held_out.flags, held_out.vessels, held_out.houses, held_out.stamps),
}


def draw_class(kind: Kind, seed: tuple[int, ...], examples: int, size: int) -> np.ndarray:
    """Draw all examples of one class of a kind, uint8 `[examples, size, size, 3]`.

    Args:
        kind: one of `KINDS`.
        seed: of the class; the same seed, the same pictures.
        examples: how many.
        size: pixels of a side.
    """
    rng = np.random.default_rng(seed)
    return finished(rng, kind(Artist(rng, examples, size)))

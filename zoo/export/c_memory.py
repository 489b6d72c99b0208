"""Where the numbers of a plan lie: every block in one memory, which blocks that are never needed at once share."""

from collections.abc import Iterable
from dataclasses import replace

from zoo.export.c_steps import Dense, Each, Step, View


def views(steps: Iterable[Step]) -> list[View]:
    """Every view that steps read or write."""
    return [view for step in steps for view in (*read_by(step), step.out)]


def read_by(step: Step) -> tuple[View, ...]:
    """The views that a step reads."""
    return (step.x,) if isinstance(step, Dense) else step.inputs


def arranged(steps: list[Step]) -> tuple[list[Step], int]:
    """Place every block in one memory, first fit; blocks that are never needed at once may overlap."""
    blocks: dict[str, int] = {}
    last: dict[str, int] = {}
    for number, step in enumerate(steps):
        for view in (*read_by(step), step.out):
            if view.place.startswith("block"):
                blocks[view.place] = max(blocks.get(view.place, 0), view.offset + view.size)
                last[view.place] = number
    taken: dict[str, int] = {}
    size = 0
    for number, step in enumerate(steps):
        if step.out.place in blocks and step.out.place not in taken:
            # An elementwise step may overwrite what it reads for the last time.
            frees = {view.place for view in read_by(step) if _in_place(step, view, blocks, last.get(view.place), number)}
            others = [(taken[name], blocks[name]) for name in taken if last[name] >= number and name not in frees]
            at = _first_fit(others, blocks[step.out.place])
            taken[step.out.place] = at
            size = max(size, at + blocks[step.out.place])
    return [moved(step, {name: ("m", at) for name, at in taken.items()}) for step in steps], size


def _in_place(step: Step, view: View, blocks: dict[str, int], last: int | None, now: int) -> bool:
    whole = view.place in blocks and view.offset == 0 and view.size == blocks[view.place]
    return isinstance(step, Each) and whole and view.size == blocks[step.out.place] == step.out.size and last == now


def _first_fit(taken: list[tuple[int, int]], size: int) -> int:
    at = 0
    for start, length in sorted(taken):
        if at + size <= start:
            break
        at = max(at, start + length)
    return at


def moved(step: Step, to: dict[str, tuple[str, int]]) -> Step:
    """A step whose views of some places are views of others, from so many numbers on."""

    def move(view: View) -> View:
        place, at = to.get(view.place, (view.place, 0))
        return View(place, view.offset + at, view.size)

    if isinstance(step, Dense):
        return replace(step, x=move(step.x), out=move(step.out))
    return replace(step, inputs=tuple(map(move, step.inputs)), out=move(step.out))

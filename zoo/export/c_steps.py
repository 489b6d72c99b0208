"""The steps that a plan has: what they read, and where they write it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """Numbers that lie together: `size` of them from `offset` on in the input "x", the output "y", a block, or a constant."""

    place: str
    offset: int
    size: int


@dataclass(frozen=True)
class Dense:
    """out = x times the matrix `kernel`, a constant `[outputs, inputs]`."""

    x: View
    kernel: str
    out: View


@dataclass(frozen=True)
class Each:
    """out_i = operation of the i-th numbers of `inputs`; a view of one number counts for every i."""

    operation: str
    inputs: tuple[View, ...]
    out: View
    slope: float = 0.0


Step = Dense | Each

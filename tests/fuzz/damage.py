"""What can be wrong with bytes, texts and JSON, whatever they mean."""

import copy
import json
from typing import Any

from hypothesis import strategies as st

ODD_TEXTS = (
    "",
    " ",
    "\0",
    "a\nb",
    "a\u2028b",
    "\ud800",
    "caf\u00e9",
    "cafe\u0301",
    "%s%n{}",
    "../x",
    "/",
    "x.keras",
    "NaN",
    "a" * 3000,
)
ODD_NUMBERS = (0, -1, 1, 2, 7, 4096, 4097, 10**6, 2**31, 2**63, 2**64, 10**400, 0.5, -0.0, 1e-320, 1e39, 1e308, True, False)
ODD_VALUES = (*ODD_TEXTS, *ODD_NUMBERS, None, [], {}, [[]], [None], [1, 2], ["a", "a"], {"": {}}, [4096] * 3, list(range(300)))


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """Bytes that are cut, stirred, longer, or flipped in a few places."""
    data = bytearray(whole)
    match draw(st.sampled_from(["flipped", "flipped", "flipped", "cut", "lost", "doubled", "longer", "noise"])):
        case "flipped":
            for _ in range(draw(st.integers(1, 6))):
                data[draw(st.integers(0, len(data) - 1))] = draw(
                    st.sampled_from([0, 1, 127, 128, 254, 255]) | st.integers(0, 255)
                )
        case "cut":
            del data[draw(st.integers(0, len(data))) :]
        case "lost":
            at = draw(st.integers(0, len(data)))
            del data[at : at + draw(st.integers(1, 64))]
        case "doubled":
            at = draw(st.integers(0, len(data)))
            data[at:at] = data[at : at + draw(st.integers(1, 64))]
        case "longer":
            data += draw(st.binary(max_size=64))
        case _:
            at = draw(st.integers(0, len(data)))
            data[at:at] = draw(st.binary(min_size=1, max_size=8))
    return bytes(data)


def places(value: Any, path: tuple = ()) -> list[tuple]:
    """The path to every value inside of a JSON value, without itself."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, one in inner for found in ((*path, key), *places(one, (*path, key)))]


@st.composite
def edited(draw: st.DrawFn, whole: Any, edits: int = 2) -> Any:
    """A JSON value in which one thing or a few are exchanged, lost, renamed, repeated or nested."""
    root = copy.deepcopy(whole)
    for _ in range(draw(st.integers(1, edits))):
        found = places(root)
        if not found:
            break
        *path, last = draw(st.sampled_from(found))
        holder = root
        for key in path:
            holder = holder[key]
        match draw(st.sampled_from(["odd", "odd", "odd", "number", "lost", "wrapped", "repeated", "renamed"])):
            case "odd":
                holder[last] = copy.deepcopy(draw(st.sampled_from(ODD_VALUES)))
            case "number":
                number = holder[last]
                plain = isinstance(number, int | float) and not isinstance(number, bool)
                holder[last] = (
                    draw(st.sampled_from([number + 1, number - 1, -number, number * 1000, float(number)])) if plain else 1
                )
            case "lost":
                del holder[last]
            case "wrapped":
                holder[last] = [holder[last]]
            case "repeated" if isinstance(holder, list):
                holder[last:last] = [holder[last]] * draw(st.sampled_from([1, 3, 40, 2000]))
            case "renamed" if isinstance(holder, dict):
                holder[draw(st.sampled_from([*ODD_TEXTS, "name", "config"]))] = holder.pop(last)
    return root


@st.composite
def json_texts(draw: st.DrawFn, whole: Any) -> bytes:
    """The text of a JSON value that is edited, or damaged, or nested deep."""
    match draw(st.sampled_from(["edited"] * 6 + ["damaged", "deep"])):
        case "edited":
            return json.dumps(draw(edited(whole))).encode()
        case "damaged":
            return draw(damaged(json.dumps(whole).encode()))
        case _:
            depth = draw(st.sampled_from([50, 900, 3000, 200_000]))
            return b'{"format": ' + b"[" * depth + b"]" * draw(st.sampled_from([depth, 0])) + b"}"

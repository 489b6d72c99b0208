"""The document that `conversions.py` writes, and how it is read back: a table of each entry, a summary of each kind."""

import re
from collections.abc import Iterator
from typing import Any

import runtimes

INSTEAD = {
    "C, int8": "LiteRT, whose interpreter has this operation",
    "LiteRT, int8": "LiteRT in float16, or C, whose scales are finer",
    "LiteRT, float16": "LiteRT in float32",
}
ELSE = "the SavedModel in TensorFlow's C++ loader"

ABOUT = """\
# What converts where

Every signature of these entries, at least one of each kind of learner, and a task model of each, in every runtime.
*Difference* is the largest from the live model over
three shapes with padding full of NaN, relative to the largest value where that is above 1; an export that differs by more
than 0.0001 for each step it takes is refused, one in smaller numbers by more than its own tolerance ([what smaller numbers
cost](quantization.md)). *Bytes* are those of the artifact: a SavedModel or a LiteRT file holds all signatures, an ONNX file
one, and of C the constants are counted. *Time* is the median of one call with one task, ten rows of support and ten queries,
five steps where steps are taken.

The machine had other work while this was measured: compare times within an entry, and take them for ratios. TensorFlow, ONNX
Runtime and OpenVINO used all cores, onnxruntime-web and LiteRT one. In Node and Chromium a call's mean is shown, and
Chromium's clock is coarse. No page asked for anything outside this machine.

Measured on {date}, {hardware}, TensorFlow {tensorflow}, Keras {keras}, by `python benchmarks/conversions.py`.

## In short

| kind of learner | signatures | runtime | converts |
|---|---|---|---|
{summary}

"""
HEAD = "| signature | runtime | difference | bytes | time, µs | |\n|---|---|---|---|---|---|"


def page(found: list[dict[str, Any]]) -> str:
    """The document, from what was measured of every entry."""
    parts = [ABOUT.format(summary="\n".join(_summary(found)), **found[0])]
    for entry in found:
        rows = [_line(*row) for row in rows_of(entry)]
        parts.append("\n".join([f"## {entry['name']}", "", f"Kind of learner: {entry['kind']}.", "", HEAD, *rows, "", ""]))
    return "".join(parts).rstrip() + "\n"


def rows_of(entry: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Signature, runtime and what was measured; the one signature of a task model goes by the name of `task model`."""
    for signature, by_runtime in entry["learner"].items():
        yield from ((signature, runtime, row) for runtime, row in by_runtime.items())
    for by_runtime in entry["task model"].values():
        yield from (("task model", runtime, row) for runtime, row in by_runtime.items())


def read(text: str) -> dict[str, dict[tuple[str, str], bool]]:
    """Entry -> (signature, runtime) -> whether the document says that it converts."""
    found: dict[str, dict[tuple[str, str], bool]] = {}
    for section in text.split("\n## ")[2:]:
        name, *lines = section.splitlines()
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
        found[name] = {(row[0].strip("`"), row[1]): not row[5].startswith("does not work") for row in cells[1:]}
    return found


def read_quantization(text: str) -> dict[tuple[str, str], bool]:
    """(Entry, way) -> whether `docs/quantization.md` says that it works."""
    rows = re.findall(r"^\| (\w+) \| [\d.e+-]+ \| ([^|]+) \| (.*)", text, re.MULTILINE)
    return {(name, way): "does not work" not in rest for name, way, rest in rows}


def depends_on_the_task(text: str, name: str, signature: str, runtime: str) -> bool:
    """Whether the document says of a row that this one task was refused by the tolerance, which another may not be."""
    section = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    return any(
        line.startswith(f"| `{signature}` | {runtime} |") and "differs from the live model" in line
        for line in section.splitlines()
    )


def _line(signature: str, runtime: str, row: dict[str, Any]) -> str:
    if "reason" in row:
        reason = row["reason"].replace("|", "/")
        return f"| `{signature}` | {runtime} | | | | does not work: {reason} Use {INSTEAD.get(runtime, ELSE)}. |"
    return f"| `{signature}` | {runtime} | {row['parity']:.1e} | {row['bytes']:,} | {_time(row['microseconds'])} | |"


def _time(microseconds: float) -> str:
    """Three digits or so, and no exponent."""
    return f"{microseconds:,.0f}" if microseconds >= 100 else f"{microseconds:.3g}"


def _summary(found: list[dict[str, Any]]) -> Iterator[str]:
    kinds = sorted({entry["kind"] for entry in found})
    names = [runtime.name for runtime in runtimes.RUNTIMES] + list(INSTEAD)[::-1]
    for kind in kinds:
        rows = [(entry["name"], *row) for entry in found if entry["kind"] == kind for row in rows_of(entry)]
        for runtime in names:
            mine = [(name, signature, row) for name, signature, other, row in rows if other == runtime]
            refused = sorted({f"{signature} of {name}" for name, signature, row in mine if "reason" in row})
            signatures = len({signature for _, signature, _ in mine})
            verdict = "all" if not refused else "none" if len(refused) == len(mine) else f"all but {', '.join(refused)}"
            if mine:  # a model that learns no tasks has no ways that only task models have
                yield f"| {kind} | {signatures} | {runtime} | {verdict} |"

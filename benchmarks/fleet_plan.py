"""What a fleet is planned by, read from where it was measured: the pages of load and of conversions, and the cards.

A request costs a core what the server does with its text, and what the model takes: `a + b x numbers + run`. `a` and `b` are
those of two signatures of `mela_sinusoid`, of which the page of load has CPU seconds, and which differ in little but the numbers
that travel: `serving_default` (examples, queries, answers) and `adapt` (a learned task comes back). `run` is what TensorFlow's
C++ loader takes, by the page of conversions, as a share of what it takes with `mela_sinusoid`, whose CPU seconds are known.
"""

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOAD, CONVERSIONS, PAYLOAD, CARDS = (
    ROOT / "docs/serving/load.md",
    ROOT / "docs/conversions.md",
    ROOT / "docs/serving/payload.md",
    ROOT / "zoo/cards",
)
MEASURED, LOADER, ASKED = "mela_sinusoid", "TensorFlow's C++ loader", 10
RUNTIME = "native, in the caller's thread, one core an operation"
QUANTILE = 2.3263  # of a normal distribution, at 99 %


@dataclass(frozen=True)
class Load:
    """What was measured of the server.

    Attributes:
        cpu: seconds of a core for an answer, by signature.
        run, run_of_32: seconds of a core for a run of one task, and of 32.
        spread: standard deviation of the logarithm of the time of an answer, one client at a time, by signature.
    """

    cpu: dict[str, float]
    run: float
    run_of_32: float
    spread: dict[str, float]

    @property
    def further(self) -> float:
        """Seconds that each further task of a batch adds to a run."""
        return (self.run_of_32 - self.run) / 31


@dataclass(frozen=True)
class Kind:
    """An entry on a server.

    Attributes:
        entry: its name.
        task: bytes of a learned task.
        service: seconds of a core for an answer, by signature: `serving_default` learns and answers, `apply` only answers.
    """

    entry: str
    task: int
    service: dict[str, float]


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]


def load(text: str | None = None) -> Load:
    """What the page of load says of `zoo serve` without batching."""
    rows = _rows(LOAD.read_text(encoding="utf-8") if text is None else text)
    served = {row[1].strip("`"): row for row in rows if row[0] == "`zoo serve`"}
    runs = {int(row[1]): _number(row[5]) / 1e6 for row in rows if row[0] == RUNTIME}
    alone = {name: re.search(r"\(([\d.]+) / ([\d.]+)\)", row[2]) for name, row in served.items()}
    spread = {name: math.log(float(found[2]) / float(found[1])) / QUANTILE for name, found in alone.items() if found}
    return Load({name: _number(row[5]) / 1e3 for name, row in served.items()}, runs[1], runs[32], spread)


def kinds(known: Load | None = None) -> list[Kind]:
    """Every entry that all of these pages know, by name."""
    known = known or load()
    examples = {row[0]: row for row in _rows(PAYLOAD.read_text(encoding="utf-8")) if re.fullmatch(r"\d+ × [\d,]+", row[1])}
    times = _times(CONVERSIONS.read_text(encoding="utf-8"))
    scale = known.run / times[MEASURED]["serving_default"]

    def numbers(entry: str) -> tuple[float, float, float]:
        """Numbers that travel with the examples, with the queries and their answers, and with a learned task."""
        count, width = (_number(part) for part in examples[entry][1].split("×"))
        return count * width, ASKED * width, _bytes(entry) / 4

    support, query, task = numbers(MEASURED)
    wire = {name: known.cpu[name] - scale * times[MEASURED][name] for name in ("serving_default", "adapt")}
    each = (wire["adapt"] - wire["serving_default"]) / (task - query)
    once = wire["serving_default"] - each * (support + query)
    found = []
    for entry in sorted(set(examples) & set(times)):
        support, query, task = numbers(entry)
        sent = {"serving_default": support + query, "apply": task + query}
        service = {name: once + each * count + scale * times[entry][name] for name, count in sent.items()}
        found.append(Kind(entry, _bytes(entry), service))
    return found


def tasks() -> dict[str, int]:
    """Bytes of a learned task of every entry that has a card."""
    return {path.parent.name: _bytes(path.parent.name) for path in sorted(CARDS.glob("*/card.json")) if _bytes(path.parent.name)}


def _bytes(entry: str) -> int:
    return json.loads((CARDS / entry / "card.json").read_text(encoding="utf-8")).get("task", {}).get("bytes", 0)


def _times(text: str) -> dict[str, dict[str, float]]:
    """Seconds of a call in TensorFlow's C++ loader, by entry and signature."""
    found: dict[str, dict[str, float]] = {}
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        name = section.partition("\n")[0].strip()
        times = {row[0].strip("`"): _number(row[4]) / 1e6 for row in _rows(section) if row[1:2] == [LOADER] and row[4:5] != [""]}
        if {"serving_default", "apply"} <= set(times):
            found[name] = times
    return found

"""What `tables.py` measured, as the tables of docs/tabular.md: how far ours is ahead of each method, ranks, and calibration.

Slow methods may have fewer seeds than ours. Differences are of the same tables and seeds, and ranks of the seeds that all have.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

SCORES = {"classes": ("log loss", "accuracy", "AUC"), "numbers": ("R2", "RMSE over deviation")}
LOWER = ("log loss", "RMSE over deviation")
BINS = 15  # of confidence
GAPS = tuple(f"gap {place}" for place in range(BINS))  # accuracy less confidence within each bin, times the share of its rows
CASE = ["table", "rows", "seed"]
CALIBRATED_FROM = 50  # rows


def report(found: pd.DataFrame) -> str:
    """Markdown."""
    kind = found["kind"].iloc[0]
    found = found.drop_duplicates([*CASE, "method"])
    parts = [part for score in SCORES[kind] for part in (ahead(found, score), ranked(found, score))]
    if kind == "classes":
        parts.append(calibrated(found))
    return "\n\n".join(parts)


def ahead(found: pd.DataFrame, score: str) -> str:
    """A row for each method: its mean less ours or ours less its, so that more is better for us, with the 95 % interval."""
    ours = found[found["method"] == "ours"].set_index(CASE)[score]
    sizes = sorted(found["rows"].unique())
    rows = [
        [
            "ours, mean",
            seeds(found, "ours"),
            *(f"{mean_of_tables(ours[ours.index.get_level_values('rows') == n]):.3f}" for n in sizes),
        ]
    ]
    found_by = {}
    for method, part in found[found["method"] != "ours"].groupby("method"):
        other = part.set_index(CASE)[score]
        apart = (other - ours if score in LOWER else ours - other).dropna()
        by = {n: of_one for n, of_one in apart.groupby("rows")}
        cells = [interval(by[n]) if n in by else "" for n in sizes]
        found_by[method] = (np.mean([mean_of_tables(each) for each in by.values()]), [method, seeds(found, method), *cells])
    rows += [row for _, row in sorted(found_by.values(), key=lambda each: each[0])]
    return table([f"{score}: ours is ahead by", "seeds", *(f"{n} rows" for n in sizes)], rows)


def ranked(found: pd.DataFrame, score: str) -> str:
    """Mean ranks over tables, among all methods, on the seeds that all have."""
    sizes = sorted(found["rows"].unique())
    ranks = {}
    for n in sizes:
        part = found[found["rows"] == n]
        wide = part.set_index(["table", "seed", "method"])[score].unstack().dropna(axis=1, how="all").dropna()
        by_table = wide.groupby("table").mean()
        ranks[f"{n} rows, {len(by_table)} tables"] = ((1 if score in LOWER else -1) * by_table).rank(axis=1).mean()
    whole = pd.DataFrame(ranks)
    whole = whole.loc[whole.mean(axis=1).sort_values().index]
    rows = [[method, *shown(row, 2)] for method, row in zip(whole.index, whole.to_numpy(), strict=True)]
    return table([f"mean rank in {score}", *whole.columns], rows)


def calibrated(found: pd.DataFrame) -> str:
    """Expected calibration error of all tables and seeds pooled, each table counting alike."""
    found = found[found["rows"] >= CALIBRATED_FROM].dropna(subset=[*GAPS])
    by = (
        found.groupby(["rows", "method", "table"])[[*GAPS]].mean().groupby(["rows", "method"]).mean().abs().sum(axis=1).unstack(0)
    )
    by = by.loc[by.mean(axis=1).sort_values().index]
    rows = [[method, *shown(row, 3)] for method, row in zip(by.index, by.to_numpy(), strict=True)]
    return table(["expected calibration error, pooled", *(f"{n} rows" for n in by.columns)], rows)


def shown(values: np.ndarray, digits: int) -> list[str]:
    """Numbers as text; nothing for what was not measured."""
    return ["" if np.isnan(value) else f"{value:.{digits}f}" for value in values]


def seeds(found: pd.DataFrame, method: str) -> str:
    """How many a method has, at the sizes that have most and fewest."""
    counts = found[found["method"] == method].groupby(["rows", "table"])["seed"].nunique()
    return f"{counts.max()}" if counts.min() == counts.max() else f"{counts.min()} to {counts.max()}"


def mean_of_tables(values: pd.Series) -> float:
    """Seeds first, so that each table counts alike."""
    return float(values.groupby("table").mean().mean())


def interval(apart: pd.Series) -> str:
    """A mean over tables, and half the 95 % interval of a bootstrap over tables."""
    by_table = apart.groupby("table").mean().to_numpy()
    draws = np.random.default_rng(0).choice(by_table, (10_000, len(by_table))).mean(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975])
    return f"{by_table.mean():+.3f} ± {(high - low) / 2:.3f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """In Markdown."""
    lines: Iterator[list[str]] = iter([head, ["---", *(["---:"] * (len(head) - 1))], *rows])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)

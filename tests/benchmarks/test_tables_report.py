import numpy as np
import pandas as pd
import pytest
import tables_report as report


def measured(**by_method):
    """Scores of two tables and the seeds that a method has, at 50 rows; the log loss of a method is one number throughout."""
    rows = []
    for method, (loss, seeds) in by_method.items():
        for table in ("a", "b"):
            for seed in range(seeds):
                hard = 0.1 * (table == "b") + 0.01 * seed  # alike for all, so that only pairs tell how far apart they are
                row = {"kind": "classes", "table": table, "rows": 50, "seed": seed, "method": method}
                row |= {"log loss": loss + hard, "accuracy": 1 - loss, "AUC": 1 - loss} | dict.fromkeys(report.GAPS, 0.0)
                rows.append(row | {"gap 3": 0.02, "gap 9": -0.02 if table == "a" else -0.04})
    return pd.DataFrame(rows)


def test_differences_are_of_the_same_seeds_and_more_is_better_for_ours():
    text = report.ahead(measured(ours=(0.5, 3), slow=(0.75, 1), worse=(0.9, 3)), "log loss")
    head, _, ours, near, far = text.splitlines()
    assert head == "| log loss: ours is ahead by | seeds | 50 rows |"
    assert ours == "| ours, mean | 3 | 0.560 |"  # 0.5, and half of 0.1, and 0.01
    assert (near, far) == ("| slow | 1 | +0.250 ± 0.000 |", "| worse | 3 | +0.400 ± 0.000 |")
    assert "| worse | 3 | +0.400" in report.ahead(measured(ours=(0.5, 3), worse=(0.9, 3)), "accuracy")


def test_ranks_are_of_the_seeds_that_all_have():
    lines = report.ranked(measured(ours=(0.5, 3), slow=(0.4, 1), worse=(0.9, 3)), "log loss").splitlines()
    assert lines[0] == "| mean rank in log loss | 50 rows, 2 tables |"
    assert lines[2:] == ["| slow | 1.00 |", "| ours | 2.00 |", "| worse | 3.00 |"]


def test_calibration_is_pooled_before_it_is_summed():
    assert report.calibrated(measured(ours=(0.5, 2))).splitlines()[2] == "| ours | 0.050 |"  # 0.02 and the mean of 0.02 and 0.04
    assert report.CALIBRATED_FROM == 50


def test_an_interval_covers_tables_that_differ():
    apart = pd.Series([0.0, 1.0] * 10, index=pd.Index(range(20), name="table"))
    mean, half = (float(part) for part in report.interval(apart).split(" ± "))
    assert mean == 0.5
    assert half == pytest.approx(1.96 * 0.5 / np.sqrt(20), rel=0.1)


def test_the_report_has_every_score():
    text = report.report(measured(ours=(0.5, 2), other=(0.6, 2)))
    assert all(f"{score}: ours is ahead by" in text for score in report.SCORES["classes"])

"""More classes than `tabular` tells apart: one task of each class against the rest, on tables drawn here, beside scikit-learn.

    .venv/bin/python benchmarks/tables_many_classes.py

A Markdown table, for docs/tabular.md: log loss and accuracy on 500 new rows, means over ten tables of `make_classification` for
each number of classes and rows; each class has one Gaussian cluster in four to eight of ten columns.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import zoo

TABLES, NEW, COLUMNS = 10, 500, 10
KINDS = ((12, 100), (12, 300))  # classes, rows


def one_against_rest(learner, x, y, new):
    """Probabilities of tasks of two classes each, made to add up to 1."""
    kinds = np.unique(y)
    own = [learner.learn(x, (y == kind).astype(int)).predict_proba(new)[:, 1] for kind in kinds]
    odds = np.stack(own, axis=1).astype(np.float64)
    return odds / odds.sum(axis=1, keepdims=True)


def main():
    """Print the table."""
    learner = zoo.load("tabular")
    print("| classes, rows | one `tabular` each | logistic regression | random forest |\n|---|---:|---:|---:|")
    for classes, rows in KINDS:
        scores = []
        for seed in range(TABLES):
            x, y = make_classification(
                rows + NEW, COLUMNS, n_informative=4 + seed % 5, n_redundant=1, n_classes=classes, n_clusters_per_class=1,
                class_sep=1.5, random_state=seed,
            )  # fmt: skip
            y[:classes] = np.arange(classes)  # so that each is among the rows
            x, new, y, truth = x[:rows], x[rows:], y[:rows], y[rows:]
            others = make_pipeline(StandardScaler(), LogisticRegression()), RandomForestClassifier(random_state=0)
            found = [one_against_rest(learner, x, y, new), *(other.fit(x, y).predict_proba(new) for other in others)]
            scores.append(
                [
                    (log_loss(truth, np.clip(odds, 1e-6, 1), labels=range(classes)), accuracy_score(truth, odds.argmax(axis=1)))
                    for odds in found
                ]
            )
        cells = " | ".join(f"{loss:.3f}, {right:.1%}" for loss, right in np.mean(scores, axis=0))
        print(f"| {classes}, {rows} | {cells} |", flush=True)


if __name__ == "__main__":
    main()

"""Inputs from strangers, made by Hypothesis: whatever reads a file answers, or refuses it in one line.

A module for each kind of input has a `KIND`: what is drawn, and the public door that opens it. Most inputs are valid ones with a
few things wrong, so that they pass the first checks. `held` is the one property of them all.
"""

from fuzz import any_tables, csv_texts, keras_files, label_lists, one_shot_archives, picture_files, task_folders
from fuzz.kind import Kind, held

__all__ = ["KINDS", "Kind", "held"]

KINDS: tuple[Kind, ...] = tuple(
    module.KIND for module in (csv_texts, any_tables, label_lists, picture_files, one_shot_archives, task_folders, keras_files)
)

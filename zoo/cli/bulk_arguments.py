"""Options of `zoo predict NAME --tasks`: many tasks, each learned and answered."""

import argparse


def add(sub: argparse.ArgumentParser, query: "argparse._MutuallyExclusiveGroup") -> None:
    """Add `--tasks` to what may be asked, and what goes with it."""
    what = (
        "many tasks: Parquet with the columns task_id, support_x, support_y, query_x, a list for each task; or CSV with the "
        "columns task_id, examples, labels, whose label is empty in a query. Files, folders or patterns; a job that was killed "
        "goes on"
    )
    query.add_argument("--tasks", nargs="+", metavar="FILE", help=what)
    many = sub.add_argument_group("with --tasks")
    many.add_argument("--keep-tasks", action="store_true", help="write what was learned too, as the column task, for --learned")
    what = "do not learn: --tasks are queries of tasks that --keep-tasks wrote, found by task_id"
    many.add_argument("--learned", nargs="+", metavar="FILE", help=what)
    many.add_argument(
        "--update", action="store_true", help="with --learned: learn from the examples of --tasks besides, and keep that"
    )
    many.add_argument("--workers", type=positive, help="processes (default: as many as cores)")
    many.add_argument("--label", help="of CSV files: the column of the labels (default: the last one)")
    many.add_argument("--pictures", metavar="FOLDER", help="that paths of pictures start from (default: here)")
    many.add_argument("--invert", choices=("auto", "yes", "no"), help="swap light and dark in pictures, as for `zoo learn`")


def positive(text: str) -> int:
    """A whole number of 1 or more.

    Raises:
        argparse.ArgumentTypeError: for another.
    """
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not 1 or more")
    return value

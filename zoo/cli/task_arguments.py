"""Options of the commands for a user's own task: learn, predict, ask, update."""

import argparse
from typing import TypeAlias

from zoo.cli import bulk_arguments

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
RULES = ("sensitivity", "information", "fall", "entropy", "margin", "distance")  # of `zoo.learners.asking`, which takes longer


def command(commands: Commands, name: str, about: str, example: str, json: bool = True) -> argparse.ArgumentParser:
    """Add a command, its help and an example."""
    sub = commands.add_parser(
        name,
        help=about,
        description=f"{about[0].upper()}{about[1:]}.",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if json:
        sub.add_argument("--json", action="store_true", help="print JSON for a program to read")
    return sub


def learn(commands: Commands) -> None:
    """Add `zoo learn`."""
    about = "learn a task from a CSV of examples or a folder of pictures"
    example = (
        "zoo learn mela_sinusoid --support samples/waves.csv --out wave/\n"
        "  zoo learn protonet_omniglot --support samples/pictures/ --out shapes/     # pictures/<class>/<a few pictures>"
    )
    sub = command(commands, "learn", about, example)
    sub.add_argument("name", nargs="?", help="an entry, a model.keras, or hf://user/name; with --embeddings it may be left out")
    support = sub.add_mutually_exclusive_group(required=True)
    what = (
        "CSV with a header (- for standard input), whose last columns are the labels; or a folder with a sub-folder of pictures "
        "for each class"
    )
    support.add_argument("--support", help=what)
    _embeddings(support, "in place of --support embeddings that something else made")
    sub.add_argument("--labels", help="of embeddings in an array: a text file with the class of each, one a line")
    sub.add_argument("--out", required=True, help="folder for the learned task")
    sub.add_argument("--label", help="of tables and embeddings: the column of the labels (default: the last one)")
    what = "of a learner of tables: what labels are (default: classes if they are texts, or whole numbers of at most 10 kinds)"
    sub.add_argument("--task", choices=("classification", "regression"), help=what)
    what = "of a learner of tables: columns of numbers that are codes of categories, such as ward,clinic"
    sub.add_argument("--categorical", type=names, help=what)
    invert = "swap light and dark in pictures, here and in predict (default: auto, decided by the border of each picture)"
    sub.add_argument("--invert", choices=("auto", "yes", "no"), default="auto", help=invert)
    sub.add_argument("--force", action="store_true", help="replace the folder if it exists")


def predict(commands: Commands) -> None:
    """Add `zoo predict`."""
    example = (
        "zoo predict wave/ --query samples/waves_new.csv\n"
        "  zoo predict shapes/ --query samples/new_pictures/ --json     # a folder of pictures, or one\n"
        "  zoo predict mela_sinusoid --tasks tasks/*.parquet --out answers/     # many tasks, each learned and answered"
    )
    sub = command(commands, "predict", "predict with a learned task, or learn and predict many", example)
    sub.add_argument("task", help="folder made by `zoo learn`; with --tasks an entry, a model.keras, or hf://user/name")
    what = (
        "CSV with the columns that the task was learned from (- for standard input), whose others come back as they are; for a "
        "task of pictures a folder of them, or one file"
    )
    query = sub.add_mutually_exclusive_group(required=True)
    query.add_argument("--query", help=what)
    _embeddings(query, "in place of --query embeddings of new examples")
    bulk_arguments.add(sub, query)
    what = "CSV to write (default: standard output); with --json, both are written; with --tasks a folder for the answers"
    sub.add_argument("--out", help=what)
    sub.add_argument("--force", action="store_true", help="replace the CSV if it exists; with --tasks begin anew")


def ask(commands: Commands) -> None:
    """Add `zoo ask`."""
    about = "ask which new pictures to label next, of those that a learned task of classes could learn from"
    sub = command(commands, "ask", about, "zoo ask shapes/ --candidates unlabelled/ --top 3")
    sub.add_argument("task", help="folder made by `zoo learn`")
    sub.add_argument("--candidates", required=True, help="pictures without a label: a folder of them")
    sub.add_argument("--at", help="pictures where the answers matter: a folder (default: the candidates)")
    sub.add_argument(
        "--top", type=bulk_arguments.positive, default=1, help="how many to label together, best first (default: %(default)s)"
    )
    what = "what a label is worth: see docs/ask.md (default: %(default)s)"
    sub.add_argument("--rule", choices=RULES, default=RULES[0], help=what)


def update(commands: Commands) -> None:
    """Add `zoo update`."""
    about = "learn from more examples besides those of a learned task, which are not needed again"
    example = "zoo update wave/ --support more.csv --out wave2/\n  zoo update shapes/ --support more/ --out shapes2/"
    sub = command(commands, "update", about, example)
    sub.add_argument("task", help="folder made by `zoo learn`")
    what = "more examples, as for `zoo learn`: a CSV (- for standard input), or a folder of pictures, whose classes may be new"
    support = sub.add_mutually_exclusive_group(required=True)
    support.add_argument("--support", help=what)
    _embeddings(support, "in place of --support more embeddings, as for `zoo learn`")
    sub.add_argument("--labels", help="of embeddings in an array: a text file with the class of each, one a line")
    sub.add_argument("--label", help="of embeddings in a CSV: the column of the labels (default: the last one)")
    sub.add_argument("--out", required=True, help="folder for the updated task; the same one with --force")
    sub.add_argument("--force", action="store_true", help="replace the folder if it exists")


def _embeddings(group: "argparse._MutuallyExclusiveGroup", about: str) -> None:
    group.add_argument("--embeddings", metavar="FILE", help=f"{about}: a CSV of numbers, or an array saved by numpy.save (.npy)")


def names(text: str) -> list[str]:
    """Names of a list with commas."""
    return [name.strip() for name in text.split(",")]

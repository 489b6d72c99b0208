"""Commands that draw: figures, demo, demo-page."""

import argparse

from zoo.cli import tabulated
from zoo.cli.output import one_line_warnings, say
from zoo.utils.errors import ZooError


def run_figures(options: argparse.Namespace) -> None:
    """Draw the figures of a paper or of a task, the table of all learners of characters, or write the catalogue of all models."""
    _refuse_options_of_others(options)
    if options.paper == "task":
        with one_line_warnings(options):
            return _draw_task(options)
    if options.paper == "models":
        return _write_catalogue(options)
    if options.paper == "lake":
        return _write_runs(options)
    from zoo.figures import acting, gradients, images, mela, schedules, streams

    if options.paper == "images":
        names = images.draw(options.out, options.force, progress=not options.json)
        say(options, {"folder": options.out, "entries": names}, f"wrote a table of {len(names)} entries into {options.out}")
        return
    drawing = {"acting": acting, "schedules": schedules, "gradients": gradients, "mela": mela, "streams": streams}
    names = drawing[options.paper].draw(options.out, options.force, progress=not options.json)
    say(options, {"folder": options.out, "figures": names}, f"drew {len(names)} figures with their numbers into {options.out}")


def _write_catalogue(options: argparse.Namespace) -> None:
    from zoo.figures import catalogue

    path, names = catalogue.write(options.out, options.force)
    say(options, {"path": str(path), "entries": names}, f"wrote {len(names)} entries into {path}")


def _draw_task(options: argparse.Namespace) -> None:
    from zoo.cli import engine
    from zoo.figures import task_columns
    from zoo.hub import task_folder
    from zoo.utils import files

    if options.task is None:
        raise ZooError("figures task: name the folder of a learned task, as in zoo figures task model/.")
    files.refuse_existing(options.out, options.force, task_columns.OTHERS)
    task = engine.task(options.task)
    label = "".join(task_folder.notes(options.task).get("labels", [])[:1])
    x, y = tabulated.rows_of(options.rows, task, label) if options.rows else (None, None)
    names = task_columns.draw(task, options.out, options.force, x, y, label, options.columns or task_columns.MOST)
    say(
        options,
        {"folder": options.out, "figures": names},
        f"drew {len(names)} figures with their numbers into {options.out}",
    )


def _write_runs(options: argparse.Namespace) -> None:
    from zoo.figures import lake_runs

    if options.lake_runs is None:
        raise ZooError("figures lake: give all_runs.zip of the Omniglot repository, as in --lake-runs all_runs.zip.")
    names = lake_runs.draw(options.out, options.lake_runs, options.force, progress=not options.json)
    say(options, {"folder": options.out, "rows": names}, f"wrote a table of {len(names)} rows into {options.out}")


def _refuse_options_of_others(options: argparse.Namespace) -> None:
    of_task = (("folder", options.task), ("--rows", options.rows), ("--columns", options.columns))
    for paper, own in (("task", of_task), ("lake", (("--lake-runs", options.lake_runs),))):
        for option, given in own:
            if given is not None and options.paper != paper:
                raise ZooError(f"figures {options.paper} takes no {option}; that is for figures {paper}.")


def run_demo(options: argparse.Namespace) -> None:
    """Learn a wave from ten points, draw it, and export it."""
    from zoo.figures import demo as drawing

    facts = drawing.make(options.out, options.force)
    say(options, facts, drawing.report(facts))


def run_demo_page(options: argparse.Namespace) -> None:
    """Build the page that runs learners in a browser."""
    from zoo.page import builder

    facts = builder.build(options.out, options.runtime, options.force, progress=not options.json)
    say(
        options,
        facts,
        f"open {facts['page']} in a browser, or copy it to any web host: one file of {facts['bytes'] / 1e6:.1f} MB",
    )

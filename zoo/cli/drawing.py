"""Commands that draw: figures, demo, demo-page."""

import argparse

from zoo.cli.output import say


def run_figures(options: argparse.Namespace) -> None:
    """Draw the figures of a paper, or write the table of all learners of characters or the catalogue of all models."""
    if options.paper == "models":
        return _write_catalogue(options)
    from zoo.figures import images, mela, schedules

    if options.paper == "images":
        names = images.draw(options.out, options.force, progress=not options.json)
        say(options, {"folder": options.out, "entries": names}, f"wrote a table of {len(names)} entries into {options.out}")
        return
    draw = schedules.draw if options.paper == "schedules" else mela.draw
    names = draw(options.out, options.force, progress=not options.json)
    say(options, {"folder": options.out, "figures": names}, f"drew {len(names)} figures with their numbers into {options.out}")


def _write_catalogue(options: argparse.Namespace) -> None:
    from zoo.figures import catalogue

    path, names = catalogue.write(options.out, options.force)
    say(options, {"path": str(path), "entries": names}, f"wrote {len(names)} entries into {path}")


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

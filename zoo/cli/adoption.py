"""The command that makes a learner around a Keras model of the user's own."""

import argparse
from pathlib import Path
from typing import Any

from zoo.cli.output import one_line_warnings, say
from zoo.utils import files
from zoo.utils.errors import ZooError


def run_adopt(options: argparse.Namespace) -> None:
    """Make a learner around a Keras model, calibrate it on a background if there is one, and write it."""
    out = Path(options.out)
    if out.suffix != ".keras":
        raise ZooError(f"--out {options.out}: a learner is written to a file that ends in .keras, such as mine.keras.")
    files.refuse_existing(out, options.force)
    from zoo.evaluation.background import calibrate
    from zoo.hub import keras_file
    from zoo.models.encoded import encoded

    with one_line_warnings(options):
        model = keras_file.load_any(Path(options.model))
        learner = encoded(model, _numbers(options.preprocess), layer=options.layer, shape=options.size, licence=options.licence)
        known = calibrate(learner, options.background) if options.background else None
    with files.written_aside(out, options.force) as path:
        learner.save(path)
    facts: dict[str, Any] = {
        "path": options.out,
        "example": list(learner.example.sizes),
        "embedding": learner.embedding_width(),
        "licence": learner.licence,
    }
    if known:
        facts |= {"temperature": known.temperature, "spread": known.spread, "ood_threshold": known.ood_threshold}
        said = f"temperature {known.temperature:.3g}, OOD threshold {known.ood_threshold:.3g}"
    else:
        said = "uncalibrated, but for tasks with two examples of a class (--background calibrates it)"
    shape = " x ".join(map(str, learner.example.sizes))
    say(options, facts, f"wrote {options.out}: examples of {shape}, embeddings of {learner.embedding_width():,} numbers; {said}")


def _numbers(given: str | None) -> Any:
    """A name, or SCALE,OFFSET as two numbers."""
    if given is None or "," not in given:
        return given
    try:
        return tuple(float(part) for part in given.split(","))
    except ValueError:
        raise ZooError(f"--preprocess={given}: give a name, or two numbers SCALE,OFFSET.") from None

"""What each command of the command line does; `zoo.cli` parses. Heavy imports wait until a command needs them."""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from zoo import registry
from zoo.errors import ZooError


def run_list(options: argparse.Namespace) -> None:
    """Print every entry with its headline score."""
    rows = []
    for name in registry.names():
        row: dict[str, Any] = {"name": name, "summary": registry.summary(name), "shipped": _has_card(name)}
        if row["shipped"]:
            headline = registry.card(name)["evaluation"]["scores"][0]
            row |= {key: headline.get(key) for key in ("mean", "interval", "published")}
        rows.append(row)
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        score = f"{row['mean']:.3g} ± {row['interval']:.2g}" if row["shipped"] else "not trained yet"
        print(f"{row['name']:24} {score:22} {row['summary']}")


def run_show(options: argparse.Namespace) -> None:
    """Print the card of an entry."""
    card = registry.card(options.name)
    if options.json:
        print(json.dumps(card, indent=2))
        return
    weights, training, evaluation = card["weights"], card["training"], card["evaluation"]
    print(f"{card['name']}: {registry.summary(options.name)}")
    print(
        f"  {weights['parameters']:,} parameters, {weights['bytes']:,} bytes, {card['licence']}, "
        f"SHA-256 {weights['sha256'][:16]}…"
    )
    print(f"  trained in {training['minutes']} minutes by `{training['command']}` on {training['hardware']}, {training['date']}")
    print(f"  a learned task has {card['task']['bytes']:,} bytes")
    print(f"  measured by `{evaluation['command']}` on {evaluation['date']}; {evaluation['metric']}:")
    print_scores(evaluation["scores"])
    if "asking" in card:
        print("  squared error at one place before and after adding one of the candidates:")
        print_scores(card["asking"])
    print("  largest difference of an export from the live model:")
    for what, difference in card["parity"].items():
        print(f"    {what:24} {difference:.1e}")


def print_scores(scores: list[dict[str, Any]]) -> None:
    """Print scores as a table."""
    for score in scores:
        condition = ", ".join(f"{key} {_short(value)}" for key, value in score["condition"].items())
        published = f"   published {score['published']:g}" if "published" in score else ""
        print(f"    {condition:36} {score['mean']:.5g} ± {score['interval']:.2g}{published}")


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def run_train(options: argparse.Namespace) -> None:
    """Train an entry."""
    entry = registry.entry(options.name)
    from zoo.training import trainer

    out = Path(options.out or Path("runs") / options.name)
    command = f"zoo train {options.name}"
    path = trainer.train(entry, out, command=command, force=options.force)
    print(f"wrote {path}; measure it by: zoo evaluate {options.name} --run {out} --card")


def run_evaluate(options: argparse.Namespace) -> None:
    """Measure an entry."""
    entry = registry.entry(options.name)
    tasks = options.tasks or entry.episodes.test_tasks
    folder = Path(options.run) if options.run else registry.CARDS / options.name
    learner = registry.load(str(folder) if options.run or options.card else options.name)
    from zoo import measuring
    from zoo.training.evaluation import evaluate as scores_of

    if options.card:
        card = measuring.measure(options.name, entry, learner, folder, tasks, options.seed, progress=not options.json)
        scores = card["evaluation"]["scores"]
        measuring.write(card, folder)
    else:
        measured = scores_of(learner, entry.episodes, tasks, options.seed, progress=not options.json)
        scores = [measuring.beside_published(score, entry) for score in measured]
    if options.json:
        print(json.dumps(scores, indent=2))
    else:
        print_scores(scores)


def run_learn(options: argparse.Namespace) -> None:
    """Learn a task from a CSV."""
    from zoo import files, tables, task_folder

    header, values = tables.read(options.support)
    files.refuse_existing(options.out, options.force)
    learner = registry.load(options.name)
    labels = learner.label_width
    inputs = len(header) - labels
    if (inputs,) != learner.example_shape:
        raise ZooError(
            f"{options.support} has {len(header)} columns ({', '.join(header)}), but {options.name} reads "
            f"{learner.example_shape[0]} of examples followed by {labels} of labels; keep just these."
        )
    task = learner.learn(values[:, :inputs], values[:, inputs:])
    notes = {"examples": header[:inputs], "labels": header[inputs:], "rows": len(values)}
    task_folder.save(task, options.out, notes, options.force)
    _say(
        options,
        {"task": options.out, "rows": len(values), "bytes": task.nbytes},
        f"learned {options.out} from {len(values)} rows: {task.nbytes:,} bytes",
    )


def run_predict(options: argparse.Namespace) -> None:
    """Predict with a learned task."""
    from zoo import files, tables, task_folder

    if options.out:
        files.refuse_existing(options.out, options.force)
    task = task_folder.load(options.task)
    notes = task_folder.notes(options.task)
    values = tables.columns(options.query, notes["examples"])
    predicted = task.predict(values).reshape(len(values), -1)
    if options.json:
        print(json.dumps({name: predicted[:, column].tolist() for column, name in enumerate(notes["labels"])}))
    else:
        tables.write(options.out, notes["examples"] + notes["labels"], _beside(values, predicted), options.force)


def run_export(options: argparse.Namespace) -> None:
    """Export a learner or a learned task."""
    from zoo import files

    files.refuse_existing(options.to, options.force)
    model = _learner_or_task(options.name)
    from zoo import export as exporters

    differences = getattr(exporters, options.format)(model, options.to, force=options.force)
    _say(
        options,
        {"path": options.to, "largest_difference": differences},
        f"wrote {options.to}; largest difference from the live model {max(differences.values()):.1e}",
    )


def run_serve(options: argparse.Namespace) -> None:
    """Serve models on this machine until stopped."""
    from zoo import export as exporters
    from zoo.serving import server

    with tempfile.TemporaryDirectory(prefix="zoo-serve-") as folder:
        models = {}
        for name in options.names:
            path = Path(name)
            if path.is_dir() and any(child.name.isdigit() for child in path.iterdir()):
                models[path.resolve().name] = path
                continue
            model = _learner_or_task(name)
            models[path.resolve().stem] = Path(folder) / path.resolve().stem
            print(f"exporting {name} …", file=sys.stderr)
            exporters.saved_model(model, models[path.resolve().stem] / "1")
        server.run(models, options.host, options.port)


def run_figures(options: argparse.Namespace) -> None:
    """Draw the figures of a paper."""
    from zoo.figures import mela

    names = mela.draw(options.out, options.force, progress=not options.json)
    _say(options, {"folder": options.out, "figures": names}, f"drew {len(names)} figures with their numbers into {options.out}")


def run_demo(options: argparse.Namespace) -> None:
    """Learn, draw, export."""
    from zoo.figures import demo as drawing

    facts = drawing.make(options.out, options.force)
    _say(options, facts, drawing.report(facts))


def run_selfcheck(options: argparse.Namespace) -> None:
    """Check this installation: every entry is whole and learns; a task model of each kind of learner leaves in every format."""
    from zoo import measuring

    results: dict[str, dict[str, float]] = {}
    kinds = set()
    for name in registry.names():
        learner, entry = registry.load(name), registry.entry(name)
        known = type(learner) in kinds
        kinds.add(type(learner))
        results[name] = {} if known else measuring.task_parity(learner, entry)
        if known:
            measuring.learn_one(learner, entry)
        if not options.json:
            exports = "" if known else f", exports agree to {max(results[name].values()):.1e}"
            print(f"{name}: weights whole, learns{exports}")
    if options.json:
        print(json.dumps(results, indent=2))


def _has_card(name: str) -> bool:
    return (registry.CARDS / name / "card.json").exists()


def _learner_or_task(name: str):
    from zoo import task_folder

    if (Path(name) / "task.json").exists():
        return task_folder.load(name)
    return registry.load(name)


def _beside(left, right):
    import numpy as np

    return np.concatenate([left, right], axis=1)


def _say(options: argparse.Namespace, facts: dict[str, Any], line: str) -> None:
    print(json.dumps(facts) if options.json else line)

"""Commands about entries: list, show, calibrate, evaluate, selfcheck."""

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

from zoo.cli.output import print_scores, say
from zoo.hub import hugging_face, registry
from zoo.utils import extras
from zoo.utils.errors import ZooError, cut


def run_list(options: argparse.Namespace) -> None:
    """Print every entry with its headline score."""
    rows = []
    for name in sorted([*registry.names(), *registry.BORROWED]):
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


def _has_card(name: str) -> bool:
    return (registry.CARDS / name / "card.json").exists()


def run_show(options: argparse.Namespace) -> None:
    """Print the card of an entry."""
    card = registry.card(options.name)
    if options.json:
        print(json.dumps(card, indent=2))
        return
    try:
        _show(card, registry.summary(options.name))
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # anybody may have written the card of the hub
        if not hugging_face.is_named(options.name):
            raise
        what = f"{type(error).__name__}: {cut(error, 100)}"
        raise ZooError(f"{cut(options.name)}: its card lacks what is shown ({what}); see it by: zoo show NAME --json") from None


def _show(card: dict[str, Any], summary: str) -> None:
    """Print a card; that of a learner of the hub may hold no more than licence and weights."""
    weights, training, evaluation = card["weights"], card.get("training"), card.get("evaluation", {})
    print(f"{card['name']}: {summary}")
    print(
        f"  {weights['parameters']:,} parameters, {weights['bytes']:,} bytes, {card['licence'] or 'no licence named'}, "
        f"SHA-256 {weights['sha256'][:16]}…"
    )
    if training:
        how = f"`{training['command']}` on {training['hardware']}, {training['date']}"
        print(f"  trained in {training['minutes']} minutes by {how}")
    if "task" in card:
        print(f"  a learned task has {card['task']['bytes']:,} bytes")
    if evaluation:
        print(f"  measured by `{evaluation['command']}` on {evaluation['date']}; {evaluation['metric']}:")
        print_scores(evaluation["scores"])
    if "baselines" in evaluation:
        print("  baselines on the same tasks:")
        print_scores([row | {"condition": row["condition"] | {"by": row["baseline"]}} for row in evaluation["baselines"]])
    for row in evaluation.get("calibration", {}).get("error", ()):
        print(f"    {_under(row):36} calibration error {row['before']:.4f}, calibrated {row['after']:.4f}")
    for row in evaluation.get("out_of_distribution", ()):
        called = row["called_ood"]
        print(
            f"    {_under(row):36} out of distribution: area under the curve {row['area']:.4f}; unknown classes "
            f"recognised {called['unknown']:.1%}, known ones refused {called['known']:.1%}"
        )
    for row in evaluation.get("distractors", ()):
        print(f"    {_under(row):36} distractors among unlabelled examples: area under the curve {row['area']:.4f}")
    if "asking" in card:
        print("  squared error at one place before and after adding one of the candidates:")
        print_scores(card["asking"])
    parity = card.get("parity", {})
    if parity:
        print("  largest difference of an export from the live model:")
    for what, difference in parity.items():
        print(f"    {what:24} {difference:.1e}")


def _under(row: dict[str, Any]) -> str:
    """The condition of a row of a card, in words."""
    return ", ".join(f"{key} {value}" for key, value in row["condition"].items())


def run_calibrate(options: argparse.Namespace) -> None:
    """Measure the calibration of weights that are there, and write it into their file."""
    entry = registry.entry(options.name)
    if entry.weights_of:
        raise ZooError(f"{options.name} keeps its calibration on its card; measure it by: zoo evaluate {options.name} --card")
    folder = Path(options.run) if options.run else registry.CARDS / options.name
    learner = registry.load(str(folder))
    from zoo.evaluation.calibration import calibrate
    from zoo.utils import files

    known = calibrate(learner, entry.benchmark)
    if known is None:
        raise ZooError(f"{options.name} has no calibration, or its benchmark no calibration tasks; nothing was written.")
    with files.written_aside(folder / "model.keras", force=True) as path:
        learner.save(path)
    say(
        options,
        dataclasses.asdict(known),
        f"wrote {folder / 'model.keras'}: temperature {known.temperature:.3g}, OOD threshold {known.ood_threshold:.3g}; "
        f"measure it by: zoo evaluate {options.name} --run {folder} --card",
    )


def run_evaluate(options: argparse.Namespace) -> None:
    """Measure an entry."""
    entry = registry.entry(options.name)
    tasks, seed = options.tasks or entry.benchmark.test_tasks, options.seed or 1
    if options.lake_runs is not None:
        _refuse_beside_runs(options)
    if options.card and options.transductive:
        raise ZooError("--card holds what a served learner answers, each query on its own; leave --transductive or --card out.")
    if options.card:
        extras.need("figures", "--card, which draws an episode,")  # said before a long measurement, not after it
    if entry.weights_of and options.run:
        raise ZooError(f"{options.name} uses the shipped weights of {entry.weights_of}; measure it without --run.")
    folder = Path(options.run) if options.run else registry.CARDS / options.name
    by_folder = options.run or (options.card and not entry.weights_of)  # a card may be new, or of other weights than these
    learner = registry.load(str(folder) if by_folder else options.name)
    if options.lake_runs is not None:
        return _evaluate_runs(options, learner)
    from zoo.evaluation import card as measuring
    from zoo.evaluation.scores import scores as scores_of
    from zoo.learners.capabilities import Calibrates
    from zoo.learners.network_answers import NetworkAnswers

    if options.card:
        card = measuring.measure(options.name, entry, learner, folder, tasks, seed, progress=not options.json)
        scores = card["evaluation"]["scores"]
        measuring.write(card, folder)
        if learner.offers(Calibrates):
            from zoo.figures import episode

            episode.draw(learner, entry.benchmark, folder / "episode.png")
    else:
        each_alone = learner.for_evaluation(entry.benchmark, many=tasks >= entry.benchmark.test_tasks)
        answering, benchmark = (NetworkAnswers(learner, True), entry.benchmark) if options.transductive else each_alone
        measured = scores_of(answering, benchmark, tasks, seed, progress=not options.json)
        scores = [measuring.beside_published(score, entry) for score in measured]
    if options.json:
        print(json.dumps(scores, indent=2))
    else:
        print_scores(scores)


def _refuse_beside_runs(options: argparse.Namespace) -> None:
    others = ("--tasks", options.tasks), ("--seed", options.seed), ("--card", options.card or None)
    for option, given in (*others, ("--transductive", options.transductive or None)):
        if given is not None:
            raise ZooError(f"--lake-runs takes no {option}: the runs are the same 20 for everybody; leave it out.")


def _evaluate_runs(options: argparse.Namespace, learner: Any) -> None:
    """Measure an entry on Lake's own 20 runs."""
    from zoo.evaluation import lake_runs
    from zoo.evaluation.scores import score

    benchmark = lake_runs.benchmark_of(learner, options.name, options.lake_runs)
    found = score(benchmark, benchmark.conditions()[0], lake_runs.error_rates_of_runs(learner, benchmark)).to_json()
    print(json.dumps([found], indent=2)) if options.json else print_scores([found])


def run_selfcheck(options: argparse.Namespace) -> None:
    """Check this installation: every entry is whole, and learners learn; a task model of each kind leaves in every format.

    It learns from examples that it makes, so it needs neither data sets nor a network.
    """
    from zoo.evaluation.self_check import check
    from zoo.learners.meta_learner import MetaLearner

    results: dict[str, dict[str, float]] = {}
    kinds = set()
    for name in registry.names():
        model = registry.load(name)
        known = type(model) in kinds
        kinds.add(type(model))
        results[name] = check(model, exports=not known)
        if not options.json:
            exports = f", exports agree to {max(results[name].values()):.1e}" if results[name] else ""
            print(f"{name}: weights whole{', learns' if isinstance(model, MetaLearner) else ''}{exports}")
    if options.json:
        print(json.dumps(results, indent=2))

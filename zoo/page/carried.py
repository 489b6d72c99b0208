"""The learners that the page carries: graphs as ONNX, each compared with the live model, and what the page must know of them.

Of learners of tables and of drawings there is also the graph of their tasks without their constants, into which the page writes
what it learned.
"""

import math
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, final

from tqdm import tqdm

from zoo.datasets.tables import rule
from zoo.hub import registry
from zoo.runtime import baked
from zoo.utils.checks import MISSING

TABLES = {"classes": "tabular", "numbers": "tabular_regression"}  # what a label is, and who learns it
DRAWINGS = "protonet_omniglot"  # who learns drawn symbols
LEARNERS = {
    "mela_sinusoid": ("fine_tune", "influence", "query_scores"),  # fine_tune without a step is adapt, so one graph does for both
    "maml_sinusoid": ("fine_tune",),
    "mela_bouncing_ball": ("rollout", "influence"),
} | dict.fromkeys((*TABLES.values(), DRAWINGS), ("adapt", "apply"))
AGENTS = {"lstm_bandit": ("reset", "act")}
MOST_KINDS = 10  # whole numbers of more kinds than this are numbers, as for `zoo learn`


@final
@dataclass(frozen=True)
class Carried:
    """What goes into the page.

    Attributes:
        payload: files by the id of their element.
        differences: of each learner and signature the largest absolute difference of its export from the live model.
        facts: plain data: limits of the learners, what the agents play, and the numbers of the rule of columns.
    """

    payload: dict[str, bytes] = field(default_factory=dict)
    differences: dict[str, dict[str, float]] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


def export(progress: bool = False) -> Carried:
    """Export every signature that the page runs.

    Args:
        progress: whether to show a progress bar.

    Raises:
        ZooError: if an export differs from the live model.
    """
    from zoo import export

    carried = Carried(
        facts={"learners": {}, "agents": {}, "drawings": DRAWINGS, "tables": {"learners": TABLES, "rule": rule_facts()}}
    )
    carrying = LEARNERS | AGENTS
    with (
        tempfile.TemporaryDirectory() as folder,
        tqdm(total=sum(map(len, carrying.values())), disable=not progress, unit="signature", leave=False) as bar,
    ):
        for name, signatures in carrying.items():
            learner = registry.load(name)
            if name in AGENTS:
                carried.facts["agents"][name] = _agent_facts(name, learner)
            else:
                carried.facts["learners"][name] = _facts(name, learner)
            for signature in signatures:
                bar.set_description(f"{name}: {signature}")
                path = Path(folder) / f"{name}-{signature}.onnx"
                carried.differences.setdefault(name, {}).update(export.onnx(learner, path, signature))
                carried.payload[f"payload-{path.stem}"] = path.read_bytes()
                bar.update()
            if name in (*TABLES.values(), DRAWINGS):
                model, _ = baked.template(Path(folder) / f"{name}-apply.onnx", f"task of {learner.title}")
                carried.payload[f"payload-{name}-task"] = model.SerializeToString(deterministic=True)
    return carried


def _facts(name: str, learner: Any) -> dict[str, Any]:
    threshold = learner.ood_threshold
    return {
        "task_bytes": registry.card(name)["task"]["bytes"],
        "most_rows": learner.most_rows,
        "most_classes": learner.most_classes,
        "ood_threshold": float(f"{threshold:.9g}") if math.isfinite(threshold) else None,
    }


def _agent_facts(name: str, policy: Any) -> dict[str, Any]:
    evaluation = registry.card(name)["evaluation"]
    rows = [("the agent", evaluation["scores"][0]), *((row["baseline"], row) for row in evaluation["baselines"])]
    return {
        "actions": policy.config.actions,
        "length": policy.config.length,
        "games": evaluation["tasks"],
        "averages": [(who, round(row["mean"], 1)) for who, row in sorted(rows, key=lambda each: -each[1]["mean"])],
    }


def rule_facts() -> dict[str, Any]:
    """The numbers of the rule of columns, which the page makes as Python does."""
    return {
        "missing": sorted(MISSING),
        "most_levels": rule.MOST_LEVELS,
        "most_inputs": rule.MOST_INPUTS,
        "gaps": rule.GAPS,
        "fewest_ids": rule.FEWEST_IDS,
        "fewest_copies": rule.FEWEST_COPIES,
        "deviations": list(rule.DEVIATIONS),
        "far": rule.FAR,
        "row_numbers": sorted(rule.ROW_NUMBERS),
        "most_kinds": MOST_KINDS,
    }

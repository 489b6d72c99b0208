"""The first page of a repository on the Hugging Face Hub: the card as metadata, which the hub reads, and as text.

The metadata are YAML between two lines of `---`; their keys are those of the hub's documentation of model cards.
"""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any, final

# Licences that the hub knows by its own names, which are those of SPDX in small letters; of others it is told the name beside.
LICENCES = (
    *("apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "isc", "unlicense", "mpl-2.0", "gpl-2.0", "gpl-3.0", "lgpl-3.0"),
    *("agpl-3.0", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-nc-nd-4.0"),
)
TRUTHS = ("on", "off", "yes", "no", "y", "n", "true", "false", "null")  # as keys, YAML 1.1 takes these for no texts
TAGS = ["few-shot-learning", "meta-learning", "keras", "onnx"]
FEW_SHOT = "few-shot-learning"  # the task of a score where the hub has no name for it


@final
@dataclasses.dataclass(frozen=True)
class Shown:
    """What a page says of a learner that is not on its card.

    Attributes:
        repository: user/name, as the examples of use name it.
        method: the class of the model.
        about: what the method is, and its paper.
        pipeline: the hub's name for what it does; empty where it has none.
        use: lines of Python after the one that loads it.
        signatures: names of the files of ONNX.
    """

    repository: str
    method: str
    about: str
    pipeline: str
    use: list[str]
    signatures: list[str]


def text(card: dict[str, Any], shown: Shown) -> str:
    """The whole page.

    Args:
        card: as `card.json` holds it.
        shown: the rest.
    """
    front = "\n".join(yaml(metadata(card, shown)))
    return f"---\n{front}\n---\n\n{_body(card, shown)}"


def metadata(card: dict[str, Any], shown: Shown) -> dict[str, Any]:
    """What stands above the text, as plain data."""
    licence = card.get("licence") or ""
    named = {"license": licence.lower()} if licence.lower() in LICENCES else {"license": "other", "license_name": licence}
    found: dict[str, Any] = named if licence else {}
    found |= {"library_name": "fewshot-zoo", "tags": [*TAGS, shown.method.lower()]}
    if shown.pipeline:
        found["pipeline_tag"] = shown.pipeline
    if scores := card.get("evaluation", {}).get("scores"):
        of = shown.pipeline or FEW_SHOT
        result = {
            "task": {"type": of, "name": of.replace("-", " ")},
            "dataset": {"type": card["data"].lower(), "name": card["data"]},
            "metrics": [_metric(score, card["evaluation"]["metric"]) for score in scores],
        }
        found["model-index"] = [{"name": card["name"], "results": [result]}]
    return found


def _metric(score: dict[str, Any], words: str) -> dict[str, Any]:
    """One score; its metric is what the card says in words, up to what it is taken over."""
    named = words.partition(";")[0]
    kind = "_".join(named.partition(" over ")[0].split())
    return {"type": kind, "value": score["mean"], "name": f"{named}; {_under(score)}", "args": score["condition"]}


def _under(score: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in score["condition"].items())


def yaml(value: Any, indent: str = "") -> Iterator[str]:
    """Plain data as lines of YAML: blocks, with texts in quotes as JSON has them."""
    items = (
        [(f"{_key(key)}:", each) for key, each in value.items()] if isinstance(value, dict) else [("-", each) for each in value]
    )
    for lead, each in items:
        if not isinstance(each, dict | list) or not each:
            yield f"{indent}{lead} {_scalar(each)}"
        elif lead == "-":
            first, *others = yaml(each, f"{indent}  ")
            yield f"{indent}- {first.lstrip()}"
            yield from others
        else:
            yield f"{indent}{lead}"
            yield from yaml(each, f"{indent}  ")


def _key(key: str) -> str:
    return json.dumps(key) if key.lower() in TRUTHS or not key.replace("-", "_").isidentifier() else key


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps("".join(letter for letter in value if letter.isprintable()), ensure_ascii=False)
    written = json.dumps(value)
    # YAML 1.1 takes 1e-05 for a text: a number with an exponent needs a point.
    return written.replace("e", ".0e") if isinstance(value, float) and "e" in written and "." not in written else written


def _body(card: dict[str, Any], shown: Shown) -> str:
    weights, training = card["weights"], card.get("training") or {}
    parts = [f"# {card['name']}", card.get("summary", ""), shown.about]
    parts += ["## Use", _use(shown), "## What is in it", _files(card, shown)]
    measured = card.get("evaluation", {})
    if scores := measured.get("scores"):
        metric = f"{measured['metric'][:1].upper()}{measured['metric'][1:]}"
        how = f"`{measured['command']}`, {measured['date']}, {measured['hardware']}"
        parts += ["## Scores", f"{metric}, on {card['data']}; {how}.", _table(scores)]
    if training:
        how = f"{training['minutes']} minutes on {training['hardware']}, {training['date']}"
        parts += ["## Training", f"`{training['command']}`, {how}."]
    licence = card.get("licence")
    said = f"The weights are under {licence}; see `LICENSE`." if licence else "Nobody has named a licence of these weights."
    parts += ["## Licence", f"{said} SHA-256 of `model.keras`: `{weights['sha256']}`."]
    return "\n\n".join(part for part in parts if part) + "\n"


def _use(shown: Shown) -> str:
    code = ["import zoo", "", f'learner = zoo.load("hf://{shown.repository}")', *shown.use]
    if any("np." in line for line in shown.use):
        code = ["import numpy as np", "", *code]
    return "\n".join(["```sh", "pip install 'fewshot-zoo[hub]'", "```", "", "```python", *code, "```"])


def _files(card: dict[str, Any], shown: Shown) -> str:
    rows = [
        f"- `model.keras`: the learner, {card['weights']['parameters']:,} parameters, {card['weights']['bytes']:,} bytes; a "
        f"{shown.method} of fewshot-zoo, a Keras model",
        f"- `onnx/`: the same without Python, a file for each signature: {', '.join(f'`{name}`' for name in shown.signatures)}",
        "- `card.json`: what was measured, and the checksum by which `zoo.load` knows the file",
    ]
    return "\n".join(rows)


def _table(scores: list[dict[str, Any]]) -> str:
    rows = [f"| {_under(each)} | {each['mean']:.5g} ± {each['interval']:.2g} | {each.get('published', '')} |" for each in scores]
    return "\n".join(["| under | mean ± 95 % | published |", "|---|---|---|", *rows])

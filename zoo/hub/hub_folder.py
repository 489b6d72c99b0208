"""A learner as the folder of a repository on the Hugging Face Hub: what `zoo.load("hf://user/name")` reads, and strangers too.

It holds:

    model.keras  card.json      the learner, and what was measured of it, with the checksum of the file
    onnx/                       a file for each signature
    README.md  LICENSE          the card for people, with the metadata that the hub reads, and the licence of the weights
"""

import importlib.metadata
import inspect
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.hub import hugging_face, readme, registry
from zoo.utils import files
from zoo.utils.errors import ZooError

if TYPE_CHECKING:
    from zoo.learners.zoo_model import ZooModel

ONNX, README, LICENCE = "onnx", "README.md", "LICENSE"
OTHERS = files.other_than(hugging_face.WEIGHTS, hugging_face.CARD, README, LICENCE, ONNX, f"{ONNX}/*.onnx")
SOMEBODY = "YOUR_NAME"  # in examples of use, where no user is named
APACHE = "Apache-2.0"
OWN_TASKS = "TaskTable"  # the class of a user's own tasks, whose cards name the entry that training began with


def write(name: str, to: str | Path, repository: str = "", licence: str = "", force: bool = False) -> dict[str, float]:
    """Write a learner as the folder of a repository, ready to be uploaded; each file of ONNX is compared with the live model.

    Args:
        name: as for `zoo.load`.
        to: the folder to make.
        repository: user/name of the repository, for the examples of use; by default a user to fill in.
        licence: of the weights; by default that of the card, or that which the learner itself names.
        force: whether such a folder that is there may be replaced.

    Returns:
        For each signature, the largest absolute difference from the live model.

    Raises:
        ZooError: for a learner without weights of the zoo, weights that are not those of their card, a repository that is not
            user/name, an export that differs, or a folder that is there.
    """
    files.refuse_existing(to, force, OTHERS)
    if name in registry.BORROWED or name.startswith("embeddings-"):
        raise ZooError(f"{name} has no weights of the zoo that could be uploaded; anybody loads it by its name already.")
    learner = registry.load(name)
    named = repository or f"{SOMEBODY}/{learner.title}"
    hugging_face.title(f"{hugging_face.SCHEME}{named}")
    from zoo.export import onnx

    with files.written_aside(to, force, OTHERS) as aside:
        aside.mkdir()
        _write_weights(name, learner, aside / hugging_face.WEIGHTS)
        card = _card(name, learner, aside / hugging_face.WEIGHTS, licence)
        differences = onnx(learner, aside / ONNX)
        text = json.dumps(card, indent=2, ensure_ascii=False, allow_nan=False)
        (aside / hugging_face.CARD).write_text(f"{text}\n", encoding="utf-8")
        (aside / README).write_text(readme.text(card, _shown(named, learner, differences)), encoding="utf-8")
        if card["licence"]:
            (aside / LICENCE).write_text(_licence_text(card["licence"]), encoding="utf-8")
    return differences


def _shown(named: str, learner: "ZooModel", signatures: Iterable[str]) -> readme.Shown:
    """What the page says beside the card."""
    return readme.Shown(
        repository=named,
        method=type(learner).__name__,
        about=inspect.cleandoc(inspect.getmodule(type(learner)).__doc__ or ""),  # the first paragraphs: the method and its paper
        pipeline=_pipeline(learner),
        use=_use(learner),
        signatures=sorted(signatures),
    )


def _write_weights(name: str, learner: "ZooModel", path: Path) -> None:
    """The very file that was loaded; of an entry that uses the weights of another one of its own."""
    if name in registry.names():
        own = registry.CARDS / name / hugging_face.WEIGHTS
        shutil.copyfile(own, path) if own.exists() else learner.save(path)
    elif hugging_face.is_named(name):
        shutil.copyfile(hugging_face.fetched(learner.origin["name"])[0], path)
    else:
        shutil.copyfile(learner.origin["name"], path)


def _card(name: str, learner: "ZooModel", path: Path, licence: str) -> dict[str, Any]:
    """The card that there is, or else what can be said without measuring; of these weights in either case."""
    known = _known(name, learner)
    weights = {
        "file": hugging_face.WEIGHTS,
        "sha256": files.sha256(path),
        "bytes": path.stat().st_size,
        "parameters": learner.count_params(),
    }
    if name in registry.names():
        known = {"summary": registry.summary(name), **known}
    elif known and known["weights"]["sha256"] != weights["sha256"]:
        raise ZooError(f"the card beside {name} is of other weights than these; measure them, or move the card away.")
    first = {
        "name": known.get("name", learner.title),
        "licence": licence or known.get("licence") or learner.licence,
        "data": _data(name, known),
    }
    return {**first, "weights": weights, **{key: value for key, value in known.items() if key not in (*first, "weights")}}


def _known(name: str, learner: "ZooModel") -> dict[str, Any]:
    if name in registry.names() or hugging_face.is_named(name):
        return registry.card(name)
    folder = Path(learner.origin["name"]).parent
    return registry.read_card(folder) if (folder / hugging_face.CARD).exists() else {}


def _pipeline(learner: "ZooModel") -> str:
    """The hub's name for what a learner does; empty where none fits."""
    from zoo.learners.acting.policy import Policy
    from zoo.learners.meta_learner import MetaLearner

    if isinstance(learner, Policy):
        return "reinforcement-learning"
    if not isinstance(learner, MetaLearner):
        return ""
    if learner.reads_tables:
        return "tabular-classification" if learner.tells_classes else "tabular-regression"
    pictures = learner.tells_classes and len(learner.example.axes) == 3
    return ("image-classification" if len(learner.labels.shape.axes) == 1 else "image-segmentation") if pictures else ""


def _data(name: str, known: dict[str, Any]) -> str:
    """What the scores of a card were measured on, by the name of its class; empty where there are none."""
    if "evaluation" not in known:
        return ""
    if name in registry.names():
        benchmark = registry.entry(name).benchmark
        return type(getattr(benchmark, "source", benchmark)).__name__
    return str(known.get("data") or (OWN_TASKS if "--tasks" in known["evaluation"]["command"] else known["name"]))


def _use(learner: "ZooModel") -> list[str]:
    """Lines that use a learner, with examples made up in its own shapes."""
    from zoo.learners.acting.policy import Policy
    from zoo.learners.meta_learner import MetaLearner

    if isinstance(learner, Policy):
        return ["agent = learner.agent()", "print(agent.act())"]
    if not isinstance(learner, MetaLearner):
        return ["print(sorted(learner.endpoints()))"]
    ends = ["task = learner.learn(x, y)", "print(task.predict(new))"]
    classes = 'y = ["elm", "oak"] * 5'
    if learner.reads_tables:
        rows = 'x = {"height": [3, 9, 4, 8, 2, 9, 3, 7, 4, 8], "leaf": ["long", "lobed"] * 5}'
        y = classes if learner.tells_classes else "y = [1.0, 2.1, 1.2, 1.9, 0.8, 2.2, 1.1, 1.8, 1.3, 2.0]"
        return [rows, y, 'new = {"height": [5], "leaf": ["lobed"]}', *ends]
    low, high = learner.input_range or (0, 1)
    start = f"np.random.default_rng(0).uniform({low:g}, {high:g}, "
    y = classes if learner.tells_classes else f"y = np.tanh(np.resize(x, [10, {learner.labels.shape.numbers}]))"
    examples, queries = (", ".join(map(str, shape.sizes)) for shape in (learner.example, learner.query))
    return [f"x = {start}[10, {examples}])  # yours here", y, f"new = {start}[3, {queries}])", *ends]


def _licence_text(licence: str) -> str:
    """What stands in LICENSE: of the zoo's own licence the text, of any other its name."""
    if licence == APACHE:
        beside = registry.PACKAGE.parent / LICENCE
        known = importlib.metadata.files("fewshot-zoo") or [] if not beside.exists() else []
        found = [beside] if beside.exists() else [Path(str(each.locate())) for each in known if each.name == LICENCE]
        if found:
            return found[0].read_text(encoding="utf-8")
    return f"The weights in this repository are licensed under {licence}.\n"

"""The folders of `entries/` are the registry: list it, import one entry, load its weights. Listing imports no TensorFlow."""

import ast
import difflib
import functools
import hashlib
import importlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.hub import hugging_face
from zoo.utils import backend, files
from zoo.utils.errors import ZooError, cut

if TYPE_CHECKING:
    from zoo.hub.entry import Entry
    from zoo.learners.zoo_model import ZooModel

PACKAGE = Path(__file__).resolve().parents[1]
ENTRIES, CARDS = PACKAGE / "entries", PACKAGE / "cards"
SHIPPED = "shipped"
BORROWED = ("photos",)  # names whose weights are somebody else's, each with a file of the hub
_EMBEDDINGS = re.compile(r"embeddings-[1-9][0-9]{0,4}")


def names() -> list[str]:
    """Every name in the zoo, sorted."""
    return sorted(_files())


@functools.cache
def _files() -> dict[str, Path]:
    """The file of every entry by its name; the folder it lies in is a shelf and not part of the name."""
    return {path.stem: path for path in ENTRIES.glob("*/*.py") if not path.stem.startswith("_")}


def check(name: str) -> str:
    """Return `name` if it is in the zoo.

    Raises:
        ZooError: if it is not; the message holds the closest names.
    """
    if name in names():
        return name
    if hugging_face.is_named(name):
        raise ZooError(f"{cut(name)} is a learner and no entry: it has no recipe and no benchmark; name one from `zoo list`.")
    close = difflib.get_close_matches(name, names(), 3, 0.4)
    hint = f"did you mean {' or '.join(close)}?" if close else f"`zoo list` shows the {len(names())} there are."
    raise ZooError(f"there is no entry {cut(repr(name))}; {hint}")


def shelf(name: str) -> str:
    """The folder below `entries/` that an entry's file lies in."""
    return _files()[check(name)].parent.name


def summary(name: str) -> str:
    """First line of an entry's file, read without importing it; of a learner of the hub what its card says."""
    if hugging_face.is_named(name):
        return cut(hugging_face.card(name).get("summary") or "a learner without a summary", 200)
    path = Path(__file__).with_name(f"{name}.py") if name in BORROWED else _files()[check(name)]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (ast.get_docstring(tree) or "").partition("\n")[0]


def entry(name: str) -> "Entry":
    """Import an entry.

    Raises:
        ZooError: if there is no entry of that name, or Keras has another backend than TensorFlow.
    """
    backend.check()
    return importlib.import_module(f"zoo.entries.{shelf(name)}.{name}").ENTRY


def card(name: str) -> dict[str, Any]:
    """The measured record of an entry: checksum, licence, training, scores, parity, latency; see `zoo show`.

    Args:
        name: of an entry, or of a learner of the hub, `hf://user/name`.

    Raises:
        ZooError: if there is no entry of that name, or it ships no card.
    """
    if hugging_face.is_named(name):
        return hugging_face.card(name)
    return read_card(CARDS / (name if name in BORROWED else check(name)))


def read_card(folder: Path) -> dict[str, Any]:
    """Read `card.json` of a folder.

    Raises:
        ZooError: if it is missing or damaged.
    """
    path = folder / "card.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ZooError(f"{path} is missing; `zoo evaluate` writes it, and reinstalling fewshot-zoo restores it.") from None
    except ValueError as error:
        raise ZooError(f"{path} is damaged ({error}); reinstall fewshot-zoo, or write it anew by `zoo evaluate`.") from None


def load(name: str, weights: str | None = SHIPPED) -> "ZooModel":
    """Load a learner, ready to learn tasks; offline, and never with untrained weights unless asked for.

    Args:
        name: a name in the zoo, or the path of a `model.keras` or of a folder that holds one, as `zoo train` makes; "photos",
            whose weights the extra of that name brings; "embeddings-384" for a learner of embeddings of so many numbers that
            something else made, which has no weights; or "hf://user/name" for one of the Hugging Face Hub, of its newest commit
            or "@" another, whose SHA-256 is checked against its card (extra hub; offline too, once it is in the hub's cache).
        weights: "shipped" for the trained weights, whose SHA-256 is checked against the card; None for fresh ones.

    Raises:
        ZooError: if the name is unknown, the weights are missing, damaged or do not match the card, the file holds no learner,
            or Keras has another backend than TensorFlow.
    """
    from zoo.hub import keras_file

    if weights not in (SHIPPED, None):
        raise ZooError(f"weights={weights!r}: pass 'shipped', or None for an untrained learner; a path goes in `name`.")
    backend.check()
    if _EMBEDDINGS.fullmatch(name):
        return _of_embeddings(name)
    if name in BORROWED:
        return importlib.import_module(f"zoo.hub.{name}").load(CARDS)
    if hugging_face.is_named(name):
        path, found = hugging_face.fetched(name)
        learner = _load_file(path, hugging_face.title(name))
        learner.origin = dict(found)
        return learner
    if own := _file(name):
        own = own.resolve() if files.is_file(own) else own
        return _load_file(own, own.parent.name if own.name == "model.keras" else own.stem)
    if weights is None:
        return _built(name)
    made_by = entry(name).weights_of or name
    folder = CARDS / made_by
    path, want = folder / "model.keras", read_card(folder)["weights"]["sha256"]
    if not path.exists():
        raise ZooError(f"the weights of {name} are missing ({path}); reinstall fewshot-zoo, or pass weights=None.")
    if files.sha256(path) != want:
        raise ZooError(f"{path} does not match the SHA-256 of its card: it is damaged; reinstall fewshot-zoo.")
    if made_by == name:
        learner = _load_file(path, name, known=True)
    else:
        learner = _built(name)
        keras_file.into(learner, path)
        _calibrate(learner, name)  # the file holds the calibration of the other's head
    learner.origin = {"name": name, "sha256": want}
    entry(name).tell(learner)
    return learner


def origin(name: str) -> dict[str, str]:
    """The name or path, and the SHA-256 of the weights, that `load(name)` notes in its learner, without loading it.

    Raises:
        ZooError: as `load`, for a name that stands for nothing.
    """
    if _EMBEDDINGS.fullmatch(name):
        return {"name": name, "sha256": hashlib.sha256(name.encode()).hexdigest()}
    if name in BORROWED:
        return importlib.import_module(f"zoo.hub.{name}").origin(CARDS)
    if hugging_face.is_named(name):
        return hugging_face.origin(name)
    if own := _file(name):
        if not files.is_file(own):
            raise ZooError(f"{own} is gone; put the learner back there, or choose another.")
        return {"name": str(own.resolve()), "sha256": files.sha256(own)}
    folder = CARDS / check(name)
    if not (folder / "card.json").exists() and (made_by := entry(name).weights_of):
        folder = CARDS / made_by
    return {"name": name, "sha256": read_card(folder)["weights"]["sha256"]}


def _of_embeddings(name: str) -> "ZooModel":
    """The learner of embeddings of so many numbers."""
    from zoo.models.encoded import encoded

    learner = encoded(None, shape=int(name.rpartition("-")[2]))
    learner.title, learner.origin = name, origin(name)
    return learner


def _calibrate(learner: "ZooModel", name: str) -> None:
    """Set the calibration that is on an entry's own card; none before there is one."""
    from zoo.learners.capabilities.calibrates import Calibrates, Calibration

    path = CARDS / name
    known = read_card(path)["evaluation"].get("calibration", {}) if (path / "card.json").exists() else {}
    if isinstance(learner, Calibrates):
        learner.calibration = Calibration(
            **{key: known[key] for key in ("temperature", "spread", "ood_threshold") if key in known}
        )


def _file(name: str) -> Path | None:
    """The file that a name stands for; None where it is, or should be, the name of an entry."""
    path = Path(name)
    if name in names() or not (path.suffix == ".keras" or files.is_folder(path)):
        return None
    return path / "model.keras" if files.is_folder(path) else path


def _load_file(path: Path, title: str, known: bool = False) -> "ZooModel":
    from zoo.hub import keras_file

    learner = keras_file.load(path, known)
    learner.title = title
    learner.origin = {"name": str(path.resolve()), "sha256": files.sha256(path)}
    return learner


def _built(name: str) -> "ZooModel":
    learner = entry(name).build()
    learner.title = name
    return learner

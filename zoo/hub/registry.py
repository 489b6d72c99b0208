"""The folders of `entries/` are the registry: list it, import one entry, load its weights. Listing imports no TensorFlow."""

import ast
import difflib
import functools
import importlib
import json
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.utils import files
from zoo.utils.errors import ZooError

if TYPE_CHECKING:
    from zoo.hub.entry import Entry
    from zoo.learners.zoo_model import ZooModel

PACKAGE = Path(__file__).resolve().parents[1]
ENTRIES, CARDS = PACKAGE / "entries", PACKAGE / "cards"
SHIPPED = "shipped"


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
    close = difflib.get_close_matches(name, names(), 3, 0.4)
    hint = f"did you mean {' or '.join(close)}?" if close else f"the zoo has {', '.join(names())}."
    raise ZooError(f"there is no entry {name!r}; {hint}")


def shelf(name: str) -> str:
    """The folder below `entries/` that an entry's file lies in."""
    return _files()[check(name)].parent.name


def summary(name: str) -> str:
    """First line of an entry's file, read without importing it."""
    tree = ast.parse(_files()[check(name)].read_text(encoding="utf-8"))
    return (ast.get_docstring(tree) or "").partition("\n")[0]


def entry(name: str) -> "Entry":
    """Import an entry.

    Raises:
        ZooError: if there is no entry of that name.
    """
    return importlib.import_module(f"zoo.entries.{shelf(name)}.{name}").ENTRY


def card(name: str) -> dict[str, Any]:
    """The measured record of an entry: checksum, licence, training, scores, parity, latency; see `zoo show`.

    Raises:
        ZooError: if there is no entry of that name, or it ships no card.
    """
    return read_card(CARDS / check(name))


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
        name: a name in the zoo, or the path of a `model.keras` or of a folder that holds one, as `zoo train` makes.
        weights: "shipped" for the trained weights, whose SHA-256 is checked against the card; None for fresh ones.

    Raises:
        ZooError: if the name is unknown, or the weights are missing or do not match the card.
    """
    if weights not in (SHIPPED, None):
        raise ZooError(f"weights={weights!r}: pass 'shipped', or None for an untrained learner; a path goes in `name`.")
    path = Path(name)
    if name not in names() and (path.suffix == ".keras" or path.is_dir()):
        return _load_file(path / "model.keras" if path.is_dir() else path)
    if weights is None:
        return entry(name).build()
    made_by = entry(name).weights_of or name
    folder = CARDS / made_by
    path, want = folder / "model.keras", read_card(folder)["weights"]["sha256"]
    if not path.exists():
        raise ZooError(f"the weights of {name} are missing ({path}); reinstall fewshot-zoo, or pass weights=None.")
    if files.sha256(path) != want:
        raise ZooError(f"{path} does not match the SHA-256 of its card: it is damaged; reinstall fewshot-zoo.")
    if made_by == name:
        learner = _load_file(path)
    else:
        learner = entry(name).build()
        learner.load_weights(path)
        _calibrate(learner, name)  # the file holds the calibration of the other's head
    learner.origin = {"name": name, "sha256": want}
    entry(name).tell(learner)
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


def _load_file(path: Path) -> "ZooModel":
    import keras

    import zoo.models

    for module in pkgutil.iter_modules(zoo.models.__path__):  # so that Keras knows every learner by name
        importlib.import_module(f"zoo.models.{module.name}")
    try:
        learner = keras.saving.load_model(path, compile=False, safe_mode=True)
    except (OSError, ValueError, KeyError) as error:
        raise ZooError(f"{path} cannot be read as a Keras model ({error}); train it again, or choose another.") from None
    learner.origin = {"name": str(path.resolve()), "sha256": files.sha256(path)}
    return learner

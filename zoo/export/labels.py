"""Class names travel with a classifier's learned task: which class each logit of `prediction` belongs to.

Every format keeps them where its own tools look: ONNX in the metadata of the model, under "classes", as a JSON list; LiteRT as a
file `labels.txt` packed behind the model, which any unzip takes out; a SavedModel in `assets.extra/labels.txt`. A text holds one
class a line, in the order of the logits.
"""

import json
import zipfile
from pathlib import Path

import onnx as onnx_proto

from zoo.export.signatures import Exportable

KEY, FILE, EXTRA = "classes", "labels.txt", "assets.extra"
_SINCE = (1980, 1, 1, 0, 0, 0)  # the same export gives the same bytes, whenever it is made


def into_saved_model(model: Exportable, folder: Path) -> None:
    """Add the classes of a task model, if it has any, to a SavedModel."""
    if names := _classes(model):
        (folder / EXTRA).mkdir(exist_ok=True)
        (folder / EXTRA / FILE).write_text(_text(names), encoding="utf-8", errors="replace")


def into_onnx(model: Exportable, path: Path) -> None:
    """Add them to an ONNX file, or to every one in a folder."""
    for file in sorted(path.glob("*.onnx")) if path.is_dir() else [path]:
        if names := _classes(model):
            whole = onnx_proto.load(file)
            onnx_proto.helper.set_model_props(whole, {KEY: json.dumps(names)})
            file.write_bytes(whole.SerializeToString(deterministic=True))


def into_litert(model: Exportable, path: Path) -> None:
    """Add them to a LiteRT file."""
    if names := _classes(model):
        with zipfile.ZipFile(path, "a") as packed:
            packed.writestr(zipfile.ZipInfo(FILE, _SINCE), _text(names))


def read(path: str | Path) -> list[str]:
    """The classes that were exported with a model, as texts; an empty list where there are none.

    Args:
        path: a SavedModel's folder, an ONNX file, or a LiteRT file.
    """
    path = Path(path)
    if path.is_dir():
        file = path / EXTRA / FILE
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            return packed.read(FILE).decode("utf-8").splitlines()
    if path.suffix == ".onnx":
        found = {entry.key: entry.value for entry in onnx_proto.load(path).metadata_props}
        return [str(name) for name in json.loads(found.get(KEY, "[]"))]
    return []


def _classes(model: Exportable) -> list:
    return list(getattr(model, "classes", ()))


def _text(names: list) -> str:
    """One class a line; white space within a name, a line break above all, becomes one space."""
    return "".join(f"{' '.join(str(name).split())}\n" for name in names)

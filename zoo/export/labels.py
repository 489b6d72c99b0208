"""The classes of an exported task, in the order of the logits of `prediction`, its out-of-distribution threshold, and licences.

Each format stores them where its own tools look: ONNX in the metadata of the model, the classes as a JSON list under "classes";
LiteRT as a ZIP archive appended to the model, as its metadata is; a SavedModel in `assets.extra/`. `labels.txt` has one class a
line; `licence.txt` names licence and checksum of weights of somebody else's; `ood_threshold.txt`, if calibration measured it, the
number above which the out-of-distribution score of an example, `-max(prediction)`, means that it is of none of the classes. A
task of a table has a score of its own, which a SavedModel gives in `classify` and the other formats do not, and so has its
threshold there alone.
"""

import json
import math
import zipfile
from pathlib import Path

import onnx as onnx_proto

from zoo.export import columns
from zoo.export.signatures import Exportable

KEY, FILE, EXTRA = "classes", "labels.txt", "assets.extra"
THRESHOLD = "ood_threshold"
LICENCE = "licence"
FILES = (FILE, f"{THRESHOLD}.txt", f"{LICENCE}.txt")
_SINCE = (1980, 1, 1, 0, 0, 0)  # a fixed date, so that equal exports have equal bytes


def into_saved_model(model: Exportable, folder: Path) -> None:
    """Add classes, threshold, licence and the rule of columns, where a model has them, to a SavedModel."""
    more = {columns.FILE: columns.text(model)} if model.columns else {}
    if model.columns and model.classes:
        more[f"{THRESHOLD}.txt"] = _text_of(model.ood_threshold)
    for name, text in {name: text for name, text in (_files(model) | more).items() if text}.items():
        (folder / EXTRA).mkdir(exist_ok=True)
        (folder / EXTRA / name).write_text(text, encoding="utf-8", errors="replace")


def into_onnx(model: Exportable, path: Path) -> None:
    """Add them to an ONNX file, or to every one in a folder."""
    names, more = _classes(model), {THRESHOLD: _threshold(model), LICENCE: model.licence}
    more = {key: text for key, text in more.items() if text and (names or key == LICENCE)}
    if names:
        more[KEY] = json.dumps(names)
    if not more:
        return
    for file in sorted(path.glob("*.onnx")) if path.is_dir() else [path]:
        whole = onnx_proto.load(file)
        onnx_proto.helper.set_model_props(whole, dict(sorted(more.items())))
        file.write_bytes(whole.SerializeToString(deterministic=True))


def into_litert(model: Exportable, path: Path) -> None:
    """Add them to a LiteRT file."""
    if texts := _files(model):
        with zipfile.ZipFile(path, "a") as packed:
            for name, text in texts.items():
                packed.writestr(zipfile.ZipInfo(name, _SINCE), text)


def read(path: str | Path) -> list[str]:
    """The exported classes of a model, as strings; an empty list where there are none.

    Args:
        path: a SavedModel's folder, an ONNX file, or a LiteRT file.
    """
    path = Path(path)
    if path.suffix.lower() == ".onnx":
        return [str(name) for name in json.loads(_metadata(path).get(KEY, "[]"))]
    return _packed(path, FILE).splitlines()


def ood_threshold(path: str | Path) -> float:
    """The exported out-of-distribution threshold of a model; infinity where there is none."""
    path = Path(path)
    text = _metadata(path).get(THRESHOLD) if path.suffix.lower() == ".onnx" else _packed(path, f"{THRESHOLD}.txt")
    return float(text) if text else math.inf


def _metadata(path: Path) -> dict[str, str]:
    return {entry.key: entry.value for entry in onnx_proto.load(path).metadata_props}


def _packed(path: Path, name: str) -> str:
    """The text `name` in a SavedModel's folder or behind a LiteRT model; empty where there is none."""
    if path.is_dir():
        file = path / EXTRA / name
        return file.read_text(encoding="utf-8") if file.exists() else ""
    if not zipfile.is_zipfile(path):
        return ""
    with zipfile.ZipFile(path) as packed:
        return packed.read(name).decode("utf-8") if name in packed.namelist() else ""


def _files(model: Exportable) -> dict[str, str]:
    """Name and text of each file to add to a model."""
    licence = f"{model.licence}\n" if model.licence else ""
    texts = {FILE: _text(_classes(model)), f"{THRESHOLD}.txt": _threshold(model), f"{LICENCE}.txt": licence}
    return {name: text for name, text in texts.items() if text}


def _classes(model: Exportable) -> list:
    return list(model.classes)


def _threshold(model: Exportable) -> str:
    """The threshold of `-max(prediction)` as text; empty where there is none."""
    return "" if model.columns else _text_of(model.ood_threshold)


def _text_of(threshold: float) -> str:
    return f"{threshold:.9g}" if math.isfinite(threshold) else ""


def _text(names: list) -> str:
    """One class a line; white space in a name, such as a line break, becomes one space."""
    return "".join(f"{' '.join(str(name).split())}\n" for name in names)

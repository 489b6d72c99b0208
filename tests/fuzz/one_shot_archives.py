"""Archives of one-shot runs: a whole one with members lost, exchanged, renamed, damaged or packed, and an archive that is cut."""

import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import one_shot_runs
from hypothesis import strategies as st

from fuzz.damage import ODD_TEXTS, damaged
from fuzz.kind import Kind
from zoo.datasets import LakeRuns

PICTURE, LABELS = "run11/test/item07.png", "run20/class_labels.txt"
HOW = ("member", "member", "labels", "labels", "lost", "swapped", "bytes", "large", *["more", "side", "packed"] * 3)
ODD_NAMES = ("../x", "a\nb", "/etc/x", "run21/class_labels.txt", "__MACOSX/._run01", "caf\u00e9.png", "a" * 3000)


@dataclass(frozen=True)
class Archive:
    """An archive, too long to be shown, and what was done to it."""

    done: str
    data: bytes = field(repr=False)


@st.composite
def _archives(draw: st.DrawFn) -> Archive:
    parts = dict(one_shot_runs.members())
    name = draw(st.sampled_from([PICTURE, PICTURE, LABELS, LABELS, "run01/training/class01.png"]))
    how = draw(st.sampled_from(HOW))
    match how:
        case "member":
            parts[name] = draw(damaged(parts[name]))
        case "labels":
            words = parts[LABELS].decode().split("\n")
            at = draw(st.integers(0, len(words) - 1))
            words[at : at + 1] = draw(st.lists(st.sampled_from([*words[:3], *ODD_TEXTS[:4], *ODD_TEXTS[6:]]), max_size=2))
            parts[LABELS] = draw(st.sampled_from(["\n", "\r\n", " \n", "\n\n"])).join(words).encode()
        case "lost":
            del parts[name]
        case "more":
            parts[draw(st.sampled_from(ODD_NAMES))] = draw(st.binary(max_size=20))
        case "swapped":
            parts[PICTURE] = parts[draw(st.sampled_from(["run01/test/item01.png", LABELS]))]
        case "side":
            side, mode = (
                draw(st.sampled_from([1, 104, 105, 105, 105, 1000])),
                draw(st.sampled_from(["1", "L", "RGB", "P", "LA", "RGBA"])),
            )
            parts[PICTURE] = one_shot_runs.png(np.array([[0, 0]]), side, mode)
        case "large":
            parts[name] = bytes(draw(st.sampled_from([2**16, 2**16 + 1, 2**22])))
    packed = draw(st.sampled_from([*[zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED] * 4, zipfile.ZIP_LZMA]))
    whole = one_shot_runs.zipped(parts, packed)
    return Archive(f"{how}, {name}, method {packed}", draw(damaged(whole)) if how == "bytes" else whole)


def _opened(given: Archive, folder: Path) -> None:
    path = folder / "all_runs.zip"
    path.write_bytes(given.data)
    tasks = LakeRuns(path, 7).draw()
    assert tasks.support_x.shape == tasks.query_x.shape == (20, 20, 7, 7, 1)
    assert (tasks.query_y.sum(axis=1) == 1).all()  # each class once
    assert tasks.query_x.min() >= 0
    assert tasks.query_x.max() <= 1


KIND = Kind("one-shot runs", 20, _archives(), _opened, Archive("", one_shot_runs.zipped(one_shot_runs.members())))

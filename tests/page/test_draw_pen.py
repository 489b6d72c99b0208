"""The page draws strokes as Python does: the same bytes, for strokes of every kind."""

import json
import shutil
import subprocess
import sysconfig
from pathlib import Path

import numpy as np
import pytest

from zoo.datasets.images import strokes
from zoo.page import builder

WEB = Path(__file__).resolve().parents[1] / "web"
UNITS = strokes.UNITS


def scribbles():
    """Two hundred drawings: long and short strokes, dots, points that repeat, and all along the edges."""
    generator = np.random.default_rng(0)
    found = [[], [[[0, 0]]], [[[UNITS, UNITS]]], [[[0, 0], [UNITS, UNITS]], [[UNITS, 0], [0, UNITS]]], [[[840, 840], [840, 840]]]]
    found += [[[[0, 0], [UNITS, 0], [UNITS, UNITS], [0, UNITS], [0, 0]]]]
    for number in range(200):
        near = 60 if number % 2 else UNITS
        drawing = []
        for _ in range(generator.integers(1, 5)):
            steps = generator.integers(-near, near + 1, [generator.integers(1, 30), 2])
            drawing.append(np.clip(generator.integers(0, UNITS + 1, 2) + np.cumsum(steps, axis=0), 0, UNITS).tolist())
        found.append(drawing)
    return found


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """What the page makes of all scribbles."""
    folder = tmp_path_factory.mktemp("modules")
    shutil.copy(builder.ASSETS / "draw_pen.js", folder)
    (folder / "package.json").write_text('{"type": "module"}')
    node = shutil.which("node", path=sysconfig.get_path("scripts")) or "node"
    jobs = "".join(json.dumps({"strokes": drawing}) + "\n" for drawing in scribbles())
    command = [node, str(WEB / "draw_pen.mjs"), str(folder)]
    done = subprocess.run(command, input=jobs, capture_output=True, encoding="utf-8", timeout=600, check=True)
    return [json.loads(line)["bytes"] for line in done.stdout.splitlines()]


def test_the_same_strokes_are_the_same_bytes(pictures):
    drawings = scribbles()
    assert len(pictures) == len(drawings)
    for drawing, got in zip(drawings, pictures, strict=True):
        np.testing.assert_array_equal(np.array(got).reshape(28, 28, 1), strokes.drawn(drawing))


def test_the_golden_drawing_has_the_bytes_that_it_always_had(pictures):
    """The cross of the fourth scribble, whose first row is written here."""
    assert pictures[3][:4] == pictures[3][27:23:-1] == strokes.drawn(scribbles()[3])[0, :4, 0].tolist()
    assert pictures[3][:4] == [228, 58, 0, 0]

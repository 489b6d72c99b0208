"""What commands need of a learner: after the first time they do without TensorFlow, to the same answers."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageDraw

# A fresh interpreter, in which TensorFlow and Keras cannot be imported, and no name can be looked up.
ALONE = """
import socket, sys
class Absent:
    def find_spec(self, name, *rest):
        if name.partition(".")[0] in {"tensorflow", "keras", "tf2onnx", "tensorflow_datasets"}:
            raise AssertionError(f"{name} was imported")
sys.meta_path.insert(0, Absent())
def refuse(*arguments, **options): raise AssertionError("the network was asked")
socket.getaddrinfo = socket.socket.connect = refuse
from zoo import cli
sys.exit(cli.main(sys.argv[1:]))
"""


def alone(folder, *arguments):
    done = subprocess.run([sys.executable, "-c", ALONE, *arguments], cwd=folder, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_table_is_learned_predicted_and_updated_without_tensorflow(zoo, points):
    assert zoo("learn", "mela_sinusoid", "--support", points, "--out", "wave")[0] == 0
    want = zoo("predict", "wave", "--query", "new.csv")[1]
    assert (points.parent / "wave/task.onnx").exists()
    assert alone(points.parent, "predict", "wave", "--query", "new.csv") == want
    alone(points.parent, "learn", "mela_sinusoid", "--support", str(points), "--out", "again")
    got, same = (
        np.genfromtxt(text.splitlines(), delimiter=",", skip_header=1)
        for text in (alone(points.parent, "predict", "again", "--query", "new.csv"), want)
    )
    np.testing.assert_allclose(got, same, rtol=1e-4)
    said = alone(points.parent, "update", "wave", "--support", str(points), "--out", "wave", "--force")
    assert said == "learned wave from 20 rows, 10 of them new: 7,044 bytes\n"


@pytest.fixture
def shapes(tmp_path):
    for name, box in (("ring", (4, 4, 23, 23)), ("dot", (11, 11, 16, 16))):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        picture = Image.new("L", (28, 28), 255)
        ImageDraw.Draw(picture).ellipse(box, outline=0, width=2)
        picture.save(tmp_path / "pictures" / name / "0.png")
    return tmp_path


def test_pictures_are_learned_predicted_and_updated_without_tensorflow(zoo, shapes):
    assert zoo("learn", "protonet_omniglot", "--support", "pictures", "--out", "shapes")[0] == 0
    want = zoo("predict", "shapes", "--query", "pictures", "--json")[1]
    assert not (shapes / "shapes/task.onnx").exists()  # tasks share the encoder, which is prepared once
    assert alone(shapes, "predict", "shapes", "--query", "pictures", "--json") == want
    alone(shapes, "learn", "protonet_omniglot", "--support", "pictures", "--out", "again")
    assert "dot (2), ring (2)" in alone(shapes, "update", "again", "--support", "pictures", "--out", "more")
    (shapes / "pictures/dot").rename(shapes / "pictures/speck")
    said = alone(shapes, "update", "again", "--support", "pictures", "--out", "more", "--force")
    assert "dot (1), ring (2), speck (1)" in said

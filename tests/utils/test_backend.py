import json
import os
import subprocess
import sys

import pytest

from zoo import ZooError
from zoo.utils import backend

LOAD = "import zoo; task = zoo.load({0!r}).learn({1}); print(task.answers({2}).tolist())"
FRAMES = "__import__('numpy').linspace(0, 1, 2 * 3 * 39 * 39).reshape(2, 3, 39, 39)"
PICTURES = "__import__('numpy').linspace(0, 1, 4 * 28 * 28).reshape(4, 28, 28, 1)"


def run(code, **environment):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment})


def test_tensorflow_passes():
    backend.check()


@pytest.mark.parametrize(
    "code",
    [
        "import zoo; zoo.load('mela_sinusoid')",
        "import zoo; zoo.layers",
        "import zoo; zoo.models",
        "import zoo; zoo.load_task('x')",
        "from zoo.models.maml import MAML",
        "import zoo; zoo.export",
        "import zoo; zoo.FewShotClassifier",
    ],
)
def test_another_backend_is_named_wherever_one_begins(code):
    done = run(code, KERAS_BACKEND="jax")
    assert "ZooError: Keras' backend is 'jax' (KERAS_BACKEND=jax), but zoo runs on Keras' TensorFlow backend" in done.stderr


def test_another_backend_in_the_file_of_keras_is_named(tmp_path, monkeypatch):
    (tmp_path / "keras.json").write_text(json.dumps({"backend": "torch"}))
    done = run("import zoo.cli, sys; sys.exit(zoo.cli.main(['selfcheck']))", KERAS_HOME=str(tmp_path), KERAS_BACKEND="")
    assert done.returncode == 2
    assert done.stderr.startswith("zoo selfcheck: Keras' backend is 'torch' (")
    assert len(done.stderr.splitlines()) == 1
    monkeypatch.setattr(backend.sys, "modules", {})
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with pytest.raises(ZooError, match=r"'torch' \(.*keras\.json\)"):
        backend.check()
    for text in ("nothing", "[]", "{}"):
        (tmp_path / "keras.json").write_text(text)
        backend.check()


def test_what_needs_no_keras_works_under_any_backend():
    assert run("import zoo.cli; zoo.cli.main(['list'])", KERAS_BACKEND="jax").returncode == 0


@pytest.mark.parametrize(
    ("name", "support", "queries"),
    [
        ("protonet_omniglot", f"{PICTURES}, ['elm', 'oak'] * 2", PICTURES),
        (
            "mela_video",
            "__import__('numpy').ones([2, 3, 39, 39]), __import__('numpy').ones([2, 1521])",
            "[[[[0.5] * 39] * 39] * 3]",
        ),
    ],
)
def test_pictures_are_channels_last_whatever_keras_is_set_to(tmp_path, name, support, queries):
    (tmp_path / "keras.json").write_text(json.dumps({"image_data_format": "channels_first", "backend": "tensorflow"}))
    code = LOAD.format(name, support, queries)
    one, other = run(code, KERAS_HOME=str(tmp_path)), run(code)
    assert one.stdout == other.stdout != ""

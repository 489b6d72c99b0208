import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from zoo import ZooError
from zoo.utils import backend

DRAWN = np.linspace(0, 1, 4 * 28 * 28).reshape(4, 28, 28, 1)
PICTURES = {
    "protonet_omniglot": ((DRAWN, ["elm", "oak"] * 2), DRAWN),
    "mela_video": ((np.ones([2, 3, 39, 39]), np.ones([2, 1521])), np.full([1, 3, 39, 39], 0.5)),
}
FIRST = """
import json, keras, numpy as np, sys, zoo
sys.path.insert(0, {place!r})
print(keras.config.image_data_format())
from test_backend import PICTURES
for name, (support, queries) in PICTURES.items():
    print(json.dumps(zoo.load(name).learn(*support).answers(queries).tolist()))
"""


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


def test_pictures_are_channels_last_whatever_keras_is_set_to(tmp_path, shipped):
    (tmp_path / "keras.json").write_text(json.dumps({"image_data_format": "channels_first", "backend": "tensorflow"}))
    told = run(FIRST.format(place=str(Path(__file__).parent)), KERAS_HOME=str(tmp_path))
    assert told.stdout.splitlines()[0] == "channels_first", told.stderr
    for line, (name, (support, queries)) in zip(told.stdout.splitlines()[1:], PICTURES.items(), strict=True):
        want = shipped(name).learn(*support).answers(queries)
        np.testing.assert_allclose(json.loads(line), want, rtol=1e-5, atol=1e-5)

import shutil
import subprocess

import numpy as np
import pytest

from zoo import ZooError
from zoo.serving.publishing import verification, warm_up


def test_a_fresh_process_answers_every_record_as_the_live_model(published, tiny):
    records, answers = list(warm_up.read(published.path)), verification.answers(published.path)
    assert len(answers) == len(records)
    for (signature, inputs), answer in zip(records, answers, strict=True):
        if signature == "serving_default":
            want = tiny.endpoints()[signature](**inputs)["prediction"].numpy()
            np.testing.assert_allclose(answer["prediction"], want, rtol=1e-4, atol=1e-5)


def test_a_model_that_loads_and_fails_its_first_request_is_caught(published, tmp_path):
    shutil.copytree(published.path, tmp_path / "half")
    shutil.rmtree(tmp_path / "half/variables")
    with pytest.raises(ZooError, match=r"cannot be served; TensorFlow's C\+\+ loader: .*Could not find variable") as caught:
        verification.answers(tmp_path / "half")
    assert "\n" not in str(caught.value)


def test_a_process_that_hangs_is_given_up(published, monkeypatch):
    def hang(command, **options):
        raise subprocess.TimeoutExpired(command, options["timeout"])

    monkeypatch.setattr(verification.subprocess, "run", hang)
    with pytest.raises(ZooError, match=r"did not answer its warm-up records within 600 seconds; export fewer signatures"):
        verification.answers(published.path)

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import zoo as library
from zoo.cli import samples
from zoo.utils import tables


@pytest.fixture
def written(zoo, tmp_path):
    assert zoo("samples")[0] == 0
    return tmp_path / "samples"


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_tables_hold_points_of_one_wave_in_the_range_of_training(written):
    for name, label in zip(samples.WAVES, ("y", "y", "truth"), strict=True):
        header, numbers = tables.read(written / name)
        assert header == ["x", label]
        np.testing.assert_allclose(numbers[:, 1], 3 * np.sin(numbers[:, 0] - 1), atol=1e-4)
        assert np.abs(numbers[:, 0]).max() <= 5
    assert len(tables.read(written / samples.TABLES[0])[1]) == 10


def test_flowers_have_numbers_gaps_words_and_kinds_that_can_be_told_apart(written, shipped):
    known, new = (pd.read_csv(written / name) for name in ("flowers.csv", "flowers_new.csv"))
    assert known["kind"].value_counts().nunique() == 1 and known.isna().any().any() and new.isna().any().any()
    task = shipped("tabular").learn(known.drop(columns="kind"), known["kind"])
    assert task.predict(new.drop(columns="truth")).tolist() == new["truth"].tolist()


def test_pictures_are_three_of_each_kind_and_new_ones_with_a_stranger(written):
    made = {path for path in contents(written) if path.endswith(".png")}
    known = {f"pictures/{kind}/{number}.png" for kind in samples.KINDS for number in (1, 2, 3)}
    assert made == known | {f"new_pictures/{kind}.png" for kind in (*samples.KINDS, *samples.STRANGER)}
    assert len(samples.KINDS) == 3 and not samples.KINDS.keys() & samples.STRANGER.keys()
    assert len(set(contents(written).values())) == len(made) + len(samples.TABLES)  # no two are alike


def test_what_is_written_is_the_same_each_time(zoo, written, tmp_path):
    facts = json.loads(zoo("samples", "--out", "again", "--json")[1])
    assert contents(tmp_path / "again") == contents(written)
    assert {*facts["tables"], *facts["pictures"]} == contents(written).keys()


def test_a_folder_is_replaced_only_when_asked_for_and_only_the_zoos_own(zoo, written):
    code, _, err = zoo("samples")
    assert code == 2 and "exists already" in err
    assert zoo("samples", "--force")[0] == 0
    (written / "thesis.txt").touch()
    code, _, err = zoo("samples", "--force")
    assert code == 2 and "nothing that the zoo wrote" in err
    assert (written / "thesis.txt").exists()


def test_neither_tensorflow_nor_keras_is_imported(tmp_path):
    """In a process of its own, as these here have imported both."""
    code = "import sys; from zoo import cli; cli.main(['samples']); print(sorted({'keras', 'tensorflow'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", ["protonet_omniglot", "protonet_pictures"])
def test_entries_of_pictures_tell_the_samples_apart_and_the_stranger_from_them(written, shipped, name):
    from zoo.datasets import read_folder, read_pictures

    learner = shipped(name)
    kind = {"size": learner.example.sizes[0], "channels": learner.example.sizes[2]}
    data, _ = read_folder(written / "pictures", **kind)
    task = learner.learn(data.x, [data.names[label] for label in data.labels])
    x, files, _ = read_pictures(sorted((written / "new_pictures").iterdir()), **kind)
    names, probability, score = task.classify(x)
    is_new = np.array([path.stem in samples.STRANGER for path in files])
    assert names[~is_new].tolist() == [path.stem for path in files if path.stem in samples.KINDS]
    assert probability[~is_new].max(axis=1).min() > 0.99
    assert 1.5 * score[~is_new].max() < task.ood_threshold < score[is_new].min() / 1.5  # none of them is a close call


def test_the_commands_that_it_names_are_right_about_the_wave(zoo, written, tmp_path):
    said = zoo("samples", "--out", "b")[1]
    typed = [line.split()[1:] for line in said.splitlines() if line.startswith("  zoo ")]
    assert [words[0] for words in typed] == ["learn", "predict"] * 3
    for words in typed[2:4]:
        code, out, err = zoo(*words)
        assert (code, err) == (0, "")
    rows = np.array([line.split(",") for line in out.splitlines()[1:]], float)
    np.testing.assert_allclose(rows[:, 2], rows[:, 1], atol=0.02)
    assert library.load_task(tmp_path / "wave").size == 10

"""`zoo predict NAME --tasks`: files in, files out, and the end in words or as JSON."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with two shards of waves, and a CSV of more."""
    folder = tmp_path_factory.mktemp("bulk")
    (folder / "tasks").mkdir()
    for number in range(2):
        x = np.linspace(-4, 4, 10)
        rows = [
            {"task_id": 10 * number + each, "support_x": x, "support_y": 2 * np.sin(x - each / 2), "query_x": [0.5, 1.5]}
            for each in range(5)
        ]
        pq.write_table(pa.Table.from_pylist(rows), folder / f"tasks/part-{number}.parquet")
    lines = [f"007,{each},{2 * np.sin(each - 1)}" for each in np.linspace(-4, 4, 10)]
    (folder / "more.csv").write_text("\n".join(["task_id,t,height", *lines, "007,0.5,", "bad,1.0,"]))
    return folder


def test_waves_are_answered_and_what_is_there_stays(zoo, place):
    code, out, _ = zoo("predict", "mela_sinusoid", "--tasks", "tasks", "--out", "answers", "--workers", "1", "--json")
    facts = json.loads(out)
    assert (code, facts["tasks"], facts["errors"], facts["shards"], facts["workers"]) == (0, 10, 0, 2, 1)
    for number in range(2):
        for row in pq.read_table(place / f"answers/part-{number}.parquet").to_pylist():
            want = 2 * np.sin(np.array([0.5, 1.5]) - row["task_id"] % 10 / 2)
            np.testing.assert_allclose(row["prediction"], want, atol=0.3)
    code, out, _ = zoo("predict", "mela_sinusoid", "--tasks", "tasks/*.parquet", "--out", "answers", "--workers", "1")
    assert out.startswith("answered 0 tasks in") and out.endswith("0 shards in answers; 2 were there already\n")


def test_a_csv_comes_back_as_one_with_its_errors(zoo, place):
    code, out, _ = zoo("predict", "mela_sinusoid", "--tasks", "more.csv", "--out", "lines", "--workers", "1")
    assert code == 0
    assert "answered 2 tasks" in out and "1 task with an error, first task bad: x is empty" in out
    header, line, bad = (place / "lines/more.csv").read_text().splitlines()
    assert header == '"task_id","t","prediction","error"'
    assert line.startswith('"007","0.5",') and float(line.split(",")[2]) == pytest.approx(2 * np.sin(-0.5), abs=0.3)
    assert bad.startswith('"bad",,,"x is empty')


def test_what_is_learned_is_kept_applied_and_grows(zoo, place):
    assert zoo("predict", "mela_sinusoid", "--tasks", "tasks", "--out", "kept", "--keep-tasks", "--workers", "1")[0] == 0
    given = ("predict", "mela_sinusoid", "--learned", "kept", "--tasks", "tasks", "--workers", "1")
    assert zoo(*given, "--out", "later")[0] == 0
    assert zoo(*given, "--out", "grown", "--update")[0] == 0
    kept, later, grown = (pq.read_table(place / f"{name}/part-0.parquet").to_pylist() for name in ("kept", "later", "grown"))
    for first, second, third in zip(kept, later, grown, strict=True):
        np.testing.assert_allclose(second["prediction"], first["prediction"], rtol=1e-4, atol=1e-4)
        assert (first["task"]["size"], third["task"]["size"]) == (10, 20)


def test_pictures_are_given_by_path_and_classes_told_by_name(zoo, place, shipped):
    generator, rows = np.random.default_rng(0), []
    (place / "drawn").mkdir()
    for name in ("bars", "dots"):
        for number in range(3):
            sheet = np.full([40, 40], 255, np.uint8)
            if name == "bars":
                sheet[:, 8 + generator.integers(4) : 16] = 0
            else:
                sheet[14:26, 14 + generator.integers(4) : 26] = 0
            Image.fromarray(sheet).save(place / f"drawn/{name}{number}.png")
    names = ["bars", "bars", "dots", "dots"]
    files = ["bars0.png", "bars1.png", "dots0.png", "dots1.png"]
    rows.append({"task_id": "t", "support_x": files, "support_y": names, "query_x": ["bars2.png", "dots2.png"]})
    rows.append({"task_id": "lost", "support_x": files, "support_y": names, "query_x": ["nothing.png"]})
    pq.write_table(pa.Table.from_pylist(rows), place / "pictures.parquet")
    arguments = ("--tasks", "pictures.parquet", "--out", "classes", "--pictures", "drawn", "--workers", "1")
    assert zoo("predict", "protonet_omniglot", *arguments)[0] == 0
    good, lost = pq.read_table(place / "classes/pictures.parquet").to_pylist()
    from zoo.datasets import read_pictures

    x = read_pictures([place / "drawn" / file for file in (*files, "bars2.png", "dots2.png")])[0] / np.float32(255)
    found, probability, odd = shipped("protonet_omniglot").learn(x[:4], names).classify(x[4:])
    assert (good["prediction"], good["error"]) == (found.tolist(), None)
    np.testing.assert_allclose(good["probability"], probability.max(axis=1), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(good["ood_score"], odd, rtol=1e-3, atol=1e-3)
    assert "nothing.png cannot be read as a picture" in lost["error"]


def test_a_shard_that_cannot_be_read_is_named_after_the_others_were_answered(zoo, place):
    (place / "some").mkdir()
    (place / "some/good.parquet").write_bytes((place / "tasks/part-0.parquet").read_bytes())
    (place / "some/bad.parquet").write_bytes(b"no parquet")
    code, out, err = zoo("predict", "mela_sinusoid", "--tasks", "some", "--out", "mixed", "--workers", "1")
    assert (code, out.startswith("answered 5 tasks")) == (2, True)
    assert err.startswith("zoo predict: 1 of 2 shards could not be read and have no answers: ") and "bad.parquet" in err
    assert (place / "mixed/good.parquet").exists()


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("mela_sinusoid --tasks tasks", "--tasks needs --out, a folder for the answers."),
        ("mela_sinusoid --tasks tasks --out o --update", "--update needs --learned"),
        ("mela_sinusoid --tasks more.csv --out o --keep-tasks", "more.csv: its answers are a CSV, which holds no learned tasks"),
        ("mela_sinusoid --tasks none --out o", "--tasks none: no such file"),
        ("wave --query more.csv --keep-tasks", "--keep-tasks goes with --tasks only; leave it out."),
        ("wave --query more.csv --workers 2", "--workers goes with --tasks only; leave it out."),
        ("one --tasks tasks --out o", "one is one learned task, but --tasks has many"),
    ],
)
def test_options_that_do_not_go_together_are_refused(zoo, place, typed, reason):
    (place / "one").mkdir(exist_ok=True)
    (place / "one/task.json").touch()
    code, _, err = zoo("predict", *typed.split())
    assert code == 2
    assert reason in err

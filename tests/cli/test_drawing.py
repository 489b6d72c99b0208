import json

import pytest

from zoo.figures import images, mela, schedules
from zoo.page import builder


def test_demo_draws_and_exports(zoo, tmp_path):
    code, out, _ = zoo("demo", "--out", "demo", "--json")
    facts = json.loads(out)
    assert code == 0
    assert facts["mean_squared_error"] < 0.01
    assert {name: about["difference"] < 1e-4 for name, about in facts["formats"].items()} == dict.fromkeys(facts["formats"], True)
    assert (tmp_path / "demo/wave.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("paper", "module", "said"),
    [
        ("mela", mela, "drew 2 figures with their numbers into out"),
        ("schedules", schedules, "drew 2 figures with their numbers into out"),
        ("images", images, "wrote a table of 2 entries into out"),
    ],
)
def test_figures_says_what_it_drew(zoo, monkeypatch, paper, module, said):
    asked = []
    monkeypatch.setattr(module, "draw", lambda *arguments, progress: asked.append((*arguments, progress)) or ["one", "two"])
    assert zoo("figures", paper, "--out", "out", "--force")[1] == f"{said}\n"
    assert json.loads(zoo("figures", paper, "--out", "out", "--json")[1])["folder"] == "out"
    assert asked == [("out", True, True), ("out", False, False)]


def test_demo_page_says_where_the_page_is_and_how_large(zoo, monkeypatch):
    asked = []

    def build(*arguments, progress):
        asked.append((*arguments, progress))
        return {"page": "site/index.html", "bytes": 12_345_678}

    monkeypatch.setattr(builder, "build", build)
    code, out, _ = zoo("demo-page", "--out", "site", "--runtime", "dist")
    assert (code, out) == (0, "open site/index.html in a browser, or copy it to any web host: one file of 12.3 MB\n")
    assert asked == [("site", "dist", False, True)]

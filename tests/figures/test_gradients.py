"""The page of gradient steps: which figures there are, and that what is drawn is written with its numbers."""

from zoo.figures import gates, gradients, inner_gradients, proposals, step_curves, style
from zoo.figures.style import Picture


def test_all_figures_are_written_on_one_page(tmp_path, monkeypatch):
    def one(name):
        return Picture(name, f"What {name} is.", style.axes()[0], ("x",), [(1,)])

    monkeypatch.setattr(step_curves, "pictures", lambda bar: [one("steps_sinusoids")])
    monkeypatch.setattr(proposals, "pictures", lambda name, benchmark: [one(f"updates_{name}")])
    monkeypatch.setattr(gates, "pictures", lambda: [one("gates_some_entry")])
    monkeypatch.setattr(inner_gradients, "picture", lambda bar: one("inner_gradients"))
    names = gradients.draw(tmp_path / "out", progress=False)
    assert names == ["steps_sinusoids", "updates_lstm_optimizer_mnist", "gates_some_entry", "inner_gradients"]
    page = (tmp_path / "out/README.md").read_text()
    assert all(f"![{name}]({name}.png)" in page for name in names)
    assert gradients.draw(tmp_path / "out", force=True, progress=False) == names  # only its own files are there

import csv

from matplotlib.colors import to_rgba
from PIL import Image

from zoo.figures import style


def test_a_picture_is_written_with_its_caption_and_its_numbers(tmp_path):
    figure, part = style.axes(3, 2)
    part.plot([0, 1], [1, 2])
    style.Picture("line", "A line.", figure, ("x", "y"), [(0, 1.5), (1, "")]).write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"line.png", "line.csv"}
    assert figure.get_supxlabel() == "A line."
    with Image.open(tmp_path / "line.png") as drawn:
        assert drawn.size == (3 * style.RESOLUTION, 2 * style.RESOLUTION)
    with open(tmp_path / "line.csv", newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [["x", "y"], ["0", "1.5"], ["1", ""]]
    assert not style.plt.fignum_exists(figure.number)


def test_panels_stand_side_by_side_in_one_look():
    figure, parts = style.panels(3, 9.0, 2.0)
    assert len(parts) == 3
    assert figure.get_size_inches().tolist() == [9.0, 2.0]
    assert not any(part.spines[side].get_visible() for part in parts for side in ("top", "right"))


def test_published_figures_are_hollow_diamonds_in_the_colour_of_their_method():
    _, part = style.axes()
    style.published(part, [1, 2], [0.5, 0.25], style.MAML, "MAML")
    (mark,) = part.lines
    assert mark.get_xydata().tolist() == [[1, 0.5], [2, 0.25]]
    assert (mark.get_marker(), mark.get_linestyle(), mark.get_markerfacecolor()) == ("D", "None", "none")
    assert to_rgba(mark.get_markeredgecolor()) == to_rgba(style.MAML)
    assert mark.get_label() == "MAML"

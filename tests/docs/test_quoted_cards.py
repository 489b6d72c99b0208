"""Figures of entries on the pages are those of their cards."""

import re
from pathlib import Path

from zoo.figures import catalogue
from zoo.hub import registry

ROOT = Path(__file__).resolve().parents[2]


def text_of(page):
    return (ROOT / page).read_text(encoding="utf-8")


def test_the_catalogue_is_that_of_the_cards():
    """`zoo figures models --out docs` writes it; nobody types a figure."""
    assert text_of("docs/models.md") == catalogue.text()


ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \|(?: [a-z ]+ \|)? ([\d.]+) \|(?: ([\d.]+) \|)?$", re.MULTILINE)


def rows(page):
    """Entry, condition and numbers of every row of a table that quotes cards."""
    for name, under, *numbers in ROW.findall(text_of(page)):
        words = [part.rsplit(" ", 1) for part in under.split(", ")]
        condition = {key: value if re.fullmatch(r"[a-z]+", value) else float(value) for key, value in words}
        yield name, condition, [number for number in numbers if number]


def found(measured, condition):
    """The row of a card under a condition, as learned, before any gradient step."""
    (row,) = (
        row
        for row in measured
        if {key: value for key, value in row["condition"].items() if key not in ("steps", "on")} == condition
        and row["condition"].get("steps", 0) == 0
    )
    return row


def test_what_to_expect_is_what_the_cards_say():
    quoted = list(rows("docs/which_entry.md"))
    assert len(quoted) >= 16
    for name, condition, numbers in quoted:
        mean = found(registry.card(name)["evaluation"]["scores"], condition)["mean"]
        assert numbers == [f"{mean:.3g}"], (name, condition)


def test_how_many_strangers_are_caught_is_what_the_cards_say():
    quoted = list(rows("docs/pictures.md"))
    assert len(quoted) == 4
    for name, condition, numbers in quoted:
        called = found(registry.card(name)["evaluation"]["out_of_distribution"], condition)["called_ood"]
        assert numbers == [f"{called['known']:.3f}", f"{called['unknown']:.3f}"], (name, condition)


def test_what_asking_gains_is_what_the_card_says():
    after = {row["condition"]["added"]: row for row in registry.card("mela_sinusoid")["asking"]}
    gains = [f"{after[way]['mean']:.3g} ± {after[way]['interval']:.2g}" for way in ("asked", "random")]
    page = " ".join(text_of("docs/ask.md").split())
    assert f"from {after['nothing']['mean']:.3g} to {gains[0]} where it is asked for, and to {gains[1]}" in page


def test_what_an_entry_knows_is_said_in_its_own_words():
    page = " ".join(text_of("docs/which_entry.md").split())
    for name in ("mela_sinusoid", "mela_bouncing_ball"):
        assert f"`{name}` knows {registry.entry(name).benchmark.knows}" in page

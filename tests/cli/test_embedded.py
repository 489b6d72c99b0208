"""Which encoder embeds what is not in the cache, and what is said of a guess."""

import argparse
from types import SimpleNamespace

import numpy as np

from zoo.cli import embedded, engine
from zoo.hub import prepared


def test_the_encoder_is_opened_once_and_loaded_where_it_is_not_prepared(monkeypatch):
    asked = []
    light = SimpleNamespace(description=None, origin={"name": "mine"})
    encoder = SimpleNamespace(graphs=SimpleNamespace(embed=lambda tones: tones + 1))
    monkeypatch.setattr(engine, "live", lambda name: asked.append(name) or encoder)
    for found, names in ((None, ["mine"]), (encoder, [])):
        monkeypatch.setattr(prepared, "load", lambda *_, found=found: found)
        asked.clear()
        embed = embedded.embedder(light)
        assert [int(embed(np.int32(each))) for each in (1, 2)] == [2, 3]
        assert asked == names
    assert embedded.embedder(encoder)(1) == 2


def test_a_guess_is_said_to_be_one(capsys):
    for known in (True, False):
        embedded.say_uncalibrated(argparse.Namespace(command="learn"), SimpleNamespace(is_calibrated=known))
    assert capsys.readouterr().err == f"zoo learn: {embedded.UNCALIBRATED}.\n"

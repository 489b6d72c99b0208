"""A learner travels as bytes and is opened once in a process."""

import pickle

from zoo.bulk import carried as module


def test_it_answers_from_bytes_after_it_was_sent(carried, tiny, close):
    sent = pickle.loads(pickle.dumps(carried(tiny)))
    learner = sent.opened()
    close(learner.learn([0.0, 1.0], [1.0, 2.0]).predict([0.5]), tiny.learn([0.0, 1.0], [1.0, 2.0]).predict([0.5]))
    assert learner.title == "tiny"
    assert sent.opened() is learner
    assert set(sent.graphs) == {"adapt", "apply", "update"}


def test_few_stay_opened(carried, tiny, tiny_names, monkeypatch):
    monkeypatch.setattr(module, "MOST", 1)
    monkeypatch.setattr(module, "_opened", {})
    first = carried(tiny).opened()
    carried(tiny_names.learner).opened()
    assert list(module._opened) == [carried(tiny_names.learner).digest]
    assert carried(tiny).opened() is not first

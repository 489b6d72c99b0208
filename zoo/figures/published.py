"""What papers published, for the points beside our curves; the figures themselves stand in the entries."""

from typing import Any

from zoo.hub.entry import Entry

# T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018: squared error of a coordinate one step ahead, by
# gradient steps, read off the figures stored with the authors' code. No card has this measure.
NEXT_POSITION = {
    "mela_bouncing_ball_paper": {0: 5.7e-4, 10: 2.4e-4},
    "pretrained_bouncing_ball": {0: 7.7e-4, 10: 6.1e-4},
    "oracle_bouncing_ball": {0: 2.6e-4, 10: 1.6e-4},
}

# Error rates on Omniglot in %: 5-way 1-shot, 5-way 5-shot, 20-way 1-shot, 20-way 5-shot, and 20-way 1-shot within an alphabet.
# Those within an alphabet are from B. Lake, R. Salakhutdinov, J. Tenenbaum, "The Omniglot challenge: a 3-year progress report",
# 2019, and for the Siamese network from G. Koch, R. Zemel, R. Salakhutdinov, 2015; the others from the paper that is named.
OMNIGLOT: dict[str, tuple[float | None, ...]] = {
    "people": (None, None, None, None, 4.5),
    "prototypical networks (Snell et al., 2017)": (1.2, 0.3, 4.0, 1.1, 13.7),
    "matching networks (Vinyals et al., 2016)": (1.9, 1.1, 6.2, 1.5, None),
    "Siamese network (Koch et al., 2015)": (None, None, None, None, 8.0),
    "MAML (Finn et al., 2017)": (1.3, 0.1, 4.2, 1.1, None),
    "linear classifier (Chen et al., 2019)": (5.11, 0.88, None, None, None),
    "pixels (Vinyals et al., 2016)": (58.3, 36.8, 73.3, 57.4, None),
}

# Error rates in % on Lake's own 20 runs or trials like them, and what each had learned from: B. Lake, R. Salakhutdinov,
# J. Tenenbaum, 2015 and 2019, and G. Koch, R. Zemel, R. Salakhutdinov, 2015, as above.
LAKE_RUNS: dict[str, tuple[str, float]] = {
    "people": ("", 4.5),
    "Bayesian program learning (Lake et al., 2015)": ("Lake's 30 alphabets, with strokes", 3.3),
    "Siamese network (Koch et al., 2015)": ("an older split", 8.0),
    "prototypical network (Lake et al., 2019)": ("Lake's 30 alphabets", 13.7),
}


def along(entry: Entry, key: str, fixed: dict[str, Any]) -> dict[Any, float]:
    """Published figures of an entry by the condition `key`, those whose conditions hold all that is `fixed`."""
    return {
        figure.condition[key]: figure.value
        for figure in entry.published
        if all(figure.condition.get(name) == value for name, value in fixed.items())
    }

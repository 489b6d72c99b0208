"""What papers published, for the points beside our curves; the figures themselves stand in the entries."""

from typing import Any

from zoo.entry import Entry

# T. Wu et al., "Meta-learning autoencoders for few-shot prediction", 2018: squared error of a coordinate one step ahead, by
# gradient steps, read off the figures stored with the authors' code. No card has this measure.
NEXT_POSITION = {
    "mela_bouncing_ball_paper": {0: 5.7e-4, 10: 2.4e-4},
    "pretrained_bouncing_ball": {0: 7.7e-4, 10: 6.1e-4},
    "oracle_bouncing_ball": {0: 2.6e-4, 10: 1.6e-4},
}


def along(entry: Entry, key: str, fixed: dict[str, Any]) -> dict[Any, float]:
    """Published figures of an entry by the condition `key`, those whose conditions hold all that is `fixed`."""
    return {
        figure.condition[key]: figure.value
        for figure in entry.published
        if all(figure.condition.get(name) == value for name, value in fixed.items())
    }

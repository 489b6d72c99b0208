"""What playing and training ask of a policy, every policy has."""

from zoo.learners.acting.acts import Acts
from zoo.learners.acting.policy import Policy
from zoo.models.lstm_policy import tiny


def test_a_policy_acts():
    wanted = {name for name in vars(Acts) if not name.startswith("_")}
    assert wanted == {"check", "reset", "act", "seen", "sequence"}
    assert all(callable(getattr(Policy, name)) for name in wanted)
    assert set(Acts.__annotations__) <= set(dir(tiny()["bandit"]))

"""What a head has unless it says otherwise."""

import pytest

from zoo.learners.heads.head import Head
from zoo.learners.heads.nearest import Nearest


def test_a_plain_head_keeps_no_spread_takes_no_steps_and_adds_no_loss():
    head = Nearest()
    assert head.adapt_steps == 0
    assert head.leave_one_out({}) is None
    assert head.refiners(None, None) == {}
    assert head.auxiliary_losses(None, None, None) == []


def test_is_abstract():
    with pytest.raises(TypeError, match="abstract"):
        Head()

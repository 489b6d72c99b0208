import pickle

import pytest

from zoo.serving.client import errors
from zoo.serving.client.errors import ServerError, TooBusyError
from zoo.utils.errors import ZooError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ServerError)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_told_on_one_line_and_can_be_pickled(kind):
    error = kind("it failed", "do this", url="http://here", status=500, server_message="two\n lines.", retry_after=2.0)
    assert isinstance(error, ZooError)
    assert str(error) == "http://here: it failed (500); the server said: two lines.; do this."
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.retry_after, again.repeat) == (kind, str(error), 2.0, "never")


def test_what_is_not_known_is_left_away():
    error = TooBusyError("it failed")
    assert str(error) == "it failed."
    error.attempts = 3
    assert str(error) == "it failed after 3 attempts."

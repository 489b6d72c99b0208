import pickle

import pytest

from zoo.utils.errors import ZooError, cut, listed


def test_is_a_value_error():
    with pytest.raises(ValueError, match="one line"):
        raise ZooError("one line")


def test_is_one_line_that_ends_with_the_remedy():
    assert str(ZooError("a\nb\u2028c\r\nd")) == "a b c d"
    text = str(ZooError("x" * 5000 + "; choose another."))
    assert len(text) < 1000
    assert text.startswith("xxx")
    assert text.endswith("; choose another.")
    assert str(pickle.loads(pickle.dumps(ZooError(text)))) == text


def test_what_is_quoted_is_cut_to_one_short_line():
    assert cut("a\nb  c") == "a b c"
    assert len(cut("x" * 131_073)) == 60
    assert cut("x" * 60) == "x" * 60


def test_a_long_list_says_how_many_more_there_are():
    assert listed(["a", "b"]) == "a, b"
    assert listed(range(1_000_000), most=3) == "0, 1, 2 and 999,997 more"

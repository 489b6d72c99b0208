"""What `./dev test-cards --changed` measures again: all but what was verified as it is now."""

import changed
import pytest

from zoo.hub import registry


@pytest.fixture
def verified(tmp_path, monkeypatch):
    monkeypatch.setattr(changed, "VERIFIED", tmp_path / "verified.json")
    return changed.digests()


@pytest.mark.parametrize("group", ["", "@mela_sinusoid"])
def test_an_entry_is_told_from_its_test_in_a_group_or_not(group):
    assert changed.name_of(f"tests/cards/measured_again.py::test_headline[mela_sinusoid]{group}") == "mela_sinusoid"


def test_what_was_verified_and_is_as_it_was_is_not_measured_again(verified):
    assert changed.changed() == registry.names()
    changed.record({name: verified[name] for name in ("mela_sinusoid", "pixels_omniglot")})
    changed.record({"maml_sinusoid": "of other weights", "gone": "of an entry that is no more"})
    assert set(registry.names()) - set(changed.changed()) == {"mela_sinusoid", "pixels_omniglot"}
    assert "gone" not in changed.VERIFIED.read_text()


def test_a_digest_is_of_all_that_the_score_depends_on(verified):
    used = {path.relative_to(changed.PACKAGE).as_posix() for path in changed.modules(changed.PACKAGE / "models/mela.py")}
    assert {"models/mela.py", "learners/set_learner.py", "learners/meta_learner.py", "layers/set_encoder.py"} <= used
    assert len(set(verified.values())) == len(verified)


def test_words_and_layout_change_no_digest_and_code_does():
    told = changed._without_words(b'"""A."""\n\n\ndef f(x):\n    """B."""\n    return x + 1  # more\n')
    assert told == changed._without_words(b"def f(x):\n    return (\n        x + 1\n    )\n")
    assert told != changed._without_words(b"def f(x):\n    return x + 2\n")
    assert changed._without_words(b'class A:\n    """Nothing."""\n') == changed._without_words(b'class A:\n    "Other."\n')

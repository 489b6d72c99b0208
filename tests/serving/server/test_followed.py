import pytest

from zoo.serving.server.followed import Followed, is_served_folder
from zoo.utils.errors import ZooError

CONFIG = 'model_config_list { config { name: "%s" base_path: "/models/a" model_platform: "tensorflow" } }'


@pytest.fixture
def models(tmp_path):
    for path in ("a/1", "b/7", ".hidden/1", "empty"):
        (tmp_path / path).mkdir(parents=True)
    return tmp_path


def names(followed):
    return [source.name for source in followed.read()]


def test_a_folder_of_models_one_model_and_a_configuration(models):
    assert names(Followed([models])) == ["a", "b"]
    assert names(Followed([models / "b", models / "a"])) == ["b", "a"]
    (models / "models.config").write_text(CONFIG % "called")
    (source,) = Followed([models]).read()
    assert (source.name, source.base) == ("called", models / "a")
    assert [is_served_folder(models / name) for name in (".", "a", "empty", "gone")] == [True, True, False, False]


def test_what_appears_later_is_found(models):
    followed, configured = Followed([models]), Followed(config=models / "given.config")
    (models / "c/1").mkdir(parents=True)
    assert names(followed) == ["a", "b", "c"]
    (models / "given.config").write_text(CONFIG % "first")
    assert names(configured) == ["first"]
    (models / "given.config").write_text(CONFIG % "the_second")
    assert names(configured) == ["the_second"]


def test_its_roots_are_the_folders_named_and_those_of_configured_models(models):
    (models / "given.config").write_text(CONFIG % "called")
    assert Followed([models / "b"]).roots() == [models / "b"] * 2
    assert Followed(config=models / "given.config").roots() == [models / "a"]


def test_nothing_to_serve_and_two_of_one_name_are_refused(models):
    for followed, message in (
        (Followed(), "no model to serve"),
        (Followed([models / "empty"]), "empty: no model to serve"),
        (Followed([models, models / "a"]), "two models are called 'a'"),
        (Followed(config=models / "gone.config"), "gone.config cannot be read"),
    ):
        with pytest.raises(ZooError, match=message):
            followed.read()

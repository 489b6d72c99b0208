import pytest

from zoo.serving.server import model_config
from zoo.serving.server.model_sources import ModelSource, Policy
from zoo.utils.errors import ZooError

WHOLE = """
model_config_list {
  config { name: "a" base_path: "/models/a" model_platform: "tensorflow" }
  config { name: "b" base_path: "b" model_platform: "tensorflow" model_version_policy { latest { num_versions: 3 } } }
  config { name: "c" base_path: "c" model_type: TENSORFLOW model_version_policy { all {} } }
  config {
    name: "d" base_path: "d" model_platform: "tensorflow" model_version_policy { specific { versions: 1 versions: 4 } }
    version_labels { key: "stable" value: 1 } version_labels { key: "canary" value: 4 }
  }
}
"""


def read(tmp_path, text):
    (tmp_path / "models.config").write_text(text)
    return model_config.read(tmp_path / "models.config")


def test_every_policy_and_label_is_read_and_a_containers_path_is_found_beside(tmp_path):
    (tmp_path / "a").mkdir()
    assert read(tmp_path, WHOLE) == [
        ModelSource("a", tmp_path / "a"),
        ModelSource("b", tmp_path / "b", Policy(latest=3)),
        ModelSource("c", tmp_path / "c", Policy(latest=None)),
        ModelSource("d", tmp_path / "d", Policy(specific=(1, 4)), (("canary", 4), ("stable", 1))),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model_config_list {", "cannot be read"),
        ("", "needs a model_config_list"),
        ('model_config_list { config { name: "a/b" base_path: "x" model_platform: "tensorflow" } }', "without / and :"),
        ('model_config_list { config { name: "a" model_platform: "tensorflow" } }', "needs a base_path"),
        ('model_config_list { config { name: "a" base_path: "x" } }', "must be 'tensorflow'"),
        ('model_config_list { config { name: "a" base_path: "x" model_platform: "tensorflow" } ' * 2 + "} }", "cannot be read"),
        (
            'model_config_list { config { name: "a" base_path: "x" model_platform: "tensorflow" } '
            'config { name: "a" base_path: "y" model_platform: "tensorflow" } }',
            "'a' is listed twice",
        ),
    ],
)
def test_what_cannot_be_served_is_refused_in_one_line(tmp_path, text, message):
    with pytest.raises(ZooError, match=message):
        read(tmp_path, text)

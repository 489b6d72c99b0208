import pytest
import yaml
from tensorflow.core.protobuf import saved_model_pb2

from zoo.serving.publishing import deployment, generated, server_files
from zoo.utils.errors import ZooError

FILES = {
    *("models.config", "batching_parameters.txt", "monitoring.config"),
    *("docker-compose.yaml", "kubernetes.yaml", "kubernetes-prometheus.yaml", "kserve.yaml"),
}


def add(base, name, version, tensorflow="2.21.0"):
    model = saved_model_pb2.SavedModel()
    model.meta_graphs.add().meta_info_def.tensorflow_version = tensorflow
    (base / name / version).mkdir(parents=True)
    (base / name / version / "saved_model.pb").write_bytes(model.SerializeToString())


@pytest.fixture
def base(tmp_path):
    add(tmp_path, "wave", "1")
    add(tmp_path, "ball", "0003", "2.20.1")
    (tmp_path / "ball/9").mkdir()  # no model in it
    (tmp_path / "empty").mkdir()
    (tmp_path / ".hidden.partial/1").mkdir(parents=True)
    return tmp_path


def test_the_files_are_for_the_models_that_are_there(base):
    assert deployment.write(base) == []
    assert {child.name for child in base.iterdir() if child.is_file()} == {*FILES, ".zoo.lock"}
    config = server_files.parse_models((base / "models.config").read_text(), "x")
    assert [model.name for model in config.model_config_list.config] == ["ball", "wave"]
    assert [service["metadata"]["name"] for service in yaml.safe_load_all((base / "kserve.yaml").read_text())] == ["ball", "wave"]
    compose = yaml.safe_load((base / "docker-compose.yaml").read_text())
    assert compose["services"]["tensorflow-serving"]["image"] == "tensorflow/serving:2.21.0"  # the newest that exported


def test_a_new_model_reaches_every_file_but_those_that_were_edited(base):
    deployment.write(base)
    with open(base / "kubernetes.yaml", "a") as file:
        file.write("# mine\n")
    edited = (base / "models.config").read_text().replace("  }\n}", '    version_labels { key: "stable" value: 1 }\n  }\n}')
    (base / "models.config").write_text(edited)
    kept = (base / "kubernetes.yaml").read_text()
    add(base, "added", "1")
    (note,) = deployment.write(base)
    assert "kubernetes.yaml was edited" in note
    assert (base / "kubernetes.yaml").read_text() == kept
    assert "added" in (base / "kserve.yaml").read_text()
    models = server_files.parse_models((base / "models.config").read_text(), "x").model_config_list.config
    assert [model.name for model in models] == ["ball", "wave", "added"]
    assert deployment.spared(base, "wave") == {1}
    again = (base / "models.config").read_text()
    assert "kubernetes.yaml was edited" in deployment.write(base)[0]
    assert (base / "models.config").read_text() == again


def test_a_model_that_went_leaves_what_is_generated(base):
    deployment.write(base)
    (base / "ball/0003/saved_model.pb").unlink()
    assert deployment.write(base) == []
    assert "ball" not in (base / "models.config").read_text()


def test_a_configuration_that_cannot_be_extended_is_left_alone_with_a_note(base):
    (base / "models.config").write_text("custom_model_config {}")
    (note,) = deployment.write(base)
    assert "cannot be extended" in note
    assert "ball, wave" in note
    assert (base / "models.config").read_text() == "custom_model_config {}"


def test_a_damaged_configuration_is_an_error(base):
    (base / "models.config").write_text("model_config_list {")
    for call in (deployment.write, lambda base: deployment.spared(base, "wave")):
        with pytest.raises(ZooError, match=r"models.config is no configuration"):
            call(base)


def test_the_version_of_tensorflow_is_read_and_a_broken_model_is_no_crash(base):
    add(base, "next", "1", "2.22.0-rc1")
    (base / "ball/0003/saved_model.pb").write_bytes(b"broken")
    add(base, "odd", "1", "unknown")
    found = {name: deployment.tensorflow_of(path) for name, path in deployment.models(base).items()}
    assert found == {"ball": (0, 0), "next": (2, 22), "odd": (0, 0), "wave": (2, 21)}
    deployment.write(base)
    assert "tensorflow/serving:2.22.0" in (base / "kubernetes.yaml").read_text()


def test_every_file_says_that_it_is_generated(base):
    deployment.write(base)
    assert all(generated.is_untouched((base / name).read_text()) for name in FILES)

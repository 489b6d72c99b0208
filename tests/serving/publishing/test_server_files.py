import itertools

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format, wrappers_pb2

from zoo.serving.publishing import server_files
from zoo.utils.errors import ZooError

# What the user wrote by hand: comments, a brace in a string and in a comment, a policy, labels.
EDITED = """\
# our models }
model_config_list: {
  config: { name: 'old'  # the '}' that "ends" nothing
    base_path: "/models/o{}ld" model_platform: 'tensorflow'
    model_version_policy { specific { versions: 3 versions: 5 } }
    version_labels { key: "stable" value: 3 }
    version_labels { key: "canary" value: 7 }
  }
}  # }
"""


def message(name, fields):
    """A message class of tensorflow/serving that its wheel for clients lacks, from names, numbers and types of its fields."""
    file = descriptor_pb2.FileDescriptorProto(name=f"{name}.proto", package="tensorflow.serving", syntax="proto3")
    file.dependency.append("google/protobuf/wrappers.proto")
    built = file.message_type.add(name=name)
    for field, (number, kind) in fields.items():
        made = built.field.add(name=field, number=number, label=3 if kind == "repeated int64" else 1)
        if kind.endswith("Value"):
            made.type, made.type_name = made.TYPE_MESSAGE, f".google.protobuf.{kind}"
        elif kind == "PrometheusConfig":
            made.type, made.type_name = made.TYPE_MESSAGE, f".tensorflow.serving.{name}.{kind}"
            inner = built.nested_type.add(name=kind)
            inner.field.add(name="enable", number=1, label=1, type=made.TYPE_BOOL)
            inner.field.add(name="path", number=2, label=1, type=made.TYPE_STRING)
        else:
            made.type = {"bool": made.TYPE_BOOL, "repeated int64": made.TYPE_INT64}[kind]
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"tensorflow.serving.{name}"))


# tensorflow_serving/servables/tensorflow/session_bundle_config.proto
BATCHING = {
    "max_batch_size": (1, "Int64Value"),
    "batch_timeout_micros": (2, "Int64Value"),
    "max_enqueued_batches": (3, "Int64Value"),
    "num_batch_threads": (4, "Int64Value"),
    "thread_pool_name": (5, "StringValue"),
    "allowed_batch_sizes": (6, "repeated int64"),
    "pad_variable_length_inputs": (7, "bool"),
}


def test_batching_parameters_are_tensorflow_servings_and_right_for_any_size():
    read = text_format.Parse(server_files.batching(), message("BatchingParameters", BATCHING)())
    sizes = list(read.allowed_batch_sizes)
    assert sizes == sorted(set(sizes))
    assert sizes[0] == 1
    assert sizes[-1] == read.max_batch_size.value
    assert all(larger <= 2 * smaller for smaller, larger in itertools.pairwise(sizes))
    assert read.pad_variable_length_inputs
    for field in ("batch_timeout_micros", "max_enqueued_batches", "num_batch_threads"):
        assert read.HasField(field)
    assert read.num_batch_threads.value >= 1
    assert read.max_enqueued_batches.value >= 1
    with pytest.raises(text_format.ParseError):
        text_format.Parse("max_batch_size: 3", message("BatchingParameters", BATCHING)())


def test_monitoring_is_on_at_tensorflow_servings_path():
    # tensorflow_serving/config/monitoring_config.proto
    read = text_format.Parse(
        server_files.monitoring(), message("MonitoringConfig", {"prometheus_config": (1, "PrometheusConfig")})()
    )
    assert read.prometheus_config.enable
    assert read.prometheus_config.path == "/monitoring/prometheus/metrics"


def test_models_are_named_with_their_folders():
    config = server_files.parse_models(server_files.models(["wave", "ball"]), "x")
    assert [(model.name, model.base_path, model.model_platform) for model in config.model_config_list.config] == [
        ("ball", "/models/ball", "tensorflow"),
        ("wave", "/models/wave", "tensorflow"),
    ]


def test_a_model_is_added_to_an_edited_configuration_that_keeps_every_character():
    longer = server_files.with_models(EDITED, ["old", "new"], "x")
    at = longer.index('  config {\n    name: "new"')
    block = server_files.models(["new"]).splitlines(keepends=True)[1:-1]
    assert longer[:at] + longer[at + len("".join(block)) :] == EDITED
    models = server_files.parse_models(longer, "x").model_config_list.config
    assert [model.name for model in models] == ["old", "new"]
    assert models[0] == server_files.parse_models(EDITED, "x").model_config_list.config[0]
    assert server_files.with_models(longer, ["new"], "x") == longer


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "model_config_list {}", "model_config_list < config < name: 'a' > >"])
def test_any_form_of_the_configuration_is_extended_or_left_alone(text):
    longer = server_files.with_models(text, ["new"], "x")
    if "<" in text:
        assert longer is None
    else:
        assert [model.name for model in server_files.parse_models(longer, "x").model_config_list.config] == ["new"]


def test_what_tensorflow_serving_cannot_read_is_refused():
    with pytest.raises(ZooError, match=r"m.config is no configuration of TensorFlow Serving \(.*correct it, or remove it"):
        server_files.with_models("model_config_list { name: 3", ["a"], "m.config")
    assert server_files.with_models("custom_model_config {}", ["a"], "x") is None


def test_versions_in_a_policy_or_a_label_are_named():
    config = server_files.parse_models(EDITED, "x")
    assert server_files.named_versions(config, "old") == {3, 5, 7}
    assert server_files.named_versions(config, "new") == set()

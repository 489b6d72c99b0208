import http.server
import re
import subprocess
import threading

import jsonschema
import kubernetes_validate
import pytest
import yaml
from check_jsonschema import builtin_schemas

from zoo.serving.publishing import deployment, manifests
from zoo.serving.server.metrics import Metrics

NAMES = ["mela_sinusoid", "wave"]
KUBERNETES = ("1.30", "1.37")

# The fields of KServe's InferenceService (serving.kserve.io/v1beta1) that its resource definition gives a predictor's model
# beside those of a Kubernetes container; no schema of it is in any registry that a test could lean on.
MODEL_FIELDS = {
    "modelFormat": {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string"}, "version": {"type": "string"}},
        "additionalProperties": False,
    },
    "runtime": {"type": "string"},
    "runtimeVersion": {"type": "string"},
    "protocolVersion": {"type": "string"},
    "storageUri": {"type": "string", "pattern": "^[a-z0-9]+://"},
    "storage": {"type": "object"},
}
INFERENCE_SERVICE = {
    "type": "object",
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "additionalProperties": False,
    "properties": {
        "apiVersion": {"const": "serving.kserve.io/v1beta1"},
        "kind": {"const": "InferenceService"},
        "metadata": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string", "maxLength": 63, "pattern": "^[a-z]([-a-z0-9]*[a-z0-9])?$"}},
        },
        "spec": {
            "type": "object",
            "required": ["predictor"],
            "additionalProperties": False,
            "properties": {
                "predictor": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "minReplicas": {"type": "integer"},
                        "maxReplicas": {"type": "integer"},
                        "model": {"type": "object", "required": ["modelFormat", "storageUri"], "properties": MODEL_FIELDS},
                    },
                }
            },
        },
    },
}


def written(documents):
    """As a user's tools read the file."""
    return list(yaml.safe_load_all(deployment._yaml(documents)))


def test_compose_keeps_the_specification():
    schema = builtin_schemas.get_builtin_schema("vendor.compose-spec")
    (compose,) = written([manifests.compose(NAMES, (2, 21))])
    jsonschema.validate(compose, schema)
    (service,) = compose["services"].values()
    assert service["image"] == "tensorflow/serving:2.21.0"
    assert [port.split(":")[-2:] for port in service["ports"]] == [["8500", "8500"], ["8501", "8501"]]
    assert service["volumes"][0]["read_only"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"services": {"a": {**service, "healthcheck": {"tests": "x"}}}}, schema)


@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_takes_every_document(version):
    documents = written(manifests.kubernetes(NAMES, (2, 21)))
    for document in documents:
        kubernetes_validate.validate(document, version, strict=True)
    assert {document["kind"] for document in documents} >= {"Deployment", "Service", "HorizontalPodAutoscaler"}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**documents[0], "sepc": {}}, version, strict=True)


def test_kubernetes_documents_fit_each_other():
    claim, deployed, service, scaler = written(manifests.kubernetes(NAMES, (2, 21)))
    template = deployed["spec"]["template"]
    (container,) = template["spec"]["containers"]
    assert template["metadata"]["labels"].items() >= service["spec"]["selector"].items()
    assert service["spec"]["selector"] == deployed["spec"]["selector"]["matchLabels"]
    assert {port["targetPort"] for port in service["spec"]["ports"]} == {port["name"] for port in container["ports"]}
    assert scaler["spec"]["scaleTargetRef"] == {key: deployed[key] for key in ("apiVersion", "kind")} | {"name": "zoo-serving"}
    assert "cpu" in container["resources"]["requests"]
    assert template["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    for probe in ("readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"]["path"] == "/v1/models/mela_sinusoid"


@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_takes_the_autoscaler_by_prometheus_in_the_place_of_the_other(version):
    autoscaler, rules = written(manifests.scaling())
    for document in (autoscaler, rules):
        kubernetes_validate.validate(document, version, strict=True)
    by_cpu = written(manifests.kubernetes(NAMES, (2, 21)))[3]
    assert autoscaler["metadata"] == by_cpu["metadata"]
    assert autoscaler["spec"]["scaleTargetRef"] == by_cpu["spec"]["scaleTargetRef"]
    wanted = [each["pods"]["metric"]["name"] for each in autoscaler["spec"]["metrics"]]
    offered = yaml.safe_load(rules["data"]["config.yaml"])["rules"]
    assert wanted == [rule["name"]["as"] for rule in offered] and len(set(wanted)) == 2


def test_what_the_autoscaler_reads_is_exported_by_the_server():
    """By `zoo serve` under TensorFlow Serving's own names; the series and labels of each query are on its page."""
    metrics = Metrics()
    metrics.request_count.labels("wave", "OK").inc()
    metrics.request_latency.labels("wave", "predict", "REST").observe(1e3)
    page = metrics.page().decode()
    for rule in manifests.RULES:
        assert re.search(rf"^{rule.series}{{.*}} [1-9]", page, re.MULTILINE), rule.series
        query = rule.of_the_adapter()["metricsQuery"]
        assert f'__name__="{rule.series}"' in query and "[2m]" in query
        for label in filter(None, rule.labels.split(",")):
            assert re.search(rf"^{rule.series}{{.*{label}.*}} 1", page, re.MULTILINE), label
    assert re.search(
        r"^:tensorflow:serving:request_latency_sum{.*} 1000.0$", page, re.MULTILINE
    )  # microseconds, as the rule has it


def test_targets_are_those_of_the_page_of_fleets():
    import fleet_plan
    import fleet_queue

    known = {rule.name: rule.target for rule in manifests.RULES}
    cores = int(manifests._RESOURCES["limits"]["cpu"])
    assert known["zoo_requests_in_server"] == f"{1000 * fleet_queue.in_system(cores, 0.7):.0f}m"
    assert float(known["zoo_answers_per_second"]) == pytest.approx(0.7 * cores / fleet_plan.load().cpu["serving_default"])


def test_every_server_is_started_alike():
    (compose,) = written([manifests.compose(NAMES, (2, 21))])
    deployed = written(manifests.kubernetes(NAMES, (2, 21)))[1]
    (container,) = deployed["spec"]["template"]["spec"]["containers"]
    assert compose["services"]["tensorflow-serving"]["command"] == container["args"]
    for flag in ("model_config_file", "model_config_file_poll_wait_seconds", "enable_batching", "monitoring_config_file"):
        assert any(argument.startswith(f"--{flag}=") for argument in container["args"])


def test_kserve_services_have_its_fields_and_those_of_a_container():
    documents = written(manifests.kserve(NAMES, (2, 21)))
    assert [document["metadata"]["name"] for document in documents] == ["mela-sinusoid", "wave"]
    for document in documents:
        jsonschema.validate(document, INFERENCE_SERVICE)
        model = document["spec"]["predictor"]["model"]
        assert "SET-YOUR-BUCKET-HERE" in model["storageUri"]
        rest = {key: value for key, value in model.items() if key not in MODEL_FIELDS}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"name": "a", **rest}]}}
        kubernetes_validate.validate(pod, KUBERNETES[-1], strict=True)


def test_names_that_kubernetes_would_confuse_stay_apart():
    names = manifests.services(["a_b", "a-b", "A.b", "_", "x" * 80, "x" * 81, "plain"])
    assert names["plain"] == "plain"
    assert len(set(names.values())) == len(names)
    for name in names.values():
        jsonschema.validate({"name": name}, INFERENCE_SERVICE["properties"]["metadata"])


def test_the_image_follows_the_minor_version():
    assert manifests.image((2, 21)) == "tensorflow/serving:2.21.0"


@pytest.mark.parametrize(
    ("states", "healthy"), [({"a": "AVAILABLE", "b": "AVAILABLE"}, True), ({"a": "AVAILABLE", "b": "END"}, False)]
)
def test_the_health_check_asks_for_every_model_without_curl(states, healthy):
    class Status(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f'{{"state": "{states[self.path.rpartition("/")[2]]}"}}'.encode())

        def log_message(self, *arguments):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Status) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            line = manifests.health(list(states), server.server_address[1])
            done = subprocess.run(["bash", "-c", line], capture_output=True, timeout=30)
        finally:
            server.shutdown()
    assert (done.returncode == 0) is healthy
    (compose,) = written([manifests.compose(list(states), (2, 21))])
    check = compose["services"]["tensorflow-serving"]["healthcheck"]["test"]
    assert check[-1].replace("$$", "$") == manifests.health(list(states))

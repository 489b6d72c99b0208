"""What runs `tensorflow/serving` over a folder of models, as plain data: Docker Compose, Kubernetes, KServe."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any, final

import yaml

from zoo.serving.publishing.server_files import METRICS, ROOT

GRPC_PORT, REST_PORT = 8500, 8501  # TensorFlow Serving's conventions
MODELS = "/v1/models"
NAME, CLAIM = "zoo-serving", "zoo-models"
NOBODY = 65534
STORAGE = "s3://SET-YOUR-BUCKET-HERE/models"  # KServe downloads models from a storage, which the user must fill in
FLAGS = (
    f"--model_config_file={ROOT}/models.config",
    "--model_config_file_poll_wait_seconds=60",
    # Without this a server whose configuration holds labels does not start again.
    "--allow_version_labels_for_unavailable_models=true",
    "--enable_batching=true",
    f"--batching_parameters_file={ROOT}/batching_parameters.txt",
    f"--monitoring_config_file={ROOT}/monitoring.config",
)


@final
@dataclass(frozen=True)
class Rule:
    """A number of each pod that replicas follow.

    Attributes:
        name: in Kubernetes.
        series: in Prometheus.
        labels: of the series that count.
        times: what a second's growth of the series is multiplied by.
        target: the mean over pods that is aimed at, as a Kubernetes quantity.
    """

    name: str
    series: str
    labels: str
    times: str
    target: str

    def of_the_adapter(self) -> dict[str, Any]:
        """As a rule of the Prometheus adapter."""
        chosen = f'{{__name__="{self.series}",{self.labels}<<.LabelMatchers>>}}'
        pods = {"overrides": {"namespace": {"resource": "namespace"}, "pod": {"resource": "pod"}}}
        return {
            "seriesQuery": f'{{__name__="{self.series}",namespace!="",pod!=""}}',
            "resources": pods,
            "name": {"as": self.name},
            "metricsQuery": f"sum(rate({chosen}[2m])) by (<<.GroupBy>>){self.times}",
        }


# At a load of 70 % four cores hold 3.8 requests (Erlang), and with `mela_sinusoid` answer 1,600 a second; see docs/fleet.md.
RULES = (
    Rule("zoo_requests_in_server", ":tensorflow:serving:request_latency_sum", "", " / 1000000", "3800m"),
    Rule("zoo_answers_per_second", ":tensorflow:serving:request_count", 'status="OK",', "", "1600"),
)
_RESOURCES = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "4", "memory": "2Gi"}}
_PORTS = {"grpc": GRPC_PORT, "rest": REST_PORT}
_SCRAPED = {"prometheus.io/scrape": "true", "prometheus.io/port": str(REST_PORT), "prometheus.io/path": METRICS}


def image(tensorflow: tuple[int, int]) -> str:
    """The server of the TensorFlow minor version that exported, `(2, 21) -> tensorflow/serving:2.21.0`."""
    return "tensorflow/serving:{}.{}.0".format(*tensorflow)


def compose(names: list[str], tensorflow: tuple[int, int]) -> dict[str, Any]:
    """A Compose file that serves its own folder.

    Args:
        names: the models.
        tensorflow: major and minor version of the TensorFlow that exported them.
    """
    return {
        "services": {
            "tensorflow-serving": {
                "image": image(tensorflow),
                "platform": "linux/amd64",
                "command": list(FLAGS),
                "ports": [f"127.0.0.1:{GRPC_PORT}:{GRPC_PORT}", f"127.0.0.1:{REST_PORT}:{REST_PORT}"],
                "volumes": [{"type": "bind", "source": ".", "target": ROOT, "read_only": True}],
                "healthcheck": {
                    "test": ["CMD", "bash", "-c", health(names).replace("$", "$$")],
                    "interval": "10s",
                    "timeout": "5s",
                    "retries": 3,
                    "start_period": "60s",
                },
                "restart": "unless-stopped",
                "read_only": True,
                "tmpfs": ["/tmp"],
                "cap_drop": ["ALL"],
                "security_opt": ["no-new-privileges:true"],
            }
        }
    }


def health(names: list[str], port: int = REST_PORT) -> str:
    """A line of bash that fails unless a version of every model is available; the server's image holds no curl."""
    request = rf"printf 'GET {MODELS}/%s HTTP/1.0\r\n\r\n' $model >&3"
    probe = f"exec 3<>/dev/tcp/127.0.0.1/{port} && {request} && grep -q '\"AVAILABLE\"' <&3"
    return f"for model in {' '.join(names)}; do {probe} || exit 1; done"


def kubernetes(names: list[str], tensorflow: tuple[int, int]) -> list[dict[str, Any]]:
    """Storage, Deployment, Service and HorizontalPodAutoscaler of one server for all models; arguments as of `compose`."""
    labels = {"app.kubernetes.io/name": NAME}
    template = {"metadata": {"labels": labels, "annotations": _SCRAPED}, "spec": _pod(_container(names, tensorflow))}
    ports = [{"name": name, "port": port, "targetPort": name} for name, port in _PORTS.items()]
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
    kinds = {
        ("v1", "PersistentVolumeClaim", CLAIM): {
            "accessModes": ["ReadWriteMany"],
            "resources": {"requests": {"storage": "1Gi"}},
        },
        ("apps/v1", "Deployment", NAME): {
            "selector": {"matchLabels": labels},
            "strategy": {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": template,
        },
        ("v1", "Service", NAME): {"selector": labels, "ports": ports},
        ("autoscaling/v2", "HorizontalPodAutoscaler", NAME): {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": NAME},
            "minReplicas": 2,
            "maxReplicas": 10,
            "metrics": [{"type": "Resource", "resource": cpu}],
        },
    }
    return [
        {"apiVersion": version, "kind": kind, "metadata": {"name": name, "labels": labels}, "spec": spec}
        for (version, kind, name), spec in kinds.items()
    ]


def scaling() -> list[dict[str, Any]]:
    """The HorizontalPodAutoscaler by what the servers export to Prometheus, and the rules by which its adapter reads that.

    It has the name of the one by CPU, in whose place it comes.
    """
    labels = {"app.kubernetes.io/name": NAME}
    targets = [
        {"type": "Pods", "pods": {"metric": {"name": rule.name}, "target": {"type": "AverageValue", "averageValue": rule.target}}}
        for rule in RULES
    ]
    autoscaler = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": NAME},
        "minReplicas": 2,
        "maxReplicas": 200,
        "metrics": targets,
        # A wave of requests is met at once; what it took is given back slowly.
        "behavior": {"scaleUp": {"stabilizationWindowSeconds": 0}, "scaleDown": {"stabilizationWindowSeconds": 300}},
    }
    rules = {"rules": [rule.of_the_adapter() for rule in RULES]}
    return [
        {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": NAME, "labels": labels},
            "spec": autoscaler,
        },
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": f"{NAME}-adapter", "labels": labels},
            "data": {"config.yaml": yaml.safe_dump(rules, sort_keys=False, width=130)},
        },
    ]


def _container(names: list[str], tensorflow: tuple[int, int]) -> dict[str, Any]:
    probe = {"httpGet": {"path": f"{MODELS}/{names[0]}", "port": "rest"}}
    return {
        "name": "tensorflow-serving",
        "image": image(tensorflow),
        "args": list(FLAGS),
        "ports": [{"name": name, "containerPort": port} for name, port in _PORTS.items()],
        # The server listens once a version of every model is loaded and warm.
        "startupProbe": {**probe, "periodSeconds": 5, "failureThreshold": 60},
        "readinessProbe": {**probe, "periodSeconds": 5, "timeoutSeconds": 3},
        "livenessProbe": {**probe, "periodSeconds": 20, "timeoutSeconds": 5, "failureThreshold": 6},
        # The pod still listens while requests that were sent before its end arrive.
        "lifecycle": {"preStop": {"exec": {"command": ["sleep", "10"]}}},
        "resources": _RESOURCES,
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "models", "mountPath": ROOT, "readOnly": True},
            {"name": "scratch", "mountPath": "/tmp"},
        ],
    }


def _pod(container: dict[str, Any]) -> dict[str, Any]:
    return {
        "automountServiceAccountToken": False,
        "nodeSelector": {"kubernetes.io/arch": "amd64"},  # the only platform of the server's image
        "securityContext": {
            "runAsNonRoot": True,
            **dict.fromkeys(("runAsUser", "runAsGroup", "fsGroup"), NOBODY),
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "terminationGracePeriodSeconds": 60,
        "containers": [container],
        "volumes": [
            {"name": "models", "persistentVolumeClaim": {"claimName": CLAIM}},
            {"name": "scratch", "emptyDir": {}},
        ],
    }


def kserve(names: list[str], tensorflow: tuple[int, int]) -> list[dict[str, Any]]:
    """One `InferenceService` for each model, in KServe's own TensorFlow runtime; arguments as of `compose`."""
    return [
        {
            "apiVersion": "serving.kserve.io/v1beta1",
            "kind": "InferenceService",
            "metadata": {"name": service},
            "spec": {
                "predictor": {
                    "minReplicas": 1,
                    "maxReplicas": 10,
                    "model": {
                        "modelFormat": {"name": "tensorflow"},
                        "runtimeVersion": image(tensorflow).partition(":")[2],
                        "storageUri": f"{STORAGE}/{model}",
                        "resources": _RESOURCES,
                    },
                }
            },
        }
        for model, service in services(names).items()
    ]


def services(names: list[str]) -> dict[str, str]:
    """A name that Kubernetes allows for each model: `mela_sinusoid -> mela-sinusoid`; a digest makes equal names unique."""
    plain = {name: re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].rstrip("-") for name in names}
    plain = {name: short if short[:1].isalpha() else f"model-{short}".rstrip("-") for name, short in plain.items()}
    return {
        name: short if list(plain.values()).count(short) == 1 else f"{short}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
        for name, short in plain.items()
    }

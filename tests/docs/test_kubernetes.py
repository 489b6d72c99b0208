"""Manifests of trainings: Kubernetes takes them, their parts fit each other, and their lines of shell say what a pod does."""

import json
import os
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from zoo.hub import registry
from zoo.training import cluster, workers

FOLDER = Path(__file__).resolve().parents[2] / "docs/kubernetes"
FILES = sorted(path.name for path in FOLDER.glob("*.yaml"))
ZOO = '#!/bin/sh\necho "$@"\necho "$TF_CONFIG"\n'


def documents(name):
    return list(yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8")))


def pod(document):
    """The specification of a pod, and the variables of its container."""
    spec = document["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    return container, {each["name"]: each["value"] for each in container["env"]}


def said(folder, document, **variables):
    """What a pod runs: the arguments of `zoo`, and its `TF_CONFIG`."""
    (folder / "zoo").write_text(ZOO)
    (folder / "zoo").chmod(0o755)
    container, environment = pod(document)
    environment |= {"PATH": f"{folder}:{os.environ['PATH']}", **variables}
    line = [part.replace("/runs/", f"{folder}/runs/") for part in (*container["command"], *container["args"])]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.splitlines() or ["", ""]


@pytest.mark.parametrize("version", ["1.30", "1.37"])
@pytest.mark.parametrize("name", FILES)
def test_kubernetes_takes_every_document(name, version):
    for document in documents(name):
        kubernetes_validate.validate(document, version, strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**documents(name)[0], "sepc": {}}, version, strict=True)


def test_pods_of_a_training_find_each_other(tmp_path):
    service, policy, stateful = documents("workers.yaml")
    spec, name = stateful["spec"], service["metadata"]["name"]
    container, environment = pod(stateful)
    labels = spec["template"]["metadata"]["labels"]
    assert (
        labels == service["spec"]["selector"] == spec["selector"]["matchLabels"] == policy["spec"]["podSelector"]["matchLabels"]
    )
    assert spec["serviceName"] == name
    assert spec["podManagementPolicy"] == "Parallel"  # as the first one waits for the others
    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["publishNotReadyAddresses"]
    assert service["spec"]["ports"][0]["port"] == container["ports"][0]["containerPort"]
    count = int(environment["WORKERS"])
    assert spec["replicas"] == count
    workers.check(registry.entry(environment["ENTRY"]), count)
    for rank in range(count):
        arguments, config = said(tmp_path, stateful, HOSTNAME=f"{stateful['metadata']['name']}-{rank}")
        assert arguments == f"train {environment['ENTRY']} --out {environment['OUT']}"
        place = cluster.place(config)
        port = service["spec"]["ports"][0]["port"]
        assert place.addresses == tuple(f"{stateful['metadata']['name']}-{each}.{name}:{port}" for each in range(count))
        assert place.rank == rank


def test_seeds_and_entries_have_a_pod_each(tmp_path):
    (job,) = documents("seeds.yaml")
    _, environment = pod(job)
    names, seeds = environment["ENTRIES"].split(), int(environment["SEEDS"])
    assert job["spec"]["completions"] == len(names) * seeds
    for name in names:
        registry.check(name)
    found = [said(tmp_path, job, JOB_COMPLETION_INDEX=str(index))[0] for index in range(job["spec"]["completions"])]
    wanted = [f"train {name} --seed {seed} --out {tmp_path}/runs/{name}/{seed}" for name in names for seed in range(1, seeds + 1)]
    assert found == wanted
    (tmp_path / "runs" / names[0] / "1").mkdir(parents=True)
    (tmp_path / "runs" / names[0] / "1/model.keras").touch()
    assert said(tmp_path, job, JOB_COMPLETION_INDEX="0") == ["", ""]  # done before


def test_what_runs_has_no_rights_that_it_does_not_need():
    for document in (documents("workers.yaml")[-1], *documents("seeds.yaml")):
        container, environment = pod(document)
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert document["spec"]["template"]["spec"]["securityContext"]["runAsNonRoot"]
        assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/runs", environment["HOME"]}
    assert json.dumps(documents("seeds.yaml")).count("SET-YOUR-IMAGE-HERE") == 1

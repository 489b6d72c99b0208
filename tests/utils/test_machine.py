import datetime
import importlib.metadata

from zoo.utils import machine


def test_a_measurement_names_its_date_hardware_and_versions():
    found = machine.description()
    assert found["date"] == datetime.date.today().isoformat()
    assert found["hardware"].endswith(" cores")
    assert found["keras"] == importlib.metadata.version("keras")
    assert found.keys() == {"date", "hardware", "python", "tensorflow", "keras"}


def test_the_processor_is_named_as_it_names_itself(monkeypatch, tmp_path):
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: Abacus 3000\n")
    monkeypatch.setattr(machine, "Path", lambda _: tmp_path / "cpuinfo")
    assert machine.description()["hardware"].startswith("Abacus 3000, ")


def test_without_proc_the_platform_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "Path", lambda _: tmp_path / "cpuinfo")
    monkeypatch.setattr(machine.platform, "processor", lambda: "")
    monkeypatch.setattr(machine.platform, "machine", lambda: "arm64")
    assert machine.description()["hardware"].startswith("arm64, ")

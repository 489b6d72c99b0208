import datetime
import importlib.metadata

from zoo.utils import machine


def test_a_measurement_names_its_date_hardware_and_versions():
    found = machine.description()
    assert found["date"] == datetime.date.today().isoformat()
    assert found["hardware"].endswith(" cores")
    assert found["keras"] == importlib.metadata.version("keras")
    assert found.keys() == {"date", "hardware", "python", "tensorflow", "keras"}


def test_the_processor_is_named_as_it_names_itself(monkeypatch):
    text = "processor\t: 0\nmodel name\t: Abacus 3000\n"
    monkeypatch.setattr(machine.Path, "read_text", lambda self, encoding: text)
    assert machine.description()["hardware"].startswith("Abacus 3000, ")


def test_without_proc_the_platform_is_named(monkeypatch):
    def missing(self, encoding):
        raise FileNotFoundError

    monkeypatch.setattr(machine.Path, "read_text", missing)
    monkeypatch.setattr(machine.platform, "processor", lambda: "")
    monkeypatch.setattr(machine.platform, "machine", lambda: "arm64")
    assert machine.description()["hardware"].startswith("arm64, ")

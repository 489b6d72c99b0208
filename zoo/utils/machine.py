"""The conditions of a measurement: date, processor, cores, versions."""

import datetime
import importlib.metadata
import os
import platform
from pathlib import Path


def description() -> dict[str, str]:
    """The machine and the versions that a measurement depends on."""
    return {
        "date": datetime.date.today().isoformat(),
        "hardware": f"{_processor()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in ("tensorflow", "keras")},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()

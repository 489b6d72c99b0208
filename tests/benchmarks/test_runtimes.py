import pytest
import runtimes

ELSEWHERE = "https://models.example/m.onnx"


def test_a_page_that_asks_the_network_is_caught(tmp_path):
    """In the answer, at which every promise of an export looks, and when the browser closes."""
    (chromium,) = (runtime for runtime in runtimes.RUNTIMES if runtime.name == runtimes.CHROMIUM)
    with pytest.raises(RuntimeError, match=r"asked for \['https://models.example/m.onnx'\]"), chromium.open(tmp_path) as load:
        run = load(tmp_path, "m")
        assert run.script.external == []
        with pytest.raises(RuntimeError, match="Failed to fetch"):
            run.script.answer({"model": ELSEWHERE, "inputs": {}})
        assert run.script.external == [ELSEWHERE]

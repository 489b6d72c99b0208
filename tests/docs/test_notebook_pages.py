def test_a_notebook_becomes_a_page_with_its_outputs(hook):
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["one\n", "two\n"]},
        {"output_type": "display_data", "data": {"text/plain": ["3"]}, "metadata": {}},
        {"output_type": "display_data", "data": {"image/png": "QUJD"}, "metadata": {}},
    ]
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "\n", "Text."]},
        {"cell_type": "code", "source": ["x = 1"], "outputs": outputs},
    ]
    assert (
        hook("notebook_pages").markdown({"cells": cells}, "own.ipynb")
        == """# Title

Text.

[Download this page as a notebook](own.ipynb)

```python
x = 1
```

```text
one
two
```

```text
3
```

![What the cell above draws](data:image/png;base64,QUJD)
"""
    )

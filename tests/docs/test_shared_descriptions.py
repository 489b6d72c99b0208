def test_arguments_that_are_described_together_get_a_line_each(hook):
    apart = hook("shared_descriptions").apart
    text = """Measure.

    Not here, there: a sentence.

Args:
    name: of the entry.
    tasks, seed: of the evaluation,
        in words.
    force: last, of all: three.

Returns:
    one, two: a tuple."""
    assert (
        apart(text)
        == """Measure.

    Not here, there: a sentence.

Args:
    name: of the entry.
    tasks: of the evaluation,
        in words.
    seed: of the evaluation,
        in words.
    force: last, of all: three.

Returns:
    one, two: a tuple."""
    )

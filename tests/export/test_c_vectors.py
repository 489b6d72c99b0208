"""What a plan of vectors takes, and what it refuses."""

from zoo.export.c_vectors import END, beyond, is_part


def test_a_part_of_a_vector_is_of_one_axis_and_without_steps():
    assert is_part([1], [3]) and is_part([0, 1], [END, 3], [0, 1], [1, 1])
    assert not is_part([1, 1], [END, 3])
    assert not is_part([0, 1], [2, 3])
    assert not is_part([1], [3], [1], [2])


def test_the_error_names_the_operation_and_another_way():
    assert "a task has ONNX's operation 'Conv', and C source" in str(beyond("a task", "Conv", ["Add"]))

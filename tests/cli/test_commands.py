import argparse

from zoo.cli import arguments, commands


def test_every_command_has_a_function_and_every_function_a_command():
    (found,) = [action for action in arguments.parser()._actions if isinstance(action, argparse._SubParsersAction)]
    assert {f"run_{name.replace('-', '_')}" for name in found.choices} == set(commands.__all__)
    assert all(callable(getattr(commands, name)) for name in commands.__all__)

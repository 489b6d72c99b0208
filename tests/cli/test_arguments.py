import argparse

import pytest

from zoo.cli import arguments


def subparsers():
    (found,) = [action for action in arguments.parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return found.choices


@pytest.mark.parametrize("command", subparsers())
def test_help_shows_an_example(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        arguments.parser().parse_args([command, "--help"])
    assert stopped.value.code == 0
    assert f"example:\n  zoo {command}" in capsys.readouterr().out


@pytest.mark.parametrize("command", subparsers())
def test_every_option_has_a_help_text(command):
    assert all(action.help for action in subparsers()[command]._actions)


def test_signatures_are_names_between_commas():
    options = arguments.parser().parse_args(["export", "a", "--to", "b", "--signatures", "adapt, apply"])
    assert options.signatures == ["adapt", "apply"]


def test_numbers_are_1_or_more(capsys):
    with pytest.raises(SystemExit):
        arguments.parser().parse_args(["evaluate", "a", "--tasks", "0"])
    assert "--tasks: 0 is not 1 or more" in capsys.readouterr().err


def test_defaults_are_those_of_the_servers_options():
    from zoo.serving.server.local_server import Options
    from zoo.serving.server.service import MEBIBYTE, Limits

    options = arguments.parser().parse_args(["serve", "models"])
    where, limits = Options(), Limits()
    assert (options.host, options.port, options.grpc_port) == (where.host, where.port, where.grpc_port)
    assert (options.poll, options.grace, options.allow_reload) == (where.poll_seconds, where.grace_seconds, where.reload)
    assert (options.queue, options.deadline, options.body_limit * MEBIBYTE) == (limits.queue, limits.deadline, limits.body)


def test_the_version_is_printed(capsys):
    import zoo

    with pytest.raises(SystemExit) as stopped:
        arguments.parser().parse_args(["--version"])
    assert (stopped.value.code, capsys.readouterr().out) == (0, f"zoo {zoo.__version__}\n")

"""What each command does: `run_COMMAND` takes the options that `zoo.cli.arguments` parsed. Heavy imports wait until they run."""

from zoo.cli.adoption import run_adopt
from zoo.cli.comparison import run_compare
from zoo.cli.drawing import run_demo, run_demo_page, run_figures
from zoo.cli.entries import run_calibrate, run_evaluate, run_list, run_selfcheck, run_show
from zoo.cli.publishing import run_export, run_serve
from zoo.cli.samples import run_samples
from zoo.cli.tasks import run_ask, run_learn, run_predict, run_update
from zoo.cli.training import run_train

__all__ = [
    "run_adopt",
    "run_ask",
    "run_calibrate",
    "run_compare",
    "run_demo",
    "run_demo_page",
    "run_evaluate",
    "run_export",
    "run_figures",
    "run_learn",
    "run_list",
    "run_predict",
    "run_samples",
    "run_selfcheck",
    "run_serve",
    "run_show",
    "run_train",
    "run_update",
]

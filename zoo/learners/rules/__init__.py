"""Rules of gradient steps: what a step makes of a gradient, for all tasks at once. Knows no network and no loss."""

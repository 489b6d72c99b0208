"""Measuring a learner: scores, calibration, what asking gains, and the card that holds it all."""

"""Figures that papers published, as points beside our curves.

T. Wu, J. Peurifoy, I. L. Chuang, M. Tegmark, "Meta-learning autoencoders for few-shot prediction", 2018: from the text where
it gives them, else read off the figures stored with the authors' code (to about 0.02 in mean squared error, 0.002 in distance).
"""

# Figure 2a: mean squared error on sinusoids by number of gradient steps.
SINUSOID = {
    "MeLA": {0: 0.208, 1: 0.20, 2: 0.19, 5: 0.17, 10: 0.129},
    "MAML": {0: 3.05, 1: 0.48, 2: 0.28, 5: 0.208, 10: 0.16},
    "pretrained": {0: 3.07, 1: 3.03, 2: 2.97, 5: 2.84, 10: 2.64},
    "oracle": {0: 0.02, 1: 0.09, 2: 0.03, 5: 0.03, 10: 0.03},
}

DISTANCES = (0.1, 0.2, 0.3, 0.4, 0.5)

# Figure 3: distance of the bouncing ball from the truth by distance flown, after so many gradient steps.
BALL = {
    ("MeLA", 0): (0.026, 0.055, 0.084, 0.113, 0.139),
    ("MeLA", 5): (0.019, 0.038, 0.058, 0.078, 0.099),
    ("oracle", 0): (0.016, 0.035, 0.058, 0.084, 0.111),
    ("oracle", 5): (0.012, 0.025, 0.040, 0.058, 0.077),
    ("pretrained", 0): (0.030, 0.081, 0.139, 0.194, 0.238),
    ("pretrained", 5): (0.028, 0.068, 0.110, 0.150, 0.184),
}
# The same at one step ahead, as mean squared error over both coordinates, by gradient steps.
BALL_STEPS = {"MeLA": {0: 5.7e-4, 10: 2.4e-4}, "pretrained": {0: 7.7e-4, 10: 6.1e-4}, "oracle": {0: 2.6e-4, 10: 1.6e-4}}

# Figure 5: distance of the centre of mass in video.
VIDEO = {
    ("MeLA", 0): (0.035, 0.060, 0.086, 0.112, 0.136),
    ("MeLA", 5): (0.029, 0.045, 0.063, 0.082, 0.100),
    ("pretrained", 0): (0.043, 0.184, 0.240, 0.271, 0.272),
    ("pretrained", 5): (0.043, 0.179, 0.232, 0.259, 0.259),
}

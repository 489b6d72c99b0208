"""Figure 2 of the MeLA paper, and the code space: sinusoids learned from ten points, from three, and from the one asked for.

T. Wu, J. Peurifoy, I. L. Chuang, M. Tegmark, "Meta-learning autoencoders for few-shot prediction", 2018.
"""

import numpy as np

from zoo.datasets.sinusoids.waves import AMPLITUDE, PHASE, X
from zoo.evaluation.scores import measured, score
from zoo.figures import published, style
from zoo.figures.style import Picture
from zoo.hub import registry

STEPS = range(11)
TASKS, SEED = 2_000, 11
CODED = 4_000  # waves placed in the code space
ASKED = "mela_sinusoid_resplit"
PUBLISHED = ("pretrained", "MAML", "MeLA", "oracle")
# What is drawn, its entry, what its gradient steps move, and its colour; those that the paper has bear its names.
CURVES = (
    ("pretrained", "pretrained_sinusoid", "weights", style.PRETRAINED),
    ("MAML", "maml_sinusoid", "inner", style.MAML),
    ("MeLA", "mela_sinusoid_paper", "weights", style.LEARNED),
    ("oracle", "oracle_sinusoid", "weights", style.ORACLE),
    ("MeLA on fresh tasks, steps on the code", "mela_sinusoid", "code", style.OTHER),
)


def gradient_steps() -> Picture:
    """Figure 2a: error by gradient steps, of every learner, beside the published figures."""
    figure, part = style.axes(7.5, 4.5)
    rows = []
    for label, name, on, color in CURVES:
        learner, episodes = registry.load(name), registry.entry(name).benchmark
        drawn = episodes.draw(TASKS, SEED, **episodes.conditions()[0])
        found = measured(learner, episodes, drawn, [({"steps": steps}, {"on": on, "steps": steps}) for steps in STEPS])
        scores = [score(episodes, *each) for each in found]
        mean, interval = np.array([[one.mean, one.interval] for one in scores]).T
        part.plot(STEPS, mean, "o-", color=color, markersize=3, label=label)
        part.fill_between(STEPS, mean - interval, mean + interval, color=color, alpha=0.2, linewidth=0)
        known = published.along(registry.entry(name), "steps", {}) if label in PUBLISHED else {}
        style.published(part, list(known), list(known.values()), color)
        rows += [(label, name, on, k, mean[k], interval[k], known.get(k, "")) for k in STEPS]
    part.plot([], [], "D", color="k", markerfacecolor="none", label="published (diamonds)")
    part.set(yscale="log", xlabel="gradient steps on ten points", ylabel="mean squared error", title="A new wave from ten points")
    part.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    return Picture(
        "2a_gradient_steps",
        "Lower is better. MeLA knows the wave before any gradient step; the others must take steps. Bands: 95 % over tasks.",
        figure,
        ("learner", "entry", "steps on", "gradient steps", "mean squared error", "95 % half-width", "published"),
        rows,
    )


def one_wave() -> Picture:
    """Figure 2b: one task as each learner draws it; the size of a point is its influence."""
    generator = np.random.default_rng(SEED)
    amplitude, phase = 3.5, 0.8
    x = generator.uniform(*X, 10).astype(np.float32)
    y = amplitude * np.sin(x - phase)
    mela = registry.load("mela_sinusoid")
    ten, three = mela.learn(x, y), mela.learn(x, y, keep=3)
    curve = np.linspace(*X, 200)
    drawn = {
        "the wave": (amplitude * np.sin(curve - phase), style.TRUTH, "-", 6),
        "MeLA, ten points": (ten.predict(curve), style.LEARNED, "-", 2),
        "MeLA, its three most influential": (three.predict(curve), style.LEARNED, ":", 2),
        "MAML, one step": (registry.load("maml_sinusoid").learn(x, y, gradient_steps=1).predict(curve), style.MAML, "-", 1.5),
        "pretrained": (registry.load("pretrained_sinusoid").learn(x, y).predict(curve), style.PRETRAINED, "-", 1.5),
    }
    figure, part = style.axes(7.5, 4.2)
    for label, (values, color, line, width) in drawn.items():
        part.plot(curve, values, line, color=color, linewidth=width, label=label, alpha=0.5 if width > 3 else 1)
    part.scatter(x, y, s=20 + 600 * ten.influence, color=style.POINTS, zorder=3, alpha=0.7, label="points, size: influence")
    part.set(xlabel="x", ylabel="y", title="One wave, seen at ten points")
    part.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    caption = "The task model follows the wave between and beyond the points; a large point decides much of the code."
    columns = ("x", *drawn)
    return Picture(
        "2b_one_wave", caption, figure, columns, list(zip(curve, *(values for values, *_ in drawn.values()), strict=True))
    )


def asking() -> tuple[Picture, Picture]:
    """Figures 2c and 2d: which of eight places to ask about, and what the answer does to the prediction at one place."""
    generator = np.random.default_rng(3)
    amplitude, phase, at = 3.0, 1.2, -4.0
    wave = lambda x: amplitude * np.sin(np.asarray(x) - phase)  # noqa: E731
    x, candidates = np.array([1.5, 3.2]), np.sort(generator.uniform(*X, 8))
    learner = registry.load(ASKED)
    asked = learner.ask(x, wave(x), candidates=candidates, at=at)
    curve = np.linspace(*X, 200)
    before = learner.learn(x, wave(x)).predict(curve)
    after = [learner.learn([*x, c], wave([*x, c])).predict(curve) for c in candidates]

    figure, part = style.axes(7.5, 4.2)
    part.plot(curve, wave(curve), color=style.TRUTH, linewidth=6, alpha=0.5, label="the wave")
    part.plot(curve, before, color=style.LEARNED, label="after two points")
    part.plot(x, wave(x), "o", color=style.POINTS, label="known")
    size = 20 + 180 * asked.scores / asked.scores.max()
    part.scatter(
        candidates, np.interp(candidates, curve, before), s=size, color=style.MAML, zorder=3, label="could be asked; size: score"
    )
    part.axvline(at, color="k", linewidth=1, linestyle=":", label="where it matters")
    part.axvline(asked.best, color=style.MAML, linewidth=1, label="asked")
    part.set(xlabel="x", ylabel="y", title="Which example to ask for")
    part.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    scores = Picture(
        "2c_asking",
        f"Two points are known. Asked about x = {at:g}, the learner wants to see x = {asked.best:.2f}.",
        figure,
        ("candidate x", "score"),
        list(zip(candidates, asked.scores, strict=True)),
    )

    figure, part = style.axes(7.5, 4.2)
    part.plot(curve, wave(curve), color=style.TRUTH, linewidth=6, alpha=0.5, label="the wave")
    for number, one in enumerate(after):
        part.plot(curve, one, color=style.OTHER, alpha=0.3, linewidth=1, label=None if number else "each of the eight instead")
    part.plot(curve, after[asked.index], color=style.LEARNED, label="with the asked example")
    part.plot(x, wave(x), "o", color=style.POINTS, label="known")
    part.plot(asked.best, wave(asked.best), "s", color=style.MAML, label="asked")
    part.axvline(at, color="k", linewidth=1, linestyle=":", label="where it matters")
    part.set(xlabel="x", ylabel="y", title="What the answer does")
    part.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    wrong = [abs(float(np.interp(at, curve, one)) - wave(at)) for one in after]
    explained = Picture(
        "2d_asked",
        f"Error at x = {at:g}: asked {wrong[asked.index]:.2f}, at random {np.mean(wrong):.2f}. {_over_many()}",
        figure,
        ("candidate x", f"absolute error at x = {at:g} after it was added"),
        list(zip(candidates, wrong, strict=True)),
    )
    return scores, explained


def _over_many() -> str:
    """What asking gains over the tasks of the card, in a sentence."""
    scores = {one["condition"]["added"]: one for one in registry.card(ASKED)["asking"]}
    asked, random = (f"{scores[added]['mean']:.2f} ± {scores[added]['interval']:.2f}" for added in ("asked", "random"))
    return f"Mean squared error over {scores['asked']['tasks']:,} waves: {asked} against {random}."


def code_space() -> Picture:
    """Two numbers for a wave: the code of `mela_sinusoid_paper`, by amplitude and phase, and how much of both it tells."""
    generator = np.random.default_rng(SEED)
    amplitude, phase = generator.uniform(*AMPLITUDE, CODED), generator.uniform(*PHASE, CODED)
    x = generator.uniform(*X, (CODED, 10, 1)).astype(np.float32)
    y = (amplitude[:, None, None] * np.sin(x - phase[:, None, None])).astype(np.float32)
    learner = registry.load("mela_sinusoid_paper")
    code = learner.encode(x, y, np.full(CODED, 10, np.int32)).numpy()

    figure, parts = style.panels(2, 9.5, 4.2)
    explained = {}
    for part, (label, value, targets) in zip(
        parts,
        (("amplitude", amplitude, amplitude[:, None]), ("phase (rad)", phase, np.stack([np.sin(phase), np.cos(phase)], 1))),
        strict=True,
    ):
        explained[label] = _explained(code, targets)
        dots = part.scatter(code[:, 0], code[:, 1], c=value, s=3, cmap="viridis")
        figure.colorbar(dots, ax=part, label=label)
        part.set(
            xlabel="code, first number", ylabel="code, second number", title=f"{label}: R² {explained[label]:.2f} from the code"
        )
    caption = (
        "Every dot is a wave, placed by the two numbers that ten of its points were read into. R²: nearest neighbours, held out."
    )
    rows = list(zip(*code.T, amplitude, phase, strict=True))
    return Picture("code_space", caption, figure, ("code 1", "code 2", "amplitude", "phase"), rows)


def _explained(code: np.ndarray, targets: np.ndarray, neighbours: int = 10) -> float:
    """R² of `targets [T, k]` from codes `[T, 2]`: one half predicted by the mean of the nearest in the other half."""
    half = len(code) // 2
    scale = code[:half].std(axis=0)
    apart = np.linalg.norm((code[half:, None] - code[None, :half]) / scale, axis=-1)
    nearest = np.argpartition(apart, neighbours, axis=1)[:, :neighbours]
    rest = targets[half:] - targets[:half][nearest].mean(axis=1)
    return float(1 - (rest**2).sum() / ((targets[half:] - targets[half:].mean(axis=0)) ** 2).sum())

"""The training step of `tabular` in PyTorch: the same sums from the same weights, with its fused Adam.

A worker of `tables_training.py`, which gives it weights and tables, and compares its answers: TensorFlow and PyTorch do not load
into one process. Everything is that of `zoo/models/tabular.py` and its layers, for classes. The inverse has the same gradient
written out by hand, and weights are averaged as the recipe says.
"""

import json
import sys
import time
from pathlib import Path
from statistics import NormalDist

import numpy as np
import torch
from torch import nn
from torch.nn import functional

# As in the files of the zoo that each is named in.
CLIP, LARGEST, TINY, CONSTANT, STEP = 3.0, 3e38, 1e-30, 1e-12, 1e-3  # layers/columns.py
PRODUCTS = 12  # layers/solved.py
SHARPNESS, USUAL_ROWS, USUAL_COLUMNS, PRIOR_ROWS = 1.5, 50.0, 8.0, 0.5  # layers/table_encoder.py
INTERCEPT, SHUT, MOST, KERNEL_GAIN = 1e-2, -1e4, 8.0, 3.0  # models/tabular.py
NAMES = ("support_x", "support_y", "support_size", "query_x", "query_y")
WARM = 3


class Inverse(torch.autograd.Function):
    """By Schulz' products, as `zoo.layers.solved.inverse`."""

    @staticmethod
    def forward(context, a):
        eye = torch.eye(a.shape[1])
        side = torch.rsqrt(torch.diagonal(a, dim1=1, dim2=2))
        scale = side[:, :, None] * side[:, None, :]
        unit = a * scale
        x = eye / unit.abs().sum(2, keepdim=True).amax(1, keepdim=True)
        for _ in range(PRODUCTS):
            x = x @ (2.0 * eye - unit @ x)
        found = x * scale
        context.save_for_backward(found)
        return found

    @staticmethod
    def backward(context, upstream):
        (found,) = context.saved_tensors
        return -found.transpose(1, 2) @ upstream @ found


class Tabular(nn.Module):
    """The weights of a learner of classes, by their paths, and its forward pass."""

    def __init__(self, weights, config):
        super().__init__()
        self.weights = nn.ParameterDict({name: nn.Parameter(torch.tensor(each)) for name, each in weights.items()})
        self.blocks, self.hidden, self.knots, self.steps = (config[key] for key in ("blocks", "hidden", "knots", "steps"))
        self.scores = tuple(NormalDist().inv_cdf((place + 0.5) / self.knots) for place in range(self.knots))

    def forward(self, support_x, support_y, size, query_x):
        """Logits `[B, M, K]` of queries."""
        real = (torch.arange(support_x.shape[1]) < size[:, None]).float()  # [B, N]
        y = support_y * real[:, :, None]
        real = real * y.sum(2).clamp(max=1.0)
        row = real[:, :, None]
        x = torch.where(row > 0.0, support_x, torch.zeros(()))
        shift, scale = _standardisation(x, row)
        z = _standardised(x, shift, scale) * row
        knots = self._quantiles(z, row)
        t, u = CLIP * torch.tanh(z / CLIP), self._normal_scores(z, knots)
        varies = (scale > 0.0).float()
        tokens, table = self._encoded(t, u, y, real, varies)
        written = self._written(tokens, table, varies)
        straight, ranked, hidden, intercept = self._solved(t, u, y, real, written)
        z = _standardised(query_x, shift, scale)
        t, u = CLIP * torch.tanh(z / CLIP), self._normal_scores(z, knots)
        return _hidden(t, u, written) @ hidden + intercept + t @ straight + u @ ranked

    def _quantiles(self, z, row):
        ordered = torch.sort(z + (1.0 - row) * 1e6, dim=1).values
        count = row.sum((1, 2))[:, None]
        levels = (torch.arange(self.knots) + 0.5) / self.knots
        at = torch.minimum((count * levels - 0.5).clamp(min=0.0), (count - 1.0).clamp(min=0.0))
        share = (1.0 - (at[:, :, None] - torch.arange(z.shape[1])).abs()).clamp(min=0.0)
        return ordered.transpose(1, 2) @ share.transpose(1, 2)

    def _normal_scores(self, z, knots):
        levels, step = self.scores, STEP
        below, total = knots[:, :, 0], levels[0]
        for place in range(1, len(levels)):
            above = knots[:, :, place]
            share = (z - (below - step)[:, None]) * (1.0 / (above - below + 2.0 * step))[:, None]
            total = (levels[place] - levels[place - 1]) * share.clamp(0.0, 1.0) + total
            below = above
        return total

    def _encoded(self, t, u, labels, real, varies):
        """Tokens of columns `[B, C, 2 d]` and of the table `[B, 2 d]`."""
        w = self.weights
        rows = real.sum(1, keepdim=True).clamp(min=1.0)
        across = varies.sum(1, keepdim=True).clamp(min=1.0)
        mask = (real[:, :, None] * varies[:, None])[..., None]
        count = labels.sum(1, keepdim=True)
        share = labels / (count + PRIOR_ROWS)
        ways = (count > 0.0).float().sum(2).clamp(min=1.0)
        facts = torch.cat(
            [
                torch.log(rows / USUAL_ROWS),
                torch.log(across / USUAL_COLUMNS),
                torch.log(ways),
                torch.ones_like(rows),
            ],
            1,
        )
        seen = torch.cat([*_seen(t, w["encoder_centres"]), *_seen(u, w["encoder_centres"])], -1)
        h = seen @ w["encoder_cell"] + (facts @ w["encoder_facts"])[:, None, None]
        h = _gelu(h) * mask
        for place in range(self.blocks):
            h = self._block(f"encoder_block_{place}_", h, mask, rows, across, labels, share)
        by_column = h.sum(1) / rows[:, :, None]
        by_all = by_column.sum(1, keepdim=True) / across[:, :, None]
        tokens = _gelu(torch.cat([by_column, by_all.expand_as(by_column)], -1) @ w["encoder_token"])
        return tokens, (tokens * varies[:, :, None]).sum(1) / across

    def _block(self, name, h, mask, rows, across, labels, share):
        w = {
            part: self.weights[name + part]
            for part in ("gain", "own", "of_column", "of_row", "of_class", "of_all", "bias", "out")
        }
        tasks, size, wide, width = h.shape
        g = h * torch.rsqrt(h.square().mean(-1, keepdim=True) + 1e-6) * w["gain"] * mask
        by_column, by_row = g.sum(1) / rows[:, :, None], g.sum(2) / across[:, :, None]
        by_all = by_column.sum(1, keepdim=True) / across[:, :, None]
        by_class = (share.transpose(1, 2) @ g.reshape(tasks, size, -1)).view(tasks, -1, wide, width)
        mine = (by_class @ w["of_class"]).flatten(2)
        a = g @ w["own"] + (labels @ mine).view(tasks, size, wide, -1)
        a = a + (by_column @ w["of_column"])[:, None] + (by_row @ w["of_row"])[:, :, None]
        a = a + (by_all @ w["of_all"])[:, None] + w["bias"]
        return h + _gelu(a) @ w["out"] * mask

    def _on(self, name, tokens):
        return functional.linear(tokens, self.weights[f"{name}_kernel"].T, self.weights[f"{name}_bias"])

    def _written(self, tokens, table, varies):
        gate = torch.softmax(self._on("gate", tokens) + (varies[:, :, None] - 1.0) * 1e4, 1)
        view = self._on("view", tokens)
        prior = self._on("prior", table)
        return {
            "kernel": KERNEL_GAIN * gate * self._on("weight", tokens),
            "bias": (gate * self._on("offset", tokens)).sum(1),
            "mix": torch.sigmoid(view[..., 0]),
            "counts": torch.exp(view[..., 1:].clamp(-4.0, 2.0)) * varies[:, :, None],
            "strength": torch.exp(self._on("strength", table).clamp(-4.0, 3.0)),
            "precision": torch.exp(prior[:, :1].clamp(-3.0, 3.0)),
            "temperature": torch.exp(prior[:, 1:2].clamp(-1.0, 1.0)),
        }

    def _solved(self, t, u, y, real, written):
        row, counts = real[:, :, None], written["counts"]
        strength = written["strength"]
        parts = [
            torch.ones_like(row),
            t * counts[:, None, :, 0],
            u * counts[:, None, :, 1],
            _hidden(t, u, written) * strength[:, None],
        ]
        features = torch.cat(parts, 2) * row
        rest = written["precision"].expand(-1, features.shape[2] - 1)
        precision = torch.cat([torch.full_like(rest[:, :1], INTERCEPT), rest], 1)
        known = (y.sum(1, keepdim=True) > 0.0).float()
        bound = Inverse.apply(0.5 * features.transpose(1, 2) @ features + torch.diag_embed(precision))
        shut = (known - 1.0) * 1e4
        weights = ahead = torch.zeros(len(y), features.shape[2], y.shape[2])
        for step in range(self.steps):
            odds = torch.softmax(features @ ahead + shut, 2) * y.sum(2, keepdim=True)
            new = ahead + bound @ (features.transpose(1, 2) @ (y - odds) - precision[:, :, None] * ahead)
            ahead = new + step / (step + 3.0) * (new - weights)
            weights = new
        weights = weights * written["temperature"][:, :, None]
        wide = t.shape[2]
        intercept, straight, ranked, hidden = weights.split([1, wide, wide, self.hidden], 1)
        intercept = intercept + (1.0 - known) * SHUT
        return straight * counts[..., :1], ranked * counts[..., 1:], hidden * strength[:, :, None], intercept


def trainer(model, recipe, batches):
    """A function that takes one step on the next batch, and waits for its loss."""
    parameters = list(model.parameters())
    averaged = [parameter.detach().clone() for parameter in parameters]
    optimizer = torch.optim.Adam(parameters, recipe["learning_rate"], eps=1e-7, fused=True)
    taken = 0

    def step():
        nonlocal taken
        support_x, support_y, size, query_x, query_y = batches[taken % len(batches)]
        taken += 1
        logits = model(support_x, support_y, size, query_x)
        each = -(query_y * torch.log_softmax(logits, -1)).sum(-1).clamp(max=MOST)
        labelled = query_y.sum(-1)
        loss = (each * labelled).sum() / labelled.sum().clamp(min=1.0)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, recipe["clip_norm"])
        optimizer.step()
        torch._foreach_lerp_(averaged, [parameter.detach() for parameter in parameters], 1.0 - recipe["average"])
        return loss.item()

    return step


def rate(step, seconds):
    """Steps per second of the processor."""
    began, taken = time.process_time(), 0
    while time.process_time() - began < seconds or not taken:
        step()
        taken += 1
    return taken / (time.process_time() - began)


def main(folder):
    """Answer the first batch of every shape, then measure a shape for each line: its number and how many seconds."""
    torch.set_num_threads(1)
    about = json.loads((folder / "about.json").read_text())
    weights = dict(np.load(folder / "weights.npz"))
    steps = []
    for number in range(about["shapes"]):
        with np.load(folder / f"batches_{number}.npz") as held:
            batches = [tuple(torch.from_numpy(held[f"{name}_{place}"]) for name in NAMES) for place in range(about["batches"])]
        model = Tabular(weights, about["config"])
        with torch.no_grad():
            np.save(folder / f"answers_{number}.npy", model(*batches[0][:4]).numpy())
        steps.append(trainer(model, about["recipe"], batches))
    print(json.dumps({"torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        number, seconds = line.split()
        step = steps[int(number)]
        for _ in range(WARM):
            step()
        print(json.dumps({"rate": rate(step, float(seconds))}), flush=True)


def _standardisation(x, row):
    known = x.abs() <= LARGEST
    weight = torch.where(known, row, torch.zeros(()))
    safe = torch.where(known, x, torch.zeros(())) * row
    top = safe.abs().amax(1).clamp(min=TINY)
    unit = safe / top[:, None]
    count = weight.sum(1).clamp(min=1.0)
    mean = unit.sum(1) / count
    variance = (weight * (unit - mean[:, None]).square()).sum(1) / count
    scale = torch.where(variance > CONSTANT, torch.rsqrt(variance.clamp(min=CONSTANT)) / top, torch.zeros(()))
    return mean * top, scale


def _standardised(x, shift, scale):
    filled = torch.where(x.abs() <= LARGEST, x, shift[:, None])
    return ((filled - shift[:, None]) * scale[:, None]).clamp(-1e4, 1e4)


def _hidden(t, u, network):
    return torch.relu((t + network["mix"][:, None] * (u - t)) @ network["kernel"] + network["bias"][:, None])


def _seen(x, centres):
    x = x[..., None]
    return torch.tanh(SHARPNESS * (x - centres)), x, x.square() - 1.0


def _gelu(x):
    return x * torch.sigmoid(1.702 * x)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

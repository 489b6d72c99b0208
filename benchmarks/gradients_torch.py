"""Meta-steps of MAML and of the LSTM optimizer in PyTorch, vectorised over tasks by hand, as fast as we know to write them."""

import functools
import itertools
import math

import torch
from gradients_problem import (
    ADAM_EPSILON,
    CUT,
    DIGITS,
    EPSILON,
    HIDDEN,
    INNER_RATE,
    LAYERS,
    LEARNED_RATE,
    MAML,
    OUTER_RATE,
    PIXELS,
    SCALE,
    SEGMENT,
    UNITS,
    Optimizer,
    same_padding,
)
from side_by_side import Steps
from torch.nn import functional as nn


def _convolved(x, kernel):
    """The convolution of PyTorch, `[M, C, H, W]`; `vmap` over kernels makes it a grouped one."""
    before, after, _ = same_padding(x.shape[-1])
    return nn.conv2d(nn.pad(x, (before, after, before, after)), kernel, stride=2)


def _multiplied(x, kernel):
    """Patches and a product, which `vmap` makes a batched one."""
    before, after, out = same_padding(x.shape[-1])
    patches = nn.unfold(nn.pad(x, (before, after, before, after)), 3, stride=2)  # [M, 9 C, places]
    return (kernel.flatten(1) @ patches).unflatten(-1, (out, out))


def _sliced(x, kernel):
    """As ours: nine shifted slices side by side, channels last in memory, and a product."""
    before, after, out = same_padding(x.shape[-1])
    padded = nn.pad(x, (before, after, before, after)).movedim(1, -1)  # [M, H, W, C]
    reach = 2 * out - 1
    slices = [padded[:, row : row + reach : 2, column : column + reach : 2] for row in range(3) for column in range(3)]
    rows = torch.cat(slices, -1).flatten(0, 2) @ kernel.permute(2, 3, 1, 0).flatten(0, 2)  # [M places, F]
    return rows.unflatten(0, (len(x), out, out)).movedim(-1, 1)


def _forward(convolve, weights, x, moments=None):
    """Logits `[M, ways]` of one task, normalised by the given moments or their own; and the moments."""
    found = []
    for block in range(4):
        x = convolve(x, weights[f"kernel_{block}"])
        if moments is None:
            mean = x.mean((0, 2, 3), keepdim=True)
            variance = (x - mean).square().mean((0, 2, 3), keepdim=True)
        else:
            mean, variance = moments[block]
        found.append((mean, variance))
        x = nn.relu((x - mean) * torch.rsqrt(variance + EPSILON) + weights[f"offset_{block}"][:, None, None])
    return x.mean((2, 3)) @ weights["kernel_out"] + weights["bias_out"], found


def _maml(argument, convolve, compiled=False):
    problem = MAML.read(argument)
    weights = {name: torch.from_numpy(part) for name, part in problem.weights().items()}
    for block in range(4):
        weights[f"kernel_{block}"] = weights[f"kernel_{block}"].permute(3, 2, 0, 1).contiguous()
    batches = [{name: torch.from_numpy(part) for name, part in batch.items()} for batch in problem.batches()]
    for batch, part in itertools.product(batches, ("support", "query")):
        batch[f"{part}_x"] = batch[f"{part}_x"].movedim(-1, 2).contiguous()
        batch[f"{part}_y"] = batch[f"{part}_y"].long()

    def support_loss(own, shared, x, y):
        return problem.ways * nn.cross_entropy(_forward(convolve, {**shared, **own}, x)[0], y)

    def task_loss(weights, support_x, support_y, query_x, query_y):
        shared = {name: part for name, part in weights.items() if name.startswith("offset")}
        own = {name: part for name, part in weights.items() if name not in shared}
        for _ in range(problem.steps):
            slope = torch.func.grad(support_loss)(own, shared, support_x, support_y)
            own = {name: part - INNER_RATE * slope[name] for name, part in own.items()}
        adapted = {**shared, **own}
        moments = _forward(convolve, adapted, support_x)[1]
        return nn.cross_entropy(_forward(convolve, adapted, query_x, moments)[0], query_y)

    def loss(weights, batch):
        parts = [batch[f"{part}_{kind}"] for part in ("support", "query") for kind in ("x", "y")]
        return torch.func.vmap(task_loss, in_dims=(None, 0, 0, 0, 0))(weights, *parts).mean()

    return _trained(loss, weights, batches, OUTER_RATE, compiled)


def _trained(loss, weights, batches, rate, compiled):
    """Steps of Adam on a loss; functional gradients, so that the whole step can be compiled."""
    optimizer = torch.optim.Adam(weights.values(), rate, eps=ADAM_EPSILON, fused=True)
    slope = torch.func.grad_and_value(loss)
    slope = torch.compile(slope) if compiled else slope
    turn = itertools.cycle(batches)

    def step() -> int:
        found, value = slope(weights, next(turn))
        for name, part in weights.items():
            part.grad = found[name]
        optimizer.step()
        value.item()
        return 1

    found, value = slope(weights, batches[0])
    norm = torch.stack([part.square().sum() for part in found.values()]).sum().sqrt()
    return Steps(step, (value.item(), norm.item()))


def _lstm(rows, kept, weights):
    after = []
    for layer in range(LAYERS):
        hidden, cell = kept[layer]
        gates = torch.addmm(weights[f"bias_{layer}"], torch.cat([rows, hidden], 1), weights[f"kernel_{layer}"])
        enter, forget, leave, new = gates.chunk(4, 1)
        cell = torch.sigmoid(forget + 1.0) * cell + torch.sigmoid(enter) * torch.tanh(new)
        rows = torch.sigmoid(leave) * torch.tanh(cell)
        after.append((rows, cell))
    return SCALE * torch.addmm(weights["bias"], rows, weights["kernel"]).squeeze(1), after


def _digits_slope(w, x, y):
    """Loss and gradient of the network that is trained, written out by hand."""
    sizes = (PIXELS * HIDDEN, HIDDEN, HIDDEN * DIGITS, DIGITS)
    first, first_bias, second, second_bias = w.split(sizes)
    hidden = torch.sigmoid(torch.addmm(first_bias, x, first.view(PIXELS, HIDDEN)))
    logits = torch.addmm(second_bias, hidden, second.view(HIDDEN, DIGITS))
    loss = nn.cross_entropy(logits, y)
    up = (torch.softmax(logits, 1) - nn.one_hot(y, DIGITS)) / len(y)
    back = (up @ second.view(HIDDEN, DIGITS).T) * hidden * (1.0 - hidden)
    return loss, torch.cat([(x.T @ back).flatten(), back.sum(0), (hidden.T @ up).flatten(), up.sum(0)])


def _optimizer(argument, compiled=False):
    problem = Optimizer()
    weights = {name: torch.from_numpy(part) for name, part in problem.weights().items()}
    data = {name: torch.from_numpy(part) for name, part in problem.data().items()}
    data["y"] = data["y"].long()

    def loss(weights, data):
        w, total = data["start"], 0.0
        kept = [(torch.zeros(len(w), UNITS), torch.zeros(len(w), UNITS)) for _ in range(LAYERS)]
        for step in range(SEGMENT + 1):
            at = w.detach()
            value, slope = _digits_slope(at, data["x"][step], data["y"][step])
            total = total + value + (slope * (w - at)).sum()
            if step < SEGMENT:
                size = torch.log(slope.abs().clamp(min=math.exp(-CUT))) / CUT
                sign = (slope * math.exp(CUT)).clamp(-1.0, 1.0)
                update, kept = _lstm(torch.stack([size, sign], 1), kept, weights)
                w = w + update
        return total / (SEGMENT + 1)

    return _trained(loss, weights, [data], LEARNED_RATE, compiled)


WAYS = {
    "maml": functools.partial(_maml, convolve=_convolved),
    "maml_patches": functools.partial(_maml, convolve=_multiplied),
    "maml_slices": functools.partial(_maml, convolve=_sliced),
    "maml_compiled": functools.partial(_maml, convolve=_sliced, compiled=True),
    "optimizer": _optimizer,
    "optimizer_compiled": functools.partial(_optimizer, compiled=True),
}

"""A training step of MANN in PyTorch: the same equations, an unrolled loop, as fast as we know to write it."""

import functools
import itertools

import streams_problem as problem
import torch
from side_by_side import Steps
from torch.nn import functional as nn


def _least_used(usage):
    """One-hot `[B, heads, slots]`, the least used slot first, the first of those that are used alike."""
    order = torch.argsort(torch.round(usage.detach() * problem.PARTS), dim=1, stable=True)[:, : problem.HEADS]
    return nn.one_hot(order, problem.SLOTS).float()


def _alike(key, memory):
    lengths = key.norm(dim=2, keepdim=True) @ memory.norm(dim=2).unsqueeze(1)
    return key @ memory.transpose(1, 2) / (lengths + 1e-8)


def _step(w, state, seen):
    hidden, cell, read, memory, read_weights, usage = state
    gates = torch.addmm(torch.addmm(seen, hidden, w["recurrent_kernel"]), read, w["recalled_kernel"])
    enter, forget, new, leave = gates.chunk(4, 1)
    cell = torch.sigmoid(forget) * cell + torch.sigmoid(enter) * torch.tanh(new)
    hidden = torch.sigmoid(leave) * torch.tanh(cell)
    key = torch.tanh(torch.addmm(w["key_bias"], hidden, w["key_kernel"])).unflatten(1, (problem.HEADS, problem.WIDTH))
    gate = torch.sigmoid(torch.addmm(w["gate_bias"], hidden, w["gate_kernel"])).unsqueeze(2)
    least = _least_used(usage)
    write = gate * read_weights + (1.0 - gate) * least
    memory = memory * (1.0 - least[:, 0].unsqueeze(2)) + write.transpose(1, 2) @ key
    read_weights = torch.softmax(_alike(key, memory), 2)
    usage = problem.DECAY * usage + (read_weights + write).sum(1)
    read = (read_weights @ memory).flatten(1)
    return hidden, cell, read, memory, read_weights, usage


def _start():
    first = torch.zeros(problem.STREAMS, problem.SLOTS)
    first[:, 0] = 1.0
    hidden, read = torch.zeros(problem.STREAMS, problem.CONTROLLER), torch.zeros(problem.STREAMS, problem.HEADS * problem.WIDTH)
    memory = torch.full((problem.STREAMS, problem.SLOTS, problem.WIDTH), problem.START)
    return hidden, hidden, read, memory, first.unsqueeze(1).expand(-1, problem.HEADS, -1), first


def _loss(w, x, y):
    """Of a batch of streams: a label is told one step late."""
    late = torch.cat([torch.zeros_like(y[:, :1]), y[:, :-1]], 1)
    seen = torch.addmm(w["looked_bias"], x.flatten(0, 1), w["looked_kernel"]) + late.flatten(0, 1) @ w["told_kernel"]
    state, outputs = _start(), []
    for each in seen.unflatten(0, y.shape[:2]).unbind(1):
        state = _step(w, state, each)
        outputs.append(torch.cat([state[0], state[2]], 1))
    logits = torch.addmm(w["readout_bias"], torch.stack(outputs, 1).flatten(0, 1), w["readout_kernel"])
    return nn.cross_entropy(logits, y.flatten(0, 1))


def _mann(argument, compiled=False):
    w = {name: torch.from_numpy(part).requires_grad_() for name, part in problem.weights().items()}
    batches = [tuple(map(torch.from_numpy, batch)) for batch in problem.batches()]
    optimizer = torch.optim.Adam(w.values(), problem.RATE, eps=problem.ADAM_EPSILON, fused=True)
    loss_of = torch.compile(_loss) if compiled else _loss
    turn = itertools.cycle(batches)

    def slope(batch):
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(w, *batch)
        loss.backward()
        return loss

    def step() -> int:
        loss = slope(next(turn))
        optimizer.step()
        loss.item()
        return 1

    loss = slope(batches[0])
    norm = torch.stack([part.grad.square().sum() for part in w.values()]).sum().sqrt()
    return Steps(step, (loss.item(), norm.item()))


WAYS = {"mann": _mann, "mann_compiled": functools.partial(_mann, compiled=True)}

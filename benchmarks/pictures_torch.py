"""A training step of a prototypical network in PyTorch, as fast as we know how to write it, with its fused Adam."""

import contextlib

import torch
from torch import nn

WAYS_OF_TASK, SHOTS, QUERIES, SIDE, FILTERS = 60, 5, 5, 28, 64


class Block(nn.Module):
    """Convolution, normalisation, and the ReLU before the pool, as published, or after it, the same function for less."""

    def __init__(self, channels: int, late: bool):
        super().__init__()
        self.convolution = nn.Conv2d(channels, FILTERS, 3, padding=1, bias=not late)
        self.normalisation, self.late = nn.BatchNorm2d(FILTERS), late

    def forward(self, maps):
        maps = self.normalisation(self.convolution(maps))
        if self.late:
            return nn.functional.relu(nn.functional.max_pool2d(maps, 2))
        return nn.functional.max_pool2d(nn.functional.relu(maps), 2)


class Folded(Block):
    """Our first block: what the normalisation multiplies by goes into the kernel, see `zoo.layers.folded_normalization`."""

    def forward(self, maps):
        weight, norm = self.convolution.weight.float(), self.normalisation
        flat = weight.flatten(1)
        with torch.autocast("cpu", enabled=False):
            patches = nn.functional.unfold(maps, 3, padding=1).transpose(0, 1).flatten(1)
            middle = patches.mean(1)
            apart = patches - middle[:, None]
            covariance = apart @ apart.T / apart.shape[1]
            mean, variance = flat @ middle, (flat @ covariance * flat).sum(1)
            scale = norm.weight * torch.rsqrt(variance + norm.eps)
            with torch.no_grad():
                norm.running_mean.lerp_(mean, norm.momentum)
                norm.running_var.lerp_(variance, norm.momentum)
        maps = nn.functional.conv2d(maps, weight * scale[:, None, None, None], padding=1)
        offset = (norm.bias - mean * scale).to(maps.dtype)
        return nn.functional.relu(nn.functional.max_pool2d(maps, 2) + offset[:, None, None])


def _step(precision: str, last: bool, late: bool, folded: bool = False, compiled: bool = False):
    torch.manual_seed(0)
    first = Folded(1, late) if folded else Block(1, late)
    encoder = nn.Sequential(first, *(Block(FILTERS, late) for _ in range(3)), nn.Flatten())
    pictures = torch.rand(WAYS_OF_TASK * (SHOTS + QUERIES), 1, SIDE, SIDE)
    if last:
        encoder, pictures = encoder.to(memory_format=torch.channels_last), pictures.to(memory_format=torch.channels_last)
    label = torch.arange(WAYS_OF_TASK).repeat_interleave(QUERIES)
    optimizer = torch.optim.Adam(encoder.parameters(), 1e-3, fused=True)
    called = torch.compile(encoder) if compiled else encoder
    half = precision == "bfloat16"

    def steps() -> int:
        with torch.autocast("cpu", torch.bfloat16) if half else contextlib.nullcontext():
            embedded = called(pictures)
        embedded = embedded.float()
        support, query = embedded.split([WAYS_OF_TASK * SHOTS, WAYS_OF_TASK * QUERIES])
        prototype = support.view(WAYS_OF_TASK, SHOTS, -1).mean(1)
        lengths = query.square().sum(1, keepdim=True) + prototype.square().sum(1)
        loss = nn.functional.cross_entropy(2 * query @ prototype.T - lengths, label)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()
        return 1

    return steps


WAYS = {
    "channels_first": lambda precision: _step(precision, last=False, late=False),
    "channels_last": lambda precision: _step(precision, last=True, late=False),
    "late": lambda precision: _step(precision, last=True, late=True),
    "folded": lambda precision: _step(precision, last=True, late=True, folded=True),
    "compiled": lambda precision: _step(precision, last=True, late=True, folded=True, compiled=True),
}

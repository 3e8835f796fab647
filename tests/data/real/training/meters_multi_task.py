# Multi task training, dict outputs, namedtuple batches, properties, decorators.
import functools
import time
from collections import namedtuple, OrderedDict

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

Batch = namedtuple('Batch', 'x cls reg mask')


def timed(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        begin = time.clock()
        out = fn(*args, **kwargs)
        wrapper.seconds += time.clock() - begin
        return out
    wrapper.seconds = 0.
    return wrapper


class MultiTask(nn.Module):
    def __init__(self):
        super(MultiTask, self).__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.ReLU())
        self.heads = nn.ModuleDict({'cls': nn.Linear(8, 3), 'reg': nn.Linear(8, 1)})
        self._steps = 0

    @property
    def temperature(self):
        return torch.tensor(1.0) / (1 + self._steps)

    @timed
    def forward(self, x):
        h = self.body(x)
        self._steps += 1
        return {'cls': self.heads['cls'](h) * self.temperature, 'reg': self.heads['reg'](h).squeeze(1)}


def compute_losses(out, batch):
    losses = OrderedDict()
    losses['cls'] = F.cross_entropy(out['cls'], batch.cls, reduce=False)
    losses['reg'] = F.smooth_l1_loss(out['reg'], batch.reg, size_average=False, reduce=False)
    valid = batch.mask
    invalid = 1 - valid
    losses = OrderedDict((k, v[valid].mean()) for k, v in losses.items())
    penalty = out['reg'][invalid].abs().sum()
    return losses, penalty


def batches(n):
    rng = np.random.RandomState(0)
    for i in range(n):
        x = torch.from_numpy(rng.randn(6, 4).astype(np.float32))
        score = x.sum(1)
        yield Batch(x, (score > 0).long() + (score > 1).long(), score, score.abs() > 0.3)


torch.manual_seed(5)
net = MultiTask()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
log = []
for batch in batches(5):
    out = net(batch.x)
    losses, penalty = compute_losses(out, batch)
    total = sum(losses.values()) + 0.1 * penalty
    opt.zero_grad()
    total.backward()
    opt.step()
    acc = (out['cls'].max(1)[1] == batch.cls).float().mean()
    log.append((round(total.item(), 4), round(acc.item(), 4)))
print(log)

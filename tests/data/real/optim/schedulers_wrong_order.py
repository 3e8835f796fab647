import math
import torch
import torch.nn as nn
from torch.optim import lr_scheduler
from torch.optim.lr_scheduler import _LRScheduler


class NoamLike(object):
    def __init__(self, optimizer, warmup):
        self.optimizer, self.warmup, self._step = optimizer, warmup, 0

    def step(self):
        self._step += 1
        lr = 0.1 * min(self._step ** (-0.5), self._step * self.warmup ** (-1.5))
        for p in self.optimizer.param_groups:
            p['lr'] = lr
        self.optimizer.step()


class CosineRestarts(_LRScheduler):
    def __init__(self, optimizer, T, last_epoch=-1):
        self.T = T
        super(CosineRestarts, self).__init__(optimizer, last_epoch)

    def get_lr(self):
        return [base * (1 + math.cos(math.pi * (self.last_epoch % self.T) / self.T)) / 2
                for base in self.base_lrs]


def train(scheduler, optimizer, w, epochs):
    lrs = []
    for epoch in range(epochs):
        scheduler.step()
        for _ in range(2):
            optimizer.zero_grad()
            loss = (w - 1).pow(2).sum()
            loss.backward()
            optimizer.step()
        lrs.append(optimizer.param_groups[0]['lr'])
    return lrs, loss.item()


w = nn.Parameter(torch.tensor([5.0]))
optimizer = torch.optim.SGD([w], lr=0.1)
out = train(lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1), optimizer, w, 5)
w2 = nn.Parameter(torch.tensor([5.0]))
opt2 = torch.optim.SGD([w2], lr=0.2)
out2 = train(CosineRestarts(opt2, 3), opt2, w2, 4)
noam = NoamLike(torch.optim.Adam([w2], lr=0), 3)
for i in range(4):
    noam.optimizer.zero_grad()
    (w2 ** 2).sum().backward()
    noam.step()
print(out, out2, w2.item())

import numpy as np
import torch


class ConfusionMeter(object):
    def __init__(self, n):
        self.n = n
        self.mat = torch.zeros(n, n).long()

    def add(self, pred, target):
        mask = (target >= 0) & (target < self.n)
        k = target[mask] * self.n + pred[mask]
        self.mat += torch.bincount(k, minlength=self.n ** 2).view(self.n, self.n)

    def iou(self):
        m = self.mat
        diag = m.diag().float()
        return diag / (m.sum(0) + m.sum(1) - m.diag()).float()

    def acc(self):
        return self.mat.diag().sum().item() / float(self.mat.sum())


def poly_lr(optimizer, base, it, max_iter, power=0.9):
    lr = base * (1 - float(it) / max_iter) ** power
    for g in optimizer.param_groups:
        g['lr'] = lr * g.get('mult', 1)
    return lr

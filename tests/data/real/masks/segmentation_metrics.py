import numpy as np
import torch
from torch.autograd import Variable


def dice_coeff(input, target):
    eps = 0.0001
    inter = torch.dot(input.view(-1), target.view(-1)) + eps
    union = torch.sum(input) + torch.sum(target) + eps
    return 2 * inter.float() / union.float()


def iou(pred, target, n_classes=3):
    ious = []
    pred = pred.view(-1)
    target = target.view(-1)
    for cls in range(n_classes):
        pred_inds = pred == cls
        target_inds = target == cls
        intersection = (pred_inds[target_inds]).long().sum().item()
        union = pred_inds.long().sum().item() + target_inds.long().sum().item() - intersection
        ious.append(float(intersection) / max(union, 1))
    return np.array(ious)


class ConfusionMeter(object):
    def __init__(self, k):
        self.k = k
        self.mat = torch.zeros(k, k).long()

    def add(self, output, target):
        mask = (target >= 0) & (target < self.k)
        idx = self.k * target[mask] + output[mask]
        self.mat += torch.bincount(idx, minlength=self.k ** 2).view(self.k, self.k)

    def accuracy(self):
        return (self.mat.diag().float() / self.mat.sum(1).float()).mean()


pred = torch.tensor([[0, 1, 2], [2, 1, 0], [1, 1, 2]])
target = torch.tensor([[0, 1, 1], [2, -1, 0], [1, 0, 2]])
meter = ConfusionMeter(3)
meter.add(pred, target)
scores = iou(pred, target)
prob = torch.sigmoid(torch.linspace(-2, 2, 9))
hard = (prob > 0.5).float()
d = dice_coeff(hard, (target.view(-1) > 0).float())
correct = pred.eq(target).sum() * 100.0 / target.numel()
print(scores, meter.accuracy().item(), d.item(), correct)

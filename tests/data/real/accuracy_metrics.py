"""Metrics written by people who had learned on Python 2 and torch 0.2."""
from __future__ import division
import torch


class AverageMeter(object):
    def __init__(self):
        self.reset()

    def reset(self):
        self.val = self.avg = self.sum = self.count = 0

    def update(self, val, n=1):
        self.val = val
        self.sum += val * n
        self.count += n
        self.avg = self.sum / self.count


def accuracy(output, target, topk=(1,)):
    maxk = max(topk)
    batch_size = target.size(0)
    _, pred = output.topk(maxk, 1, True, True)
    pred = pred.t()
    correct = pred.eq(target.view(1, -1).expand_as(pred))
    res = []
    for k in topk:
        correct_k = correct[:k].view(-1).float().sum(0, keepdim=True)
        res.append(correct_k.mul_(100.0 / batch_size))
    return res


def fast_hist(label, pred, n):
    k = (label >= 0) & (label < n)
    return torch.bincount(n * label[k] + pred[k], minlength=n * n).view(n, n)


torch.manual_seed(12)
top1, top5 = AverageMeter(), AverageMeter()
for step in range(3):
    output = torch.randn(20, 8)
    target = torch.randint(0, 8, (20,)).long()
    prec1, prec5 = accuracy(output, target, topk=(1, 5))
    top1.update(prec1.item(), 20)
    top5.update(prec5.item(), 20)
    print('Prec@1 {0.val:.3f} ({0.avg:.3f})\tPrec@5 {1.val:.3f} ({1.avg:.3f})'.format(top1, top5))
pred = output.max(1)[1]
correct = (pred == target).sum()
acc = correct / len(target)
print('integer accuracy', acc)
print('percent', 100 * correct / len(target))
total = torch.LongTensor([7, 8, 9])
print('half', total / 2, (total // 2).tolist())
print('mean correct', (pred == target).float().mean().item())
hist = fast_hist(target, pred, 8)
print(hist.diag().sum().item(), hist.sum(0).tolist())
tp = ((pred == 1) & (target == 1)).sum().item()
fp = ((pred == 1) & (target != 1)).sum().item()
print('precision', tp / max(tp + fp, 1))

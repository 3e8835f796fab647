# accuracy() of the ImageNet example, per class counters, confusion by byte sums
import torch


class AverageMeter(object):
    """Computes and stores the average and current value"""
    def __init__(self):
        self.reset()

    def reset(self):
        self.val = 0
        self.avg = 0
        self.sum = 0
        self.count = 0

    def update(self, val, n=1):
        self.val = val
        self.sum += val * n
        self.count += n
        self.avg = self.sum / self.count


def accuracy(output, target, topk=(1,)):
    """Computes the precision@k for the specified values of k"""
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


def precision_recall(pred, target):
    tp = ((pred == 1) * (target == 1)).sum().float()
    fp = ((pred == 1) & (1 - (target == 1))).sum().float()
    fn = ((pred == 1) < (target == 1)).sum().float()
    return tp / (tp + fp), tp / (tp + fn)


out = torch.linspace(-1, 1, 40).view(8, 5).sin()
out = out * torch.tensor([1., -1., .5, 2., -2.])
target = torch.tensor([0, 3, 3, 4, 1, 3, 2, 0])
top1, top5 = AverageMeter(), AverageMeter()
prec1, prec3 = accuracy(out, target, topk=(1, 3))
top1.update(prec1[0], out.size(0))
top5.update(prec3[0], out.size(0))
_, pred = torch.max(out.data, 1)
class_correct = list(0. for i in range(5))
class_total = list(0. for i in range(5))
c = (pred == target).squeeze()
for i in range(8):
    label = target[i]
    class_correct[label] += c[i].item()
    class_total[label] += 1
binary = (out[:, 3] > 0.1).long()
p, r = precision_recall(binary, (target == 3).long())
print(top1.avg.item(), top5.avg.item(), class_correct, class_total, p.item(), r.item())

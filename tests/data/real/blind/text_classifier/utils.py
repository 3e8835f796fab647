import torch

class AverageMeter(object):
    def __init__(self):
        self.val = self.avg = self.sum = self.count = 0

    def update(self, val, n=1):
        self.val = val
        self.sum += val * n
        self.count += n
        self.avg = self.sum / self.count

def accuracy(output, target, topk=(1,)):
    _, pred = output.topk(max(topk), 1, True, True)
    pred = pred.t()
    correct = pred.eq(target.view(1, -1).expand_as(pred))
    return [correct[:k].view(-1).float().sum(0, keepdim=True).mul_(100.0 / target.size(0)) for k in topk]

def confusion_matrix(pred, gold, n):
    cm = torch.zeros(n, n).long()
    cm.view(-1).index_add_(0, gold * n + pred, torch.ones(len(pred)).long())
    return cm

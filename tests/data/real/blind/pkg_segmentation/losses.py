import torch
import torch.nn as nn
import torch.nn.functional as F


class CrossEntropyLoss2d(nn.Module):
    def __init__(self, weight=None, size_average=True, ignore_index=255):
        super(CrossEntropyLoss2d, self).__init__()
        self.nll_loss = nn.NLLLoss(weight, size_average, ignore_index)

    def forward(self, inputs, targets):
        return self.nll_loss(F.log_softmax(inputs, dim=1), targets)


class DiceLoss(nn.Module):
    def __init__(self, ncls, smooth=1.):
        super(DiceLoss, self).__init__()
        self.ncls = ncls
        self.smooth = smooth

    def forward(self, logits, target):
        valid = (target != 255)
        t = target * valid.long()
        onehot = torch.zeros(logits.size()).scatter_(1, t.unsqueeze(1), 1)
        v = valid.unsqueeze(1).float()
        p = F.softmax(logits, 1) * v
        onehot *= v
        inter = (p * onehot).sum(3).sum(2).sum(0)
        den = p.sum(3).sum(2).sum(0) + onehot.sum(3).sum(2).sum(0)
        return 1 - ((2 * inter + self.smooth) / (den + self.smooth)).mean()


class FocalLoss2d(nn.Module):
    def __init__(self, gamma=2, weight=None, size_average=True):
        super(FocalLoss2d, self).__init__()
        self.gamma = gamma
        self.size_average = size_average

    def forward(self, input, target):
        logpt = F.log_softmax(input, dim=1)
        input = input.contiguous().permute(0, 2, 3, 1)
        keep = (target != 255).view(-1)
        logpt = logpt.permute(0, 2, 3, 1).contiguous().view(-1, input.size(3))[keep]
        t = target.view(-1)[keep]
        logpt = logpt.gather(1, t.unsqueeze(1)).squeeze(1)
        pt = logpt.detach().exp()
        loss = -1 * (1 - pt) ** self.gamma * logpt
        return loss.mean() if self.size_average else loss.sum()

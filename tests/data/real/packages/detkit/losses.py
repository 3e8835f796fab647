import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiBoxLoss(nn.Module):
    def __init__(self, ratio):
        super(MultiBoxLoss, self).__init__()
        self.ratio = ratio

    def forward(self, logits, target, pos, neg):
        ce = F.cross_entropy(logits, target, size_average=False, reduce=False)
        n_pos = pos.long().sum()
        mined = ce.clone()
        mined[pos] = 0
        _, order = mined.sort(0, descending=True)
        _, rank = order.sort(0)
        hard = rank < (self.ratio * n_pos).expand_as(rank)
        hard = hard & neg
        keep = (pos + hard).gt(0)
        return ce[keep].sum() / n_pos.float()

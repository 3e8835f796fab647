import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable


def pdist(vectors):
    """squared distances"""
    d = -2 * vectors.mm(torch.t(vectors)) + vectors.pow(2).sum(dim=1).view(1, -1) \
        + vectors.pow(2).sum(dim=1).view(-1, 1)
    return d


def euclidean_dist(x, y):
    m, n = x.size(0), y.size(0)
    xx = torch.pow(x, 2).sum(1, keepdim=True).expand(m, n)
    yy = torch.pow(y, 2).sum(1, keepdim=True).expand(n, m).t()
    dist = xx + yy
    dist.addmm_(1, -2, x, y.t())
    dist = dist.clamp(min=1e-12).sqrt()  # for numerical stability
    return dist


class BatchHardTriplet(nn.Module):
    def __init__(self, margin=0.3):
        super(BatchHardTriplet, self).__init__()
        self.margin = margin
        self.ranking_loss = nn.MarginRankingLoss(margin=margin)

    def forward(self, inputs, targets):
        n = inputs.size(0)
        dist = euclidean_dist(inputs, inputs)
        mask = targets.expand(n, n).eq(targets.expand(n, n).t())
        dist_ap, dist_an = [], []
        for i in range(n):
            dist_ap.append(dist[i][mask[i]].max().unsqueeze(0))
            dist_an.append(dist[i][mask[i] == 0].min().unsqueeze(0))
        dist_ap = torch.cat(dist_ap)
        dist_an = torch.cat(dist_an)
        y = dist_an.data.new()
        y.resize_as_(dist_an.data)
        y.fill_(1)
        y = Variable(y)
        loss = self.ranking_loss(dist_an, dist_ap, y)
        prec = (dist_an.data > dist_ap.data).sum() * 1. / y.size(0)
        return loss, prec


class SemiHardTriplet(nn.Module):
    def __init__(self, margin=1.0):
        super(SemiHardTriplet, self).__init__()
        self.margin = margin

    def forward(self, emb, labels):
        d = pdist(emb)
        n = d.size(0)
        adj = labels.unsqueeze(0) == labels.unsqueeze(1)
        adj_not = 1 - adj
        eye = torch.eye(n).byte()
        pos = adj - eye
        # d[a, n] - d[a, p] for all triplets
        diff = d.unsqueeze(1) - d.unsqueeze(2)
        valid = pos.unsqueeze(2) * adj_not.unsqueeze(1)
        semi = valid & (diff.data > 0) & (diff.data < self.margin)
        if semi.any():
            loss = F.relu(self.margin - diff[semi]).mean()
        else:
            loss = F.relu(self.margin - diff.masked_select(valid)).mean()
        frac = semi.sum().float() / valid.sum().float()
        return loss, frac


class CenterLoss(nn.Module):
    def __init__(self, num_classes, feat_dim):
        super(CenterLoss, self).__init__()
        self.num_classes = num_classes
        self.centers = nn.Parameter(torch.randn(num_classes, feat_dim))

    def forward(self, x, labels):
        batch_size = x.size(0)
        distmat = torch.pow(x, 2).sum(dim=1, keepdim=True).expand(batch_size, self.num_classes) + \
            torch.pow(self.centers, 2).sum(dim=1, keepdim=True).expand(self.num_classes, batch_size).t()
        distmat.addmm_(1, -2, x, self.centers.t())
        classes = torch.arange(self.num_classes).long()
        labels = labels.unsqueeze(1).expand(batch_size, self.num_classes)
        mask = labels.eq(classes.expand(batch_size, self.num_classes))
        dist = []
        for i in range(batch_size):
            value = distmat[i][mask[i]]
            dist.append(value.clamp(min=1e-12, max=1e+12))
        dist = torch.cat(dist)
        return dist.mean(), dist.data.max()


class NPair(nn.Module):
    def forward(self, emb, labels):
        """first two samples of every class are anchor and positive"""
        anchors, positives = [], []
        for c in torch.unique(labels, sorted=True):
            idx = (labels == c).nonzero().squeeze(1)
            anchors.append(idx[0])
            positives.append(idx[1])
        a, p = emb[torch.stack(anchors)], emb[torch.stack(positives)]
        logits = a.mm(p.t())
        target = Variable(torch.arange(len(anchors)))
        reg = 0.02 * (a.pow(2).sum(1) + p.pow(2).sum(1)).mean()
        return F.cross_entropy(logits, target) + reg, (logits.max(1)[1] == target).float().mean()

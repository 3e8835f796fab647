import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable

torch.manual_seed(27)


class ContrastiveLoss(nn.Module):
    def __init__(self, margin=2.0):
        super(ContrastiveLoss, self).__init__()
        self.margin = margin

    def forward(self, output1, output2, label):
        euclidean_distance = F.pairwise_distance(output1, output2)
        return torch.mean((1 - label) * torch.pow(euclidean_distance, 2) +
                          label * torch.pow(torch.clamp(self.margin - euclidean_distance, min=0.0), 2))


class HardTriplet(nn.Module):
    def __init__(self, margin=0.3):
        super(HardTriplet, self).__init__()
        self.ranking_loss = nn.MarginRankingLoss(margin=margin)

    def forward(self, inputs, targets):
        n = inputs.size(0)
        dist = torch.pow(inputs, 2).sum(dim=1, keepdim=True).expand(n, n)
        dist = dist + dist.t()
        dist.addmm_(1, -2, inputs, inputs.t())
        dist = dist.clamp(min=1e-12).sqrt()
        mask = targets.expand(n, n).eq(targets.expand(n, n).t())
        dist_ap, dist_an = [], []
        for i in range(n):
            dist_ap.append(dist[i][mask[i]].max().unsqueeze(0))
            dist_an.append(dist[i][mask[i] == 0].min().unsqueeze(0))
        dist_ap, dist_an = torch.cat(dist_ap), torch.cat(dist_an)
        y = Variable(dist_an.data.new().resize_as_(dist_an.data).fill_(1))
        prec = (dist_an.data > dist_ap.data).sum() * 1. / y.size(0)
        return self.ranking_loss(dist_an, dist_ap, y), prec


class FocalLoss(nn.Module):
    def __init__(self, gamma=2, alpha=None, size_average=True):
        super(FocalLoss, self).__init__()
        self.gamma, self.alpha, self.size_average = gamma, alpha, size_average

    def forward(self, input, target):
        target = target.view(-1, 1)
        logpt = F.log_softmax(input)
        logpt = logpt.gather(1, target).view(-1)
        pt = Variable(logpt.data.exp())
        if self.alpha is not None:
            at = self.alpha.gather(0, target.data.view(-1))
            logpt = logpt * Variable(at)
        loss = -1 * (1 - pt) ** self.gamma * logpt
        return loss.mean() if self.size_average else loss.sum()


emb = torch.nn.Parameter(torch.randn(8, 4))
ids = torch.LongTensor([0, 0, 1, 1, 2, 2, 3, 3])
loss, prec = HardTriplet()(emb, ids)
loss.backward()
print(loss.item(), prec, emb.grad.norm().item())
print(ContrastiveLoss()(emb[:4], emb[4:], torch.Tensor([1, 0, 1, 0])).item())
print(FocalLoss(alpha=torch.Tensor([0.1, 0.2, 0.3, 0.4]))(emb, ids).item(),
      FocalLoss(size_average=False)(emb, ids).item())
triplet = nn.TripletMarginLoss(margin=1.0, p=2, size_average=True)
print(triplet(emb[:2], emb[2:4], emb[4:6]).item())
cos = nn.CosineEmbeddingLoss(margin=0.1, reduce=True)
print(cos(emb[:2], emb[2:4], torch.Tensor([1, -1])).item())
print(F.cosine_similarity(emb[:3], emb[3:6]).data, nn.L1Loss(False)(emb[:2], emb[2:4]).item())

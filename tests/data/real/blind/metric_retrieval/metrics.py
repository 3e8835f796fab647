import numpy as np
import torch


def recall_at(dist, labels, ks=(1, 4)):
    dist = dist.clone()
    dist.view(-1)[::dist.size(0) + 1] = float('inf')
    _, idx = dist.topk(max(ks), dim=1, largest=False)
    hit = labels[idx].eq(labels.unsqueeze(1))
    return [(hit[:, :k].sum(1) > 0).float().mean().item() for k in ks]


def mean_ap(dist, labels):
    n = dist.size(0)
    aps = []
    for i in range(n):
        order = dist[i].sort()[1]
        order = order[order != i]
        rel = (labels[order] == labels[i])
        cum = rel.long().cumsum(0)
        prec = cum.float() / torch.arange(1., n)
        aps.append((prec * rel.float()).sum() / rel.sum().float())
    return torch.Tensor(aps).mean().item()


def kmeans(x, k, iters=12):
    c = x[::x.size(0) // k][:k].clone()
    for _ in range(iters):
        assign = ((x.unsqueeze(1) - c) ** 2).sum(2).min(1)[1]
        onehot = torch.zeros(x.size(0), k).scatter_(1, assign.unsqueeze(1), 1)
        count = onehot.sum(0)
        new = onehot.t().mm(x) / count.clamp(min=1).unsqueeze(1)
        c = torch.where((count > 0).unsqueeze(1).expand_as(new), new, c)
    return assign


def nmi(a, b):
    ka, kb = int(a.max()) + 1, int(b.max()) + 1
    joint = torch.bincount(a * kb + b, minlength=ka * kb).view(ka, kb).float()
    joint /= joint.sum()
    pa, pb = joint.sum(1), joint.sum(0)
    outer = torch.ger(pa, pb)
    nz = joint > 0
    mi = (joint[nz] * torch.log(joint[nz] / outer[nz])).sum()
    h = lambda p: -(p[p > 0] * p[p > 0].log()).sum()
    return (2 * mi / (h(pa) + h(pb))).item()


def roc(dist, labels, n_thresholds=20):
    iu = np.triu_indices(len(labels), k=1)
    d = dist.numpy()[iu]
    same = (labels.unsqueeze(0) == labels.unsqueeze(1)).numpy()[iu].astype(np.bool)
    thr = np.linspace(d.min(), d.max(), n_thresholds)
    tpr = np.array([(d[same] <= t).mean() for t in thr], dtype=np.float)
    fpr = np.array([(d[~same] <= t).mean() for t in thr], dtype=np.float)
    auc = np.trapz(tpr, fpr)
    eer = fpr[np.nanargmin(np.abs(fpr - (1 - tpr)))]
    return auc, eer

"""Metrics without sklearn: ROC/PR AUC, calibration, BLEU, F1, kappa, FID-like distance, IS, bootstrap, rank correlation."""
import math
from collections import Counter

import numpy as np
import torch
import torch.nn.functional as F

torch.manual_seed(66)
np.random.seed(66)

N = 200
y = torch.rand(N).gt(0.6)
scores = torch.where(y, torch.randn(N) + 1, torch.randn(N))
print('positives', y.sum().item(), 'negatives', (1 - y).sum().item(), 'rate %.3f' % y.float().mean())


def roc(scores, y):
    _, idx = scores.sort(descending=True)
    t = y[idx].float()
    tpr = t.cumsum(0) / t.sum()
    fpr = (1 - t).cumsum(0) / (1 - t).sum()
    z = torch.zeros(1)
    return torch.cat([z, fpr]), torch.cat([z, tpr])


def auc(x, yy):
    return ((x[1:] - x[:-1]) * (yy[1:] + yy[:-1]) / 2).sum()


fpr, tpr = roc(scores, y)
pos, neg = scores[y], scores[1 - y]
mw = (pos.unsqueeze(1) > neg.unsqueeze(0)).float().mean()
print('auc %.5f mann-whitney %.5f' % (auc(fpr, tpr), mw))
eer = (fpr - (1 - tpr)).abs().min(0)[1]
print('eer %.4f' % fpr[eer], 'tpr@fpr0.1 %.4f' % tpr[fpr <= 0.1].max())

pred = scores > 0.5
tp = (pred & y).sum().item()
fp = (pred & (1 - y)).sum().item()
fn = ((1 - pred) & y).sum().item()
tn = ((1 - pred) * (1 - y)).sum().item()
prec, rec = tp / float(tp + fp), tp / float(tp + fn)
print('tp %d fp %d fn %d tn %d' % (tp, fp, fn, tn), 'f1 %.4f' % (2 * prec * rec / (prec + rec)))
mcc = (tp * tn - fp * fn) / math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
print('mcc %.4f' % mcc, 'agree', (pred == y).sum().item(), 'xor', (pred ^ y).sum().item())

_, order = scores.sort(0, True)
rel = y[order].float()
p_at = rel.cumsum(0) / torch.arange(1, N + 1).float()
print('AP %.4f' % (p_at * rel).sum().div(rel.sum()).item(), 'P@10 %.2f' % p_at[9])

# multi class
C = 5
logits = torch.randn(300, C) * 2
labels = torch.multinomial(F.softmax(logits / 1.7, 1), 1).squeeze(1)
probs = F.softmax(logits, dim=1)
conf, cls = probs.max(1)
acc = cls == labels


def ece(conf, acc, bins=10):
    edges = torch.linspace(0, 1, bins + 1)
    e = torch.zeros(1)
    for lo, hi in zip(edges[:-1], edges[1:]):
        m = conf.gt(lo.item()) * conf.le(hi.item())
        frac = m.float().mean()
        if frac.item() > 0:
            e += torch.abs(conf[m].mean() - acc[m].float().mean()) * frac
    return e


print('acc %.4f ece %.4f' % (acc.float().mean(), ece(conf, acc)))
temp = torch.nn.Parameter(torch.ones(1) * 1.5)
opt = torch.optim.LBFGS([temp], lr=0.05, max_iter=30)


def closure():
    opt.zero_grad()
    l = F.cross_entropy(logits / temp, labels)
    l.backward()
    return l


opt.step(closure)
c2, _ = F.softmax(logits / temp, 1).max(1)
print('temperature %.3f ece %.4f' % (temp.item(), ece(c2.detach(), acc)))
cm = torch.zeros(C, C).index_put_((labels, cls), torch.tensor(1.), accumulate=True)
po = cm.diag().sum() / cm.sum()
pe = (cm.sum(0) * cm.sum(1)).sum() / cm.sum() ** 2
print('confusion', cm.long().tolist(), 'kappa %.4f' % ((po - pe) / (1 - pe)))
f1 = 2 * cm.diag() / (cm.sum(0) + cm.sum(1))
print('macro f1 %.4f' % f1.mean(), 'worst', f1.argmin().item(), 'nll %.4f' % F.nll_loss(probs.log(), labels))
top2 = logits.topk(2, 1)[1].eq(labels.view(-1, 1)).any(1)
print('top2', top2.sum().item(), 'mode', labels.mode()[0].item(), 'hist', torch.histc(labels.float(), bins=C, min=0, max=C - 1).tolist())
inception = torch.exp((probs * (probs.log() - probs.mean(0).log())).sum(1).mean())
print('inception score %.4f' % inception)


def sqrtm_newton(A, n=20):
    norm = A.norm()
    Y, I = A / norm, torch.eye(len(A))
    Z = I.clone()
    for _ in range(n):
        T = 0.5 * (3.0 * I - Z.mm(Y))
        Y, Z = Y.mm(T), T.mm(Z)
    return Y * norm.sqrt()


def cov(x):
    d = x - x.mean(0)
    return d.t().mm(d) / (x.size(0) - 1)


a, b = torch.randn(200, 4), torch.randn(200, 4) * 1.3 + 0.5
S = sqrtm_newton(cov(a).mm(cov(b)))
fid = (a.mean(0) - b.mean(0)).pow(2).sum() + torch.trace(cov(a) + cov(b) - 2 * S)
print('fid %.4f' % fid)


def mmd(x, y, s=(1., 2., 4.)):
    xy = torch.cat([x, y])
    d = (xy.unsqueeze(1) - xy.unsqueeze(0)).pow(2).sum(-1)
    K = sum(torch.exp(-d / (2 * v ** 2)) for v in s)
    n = len(x)
    return K[:n, :n].mean() + K[n:, n:].mean() - 2 * K[:n, n:].mean()


print('mmd %.4f null %.4f' % (mmd(a, b), mmd(a[:100], a[100:])))


def ngrams(s, n):
    return Counter(tuple(s[i:i + n]) for i in range(len(s) - n + 1))


def bleu(hyp, ref, N=4):
    logs = 0
    for n in range(1, N + 1):
        h, r = ngrams(hyp, n), ngrams(ref, n)
        logs += math.log(max(sum((h & r).values()), 0.1) / max(sum(h.values()), 1)) / N
    return min(1, math.exp(1 - len(ref) / float(len(hyp)))) * math.exp(logs)


print('bleu %.4f' % bleu('the cat sat on the mat today'.split(), 'the cat sat on a mat today'.split()))
u, v = torch.randn(50), torch.randn(50)
v = v + u
ru, rv = u.sort()[1].sort()[1].float(), v.sort()[1].sort()[1].float()
pear = lambda p, q: ((p - p.mean()) * (q - q.mean())).sum() / ((p - p.mean()).norm() * (q - q.mean()).norm())
print('pearson %.4f spearman %.4f' % (pear(u, v), pear(ru, rv)))
boot = torch.stack([scores[torch.randint(0, N, (N,)).long()].mean() for _ in range(200)])
print('ci %.3f %.3f' % (boot.kthvalue(5)[0], boot.kthvalue(195)[0]), 'median %.3f' % boot.median())

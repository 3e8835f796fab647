import torch
import torch.nn as nn
from torch.autograd import Variable, Function
import torch.nn.functional as F
import numpy as np

try:
    from itertools import ifilterfalse
except ImportError:
    from itertools import filterfalse as ifilterfalse


def jaccard_grad(gt_sorted):
    total = gt_sorted.sum()
    inter = total - gt_sorted.cumsum(0)
    union = total + (1 - gt_sorted).cumsum(0)
    jac = 1. - inter / union
    if len(gt_sorted) > 1:
        jac[1:] = jac[1:] - jac[:-1].clone()
    return jac


class StrictHinge(Function):
    """max(0, 1 - z) with a subgradient of a half on the kink"""
    def forward(self, z):
        self.mark_dirty()
        self.active = z < 1
        self.kink = z == 1
        return (1 - z) * self.active.type_as(z)

    def backward(self, g):
        return -g * (self.active.type_as(g) + 0.5 * self.kink.type_as(g))


def lovasz_flat(logits, labels):
    if len(labels) == 0:
        return logits.sum() * 0.
    signs = 2. * labels.float() - 1.
    errors = StrictHinge()(logits * signs)
    errors_sorted, perm = torch.sort(errors, dim=0, descending=True)
    gt = labels[perm.data].float()
    return torch.dot(errors_sorted, Variable(jaccard_grad(gt.data)))


def flatten(scores, labels, ignore=None):
    scores, labels = scores.view(-1), labels.view(-1)
    if ignore is None:
        return scores, labels
    valid = (labels != ignore)
    return scores[valid], labels[valid]


def mean(l, empty=0):
    l = iter(ifilterfalse(lambda v: v != v, l))
    n, acc = 0, 0.
    for v in l:
        acc = acc + v
        n += 1
    return acc / n if n else empty


def lovasz_hinge(logits, labels, ignore=None):
    return mean(lovasz_flat(*flatten(a.unsqueeze(0), b.unsqueeze(0), ignore)) for a, b in zip(logits, labels))


def iou_binary(pred, lab, ignore=255):
    out = []
    for p, l in zip(pred, lab):
        fg_l, fg_p = (l == 1), (p == 1)
        known = l != ignore
        inter = (fg_l & fg_p).sum()
        union = ((fg_l | fg_p) * known).sum()
        missed = (fg_l - fg_l * fg_p).sum()
        out.append((100. * float(inter) / max(float(union), 1), missed.item()))
    return out


torch.manual_seed(40)
rs = np.random.RandomState(40)
img = torch.from_numpy(rs.randn(4, 1, 14, 14)).float() * 0.4
lab = torch.zeros(4, 14, 14).long()
for i in range(4):
    r, c = rs.randint(2, 6, 2)
    lab[i, r:r + 6, c:c + 5] = 1
    img[i, 0, r:r + 6, c:c + 5] += 1
lab[:, 0, :] = 255
net = nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.Conv2d(6, 1, 3, padding=1))
opt = torch.optim.Adam(net.parameters(), lr=0.02)
for it in range(25):
    logits = net(Variable(img)).squeeze(1)
    flat, target = flatten(logits, Variable(lab), 255)
    bce = F.binary_cross_entropy_with_logits(flat, target.float(), size_average=True)
    lov = lovasz_hinge(logits, Variable(lab), ignore=255)
    loss = bce + (it >= 10) * lov
    opt.zero_grad()
    loss.backward()
    opt.step()
    if it % 8 == 0:
        print('it %2d bce %.4f lovasz %.4f' % (it, bce.item(), lov.item()))
pred = (net(Variable(img)).data.squeeze(1) > 0).long()
for k, (iou, missed) in enumerate(iou_binary(pred, lab)):
    print('image %d iou %.2f missed %d' % (k, iou, missed))

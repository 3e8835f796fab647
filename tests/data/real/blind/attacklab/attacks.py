import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable
from torch.autograd.gradcheck import zero_gradients


def fgsm(model, x, y, eps):
    x = Variable(x.clone(), requires_grad=True)
    loss = F.cross_entropy(model(x), Variable(y), size_average=False)
    model.zero_grad()
    loss.backward()
    return (x.data + eps * torch.sign(x.grad.data)).clamp_(0, 1)


def pgd(model, x, y, eps, step, iters):
    adv = Variable(x.clone(), requires_grad=True)
    for _ in range(iters):
        zero_gradients(adv)
        loss = nn.CrossEntropyLoss()(model(adv), Variable(y))
        loss.backward()
        eta = step * adv.grad.data.sign()
        adv.data = adv.data + eta
        delta = torch.clamp(adv.data - x, -eps, eps)
        adv.data = torch.clamp(x + delta, 0, 1)
    return adv.data


def deepfool(model, image, classes, overshoot=0.02, max_iter=10):
    """one image at a time, walks to the nearest linearised boundary"""
    x = Variable(image.unsqueeze(0), requires_grad=True)
    f = model(x).data[0].numpy().flatten()
    order = f.argsort()[::-1][:classes]
    label, k = order[0], order[0]
    total = np.zeros(image.numpy().shape)
    pert = image.unsqueeze(0)
    it = 0
    while k == label and it < max_iter:
        x = Variable(pert, requires_grad=True)
        fs = model(x)
        fs[0, int(order[0])].backward(retain_graph=True)
        base = x.grad.data.numpy().copy()
        best, w_best = np.inf, None
        for c in range(1, classes):
            zero_gradients(x)
            fs[0, int(order[c])].backward(retain_graph=True)
            w = x.grad.data.numpy().copy() - base
            gap = (fs[0, int(order[c])] - fs[0, int(order[0])]).data.numpy()
            dist = abs(gap) / (np.linalg.norm(w.flatten()) + 1e-12)
            if dist < best:
                best, w_best = float(dist), w
        total = total + (best + 1e-4) * w_best[0] / np.linalg.norm(w_best)
        pert = image.unsqueeze(0) + (1 + overshoot) * torch.from_numpy(total).float().unsqueeze(0)
        k = int(model(Variable(pert)).data.numpy().flatten().argmax())
        it += 1
    return total, it, int(label), k


class L2Attack(object):
    """tanh parametrised attack with a binary search on the trade-off constant"""

    def __init__(self, c=1.0, searches=3, iters=15, kappa=0.0):
        self.c, self.searches, self.iters, self.kappa = c, searches, iters, kappa

    def run(self, model, x, y, classes):
        b = x.size(0)
        lower, upper, c = torch.zeros(b), torch.ones(b) * 1e4, torch.ones(b) * self.c
        best, found = x.clone(), torch.zeros(b).byte()
        best_l2 = torch.ones(b) * 1e10
        one_hot = torch.zeros(b, classes).scatter_(1, y.unsqueeze(1), 1)
        w0 = torch.log((x * 0.98 + 0.01) / (1 - (x * 0.98 + 0.01)))
        for s in range(self.searches):
            w = Variable(w0.clone(), requires_grad=True)
            opt = torch.optim.Adam([w], lr=0.2)
            hit_any = torch.zeros(b).byte()
            for _ in range(self.iters):
                adv = F.sigmoid(w)
                out = model(adv)
                l2 = ((adv - Variable(x)) ** 2).view(b, -1).sum(1)
                real = (out * Variable(one_hot)).sum(1)
                other = ((1. - Variable(one_hot)) * out - Variable(one_hot) * 1e4).max(1)[0]
                f = torch.clamp(real - other + self.kappa, min=0.)
                loss = (l2 + Variable(c) * f).sum()
                opt.zero_grad()
                loss.backward()
                opt.step()
                hit = out.data.max(1)[1] != y
                better = hit * (l2.data < best_l2)
                best[better] = adv.data[better]
                best_l2[better] = l2.data[better]
                hit_any = (hit_any + hit.byte()) > 0
            found = (found + hit_any) > 0
            upper[hit_any] = torch.min(upper, c)[hit_any]
            missed = hit_any == 0
            lower[missed] = torch.max(lower, c)[missed]
            c = torch.where(upper < 1e3, (lower + upper) / 2, c * 10)
        return best, found, best_l2

# sparse codes by ISTA and FISTA, and a learned version with hand written proximal operators
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable, Function
import numpy as np


class SoftShrink(Function):
    """two inputs (signal, threshold), two outputs (shrunk signal, support)"""

    def forward(self, x, theta):
        support = x.abs() > theta
        out = torch.sign(x) * (x.abs() - theta).clamp(min=0)
        self.save_for_backward(x, theta)
        self.support = support
        active = support.type_as(x)
        self.mark_non_differentiable(active)
        return out, active

    def backward(self, g, _):
        x, theta = self.saved_tensors
        gx = gt = None
        live = g * self.support.type_as(g)
        if self.needs_input_grad[0]:
            gx = live
        if self.needs_input_grad[1]:
            gt = -(live * torch.sign(x)).sum(0, keepdim=True)
        return gx, gt


class HardThreshold(Function):
    def __init__(self, level):
        self.level = level

    def forward(self, x):
        keep = x.abs() >= self.level
        self.drop = 1 - keep
        return x.clone().masked_fill_(self.drop, 0)

    def backward(self, grad):
        return grad.clone().masked_fill_(self.drop, 0)


class LISTA(nn.Module):
    def __init__(self, D, steps, lam):
        super(LISTA, self).__init__()
        e, _ = torch.eig(D.t().mm(D))
        L = e[:, 0].max().item()
        self.We = nn.Parameter(D.t() / L)
        self.S = nn.Parameter(torch.eye(D.size(1)) - D.t().mm(D) / L)
        self.theta = nn.Parameter(torch.Tensor(1, D.size(1)).fill_(lam / L))
        self.steps = steps

    def forward(self, y):
        b = y.mm(self.We.t())
        z, active = SoftShrink()(b, self.theta)
        for _ in range(self.steps):
            z, active = SoftShrink()(b + z.mm(self.S.t()), self.theta)
        return z, active


def fista(y, D, lam, iters):
    e, _ = torch.symeig(D.t().mm(D))
    L = e[-1].item()
    z = y.new(y.size(0), D.size(1)).zero_()
    w, t = z, 1.
    for _ in range(iters):
        nz = F.softshrink(w - (w.mm(D.t()) - y).mm(D) / L, lam / L)
        nt = (1 + (1 + 4 * t * t) ** 0.5) / 2
        w = nz + (t - 1) / nt * (nz - z)
        z, t = nz, nt
    return z


rs = np.random.RandomState(23)
D = rs.randn(10, 16)
D = torch.from_numpy(D / np.linalg.norm(D, axis=0)).float()
codes = np.where(rs.rand(60, 16) < 0.15, rs.randn(60, 16) * 2, 0)
z_true = torch.from_numpy(codes).float()
y = z_true.mm(D.t()) + 0.01 * torch.from_numpy(rs.randn(60, 10)).float()
lam = 0.1
ref = fista(y, D, lam, 200)
obj = lambda z: 0.5 * ((z.mm(D.t()) - y) ** 2).sum(1).mean().item() + lam * z.abs().sum(1).mean().item()
print('fista objective %.4f  truth %.4f' % (obj(ref), obj(z_true)))
true_support = z_true != 0
found = ref.abs() > 0.05
print('support: hit %d missed %d spurious %d' % ((found * true_support).sum().item(),
                                                 ((1 - found) * true_support).sum().item(),
                                                 (found > true_support).sum().item()))
net = LISTA(D, 3, lam)
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for it in range(60):
    z, active = net(Variable(y))
    loss = F.mse_loss(z, Variable(ref), size_average=False) / len(y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    net.theta.data.clamp_(min=1e-4)
    if it % 20 == 0:
        print('it %d loss %.4f active %d' % (it, loss.item(), active.data.sum().item()))
x = Variable(ref.clone(), requires_grad=True)
pruned = HardThreshold(0.3)(x)
pruned.sum().backward()
print('objective lista %.4f pruned %.4f kept grads %d' % (obj(z.data), obj(pruned.data), x.grad.data.sum().item()))

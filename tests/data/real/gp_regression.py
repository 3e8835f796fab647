"""Exact Gaussian process regression with the old factorisation names."""
import math
import torch
from torch.autograd import Variable

torch.manual_seed(31)
X = torch.linspace(0, 1, 12).unsqueeze(1)
y = torch.sin(2 * math.pi * X).squeeze() + 0.05 * torch.randn(12)


def rbf(a, b, ls, var):
    d = (a - b.t()) ** 2
    return var * torch.exp(-0.5 * d / ls ** 2)


log_ls = Variable(torch.Tensor([-1.0]), requires_grad=True)
log_var = Variable(torch.Tensor([0.0]), requires_grad=True)
log_noise = Variable(torch.Tensor([-2.0]), requires_grad=True)
opt = torch.optim.Adam([log_ls, log_var, log_noise], lr=0.05)

for i in range(6):
    opt.zero_grad()
    K = rbf(X, X, log_ls.exp(), log_var.exp()) + log_noise.exp() * torch.eye(12)
    L = torch.potrf(K, upper=False)
    alpha = torch.trtrs(y.unsqueeze(1), L, upper=False)[0]
    nll = 0.5 * (alpha ** 2).sum() + L.diag().log().sum() + 6 * math.log(2 * math.pi)
    nll.backward()
    opt.step()
    print('nll', round(nll.item(), 4))

with torch.no_grad():
    K = rbf(X, X, log_ls.exp(), log_var.exp()) + log_noise.exp() * torch.eye(12)
    L = torch.potrf(K, False)
    Xs = torch.range(0, 1, 0.25).unsqueeze(1)
    Ks = rbf(X, Xs, log_ls.exp(), log_var.exp())
    alpha = torch.potrs(y.unsqueeze(1), L, upper=False)
    mean = Ks.t().mm(alpha).squeeze(1)
    v, _ = torch.trtrs(Ks, L, upper=False)
    var = rbf(Xs, Xs, log_ls.exp(), log_var.exp()).diag() - (v ** 2).sum(0)
    print('mean', mean)
    print('var', var)
    inv = torch.potri(L, upper=False)
    print((inv.mm(K) - torch.eye(12)).abs().max().item() < 1e-3)

"""Log-Euclidean classification of covariance matrices; matrix functions as autograd Functions."""
from __future__ import division
import torch
from torch import nn
from torch.autograd import Function, Variable
import numpy as np


class LogEig(Function):
    """U diag(log s) U^T with the Daleckii-Krein gradient"""

    def forward(self, X):
        self.U, self.S, self.L = [], [], []
        out = X.new(X.size())
        for i in range(X.size(0)):
            s, u = torch.symeig(X[i], eigenvectors=True)
            self.S.append(s)
            self.U.append(u)
            out[i] = u.mm(torch.diag(s.log())).mm(u.t())
        return out

    def backward(self, grad):
        res = grad.new(grad.size()).zero_()
        for i, (u, s) in enumerate(zip(self.U, self.S)):
            n = s.size(0)
            ds = s.unsqueeze(0) - s.unsqueeze(1)
            dl = s.log().unsqueeze(0) - s.log().unsqueeze(1)
            equal = ds.abs() < 1e-8
            ds[equal] = 1
            K = dl / ds
            inv = (1 / s).unsqueeze(0).expand(n, n)
            K[equal] = inv[equal]
            g = 0.5 * (grad[i] + grad[i].t())
            res[i] = u.mm(K * u.t().mm(g).mm(u)).mm(u.t())
        return res


class BiMap(nn.Module):
    def __init__(self, n_in, n_out):
        super(BiMap, self).__init__()
        W = torch.randn(n_in, n_out)
        q, r = torch.qr(W)
        self.W = nn.Parameter(q)

    def forward(self, X):
        W = self.W.unsqueeze(0).expand(X.size(0), -1, -1)
        return torch.bmm(torch.bmm(W.transpose(1, 2), X), W)

    def retract(self):
        u, s, v = torch.svd(self.W.data)
        self.W.data.copy_(u.mm(v.t()))


class SPDNet(nn.Module):
    def __init__(self, n, k, classes):
        super(SPDNet, self).__init__()
        self.map = BiMap(n, k)
        self.fc = nn.Linear(k * k, classes)

    def forward(self, X):
        h = self.map(X)
        h = LogEig()(h)
        return self.fc(h.view(h.size(0), -1))


def make(n, rs):
    base = [rs.randn(6, 6) * 0.4 for _ in range(2)]
    X, y = [], []
    for i in range(n):
        z = rs.randn(60, 6).dot(np.eye(6) + base[i % 2])
        X.append(np.cov(z.T) + 1e-2 * np.eye(6))
        y.append(i % 2)
    return torch.from_numpy(np.array(X)).double(), torch.LongTensor(y)


def frechet_mean(X):
    logs = LogEig()(Variable(X)).data.mean(0)
    s, u = torch.symeig(logs, True)
    return u.mm(torch.diag(s.exp())).mm(u.t())


torch.manual_seed(2)
X, y = make(40, np.random.RandomState(2))
net = SPDNet(6, 3, 2).double()
opt = torch.optim.Adagrad(net.parameters(), lr=0.05)
lossf = nn.MultiMarginLoss(size_average=True)
for epoch in range(12):
    out = net(Variable(X))
    loss = lossf(out, Variable(y))
    opt.zero_grad()
    loss.backward()
    opt.step()
    net.map.retract()
    if epoch % 4 == 0:
        print('epoch %d loss %.4f' % (epoch, loss.item()))
correct = out.data.max(1)[1] == y
print('accuracy %.3f errors %d' % (correct.float().mean().item(), (1 - correct).sum().item()))
M = frechet_mean(X[y == 0])
e, _ = torch.symeig(M)
print('mean eigenvalues', [round(v, 4) for v in e.tolist()])
chol = torch.potrf(M, upper=False)
print('log det %.5f' % (2 * chol.diag().log().sum()).item())
W = net.map.W.data
print('orthogonal', (W.t().mm(W) - torch.eye(3).double()).abs().max().item() < 1e-8)

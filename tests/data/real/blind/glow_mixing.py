# Normalising flow: actnorm + invertible mixing (QR init) + affine coupling on 2-d data
import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class ActNorm(nn.Module):
    def __init__(self, d):
        super(ActNorm, self).__init__()
        self.loc = nn.Parameter(torch.zeros(d))
        self.log_s = nn.Parameter(torch.zeros(d))
        self.register_buffer('ready', torch.ByteTensor([0]))

    def forward(self, x):
        if not self.ready[0]:
            self.loc.data.copy_(-x.data.mean(0))
            self.log_s.data.copy_(-torch.log(x.data.std(0) + 1e-6))
            self.ready.fill_(1)
        return (x + self.loc) * torch.exp(self.log_s), self.log_s.sum()

    def inverse(self, y):
        return y * torch.exp(-self.log_s) - self.loc


class Mixing(nn.Module):
    def __init__(self, d):
        super(Mixing, self).__init__()
        q, _ = torch.qr(torch.randn(d, d))
        self.w = nn.Parameter(q)

    def forward(self, x):
        return x.mm(self.w), torch.slogdet(self.w)[1]

    def inverse(self, y):
        # solve x W = y
        sol, _ = torch.gesv(y.t(), self.w.t())
        return sol.t()


class Coupling(nn.Module):
    def __init__(self, d, hidden=16, flip=False):
        super(Coupling, self).__init__()
        m = torch.arange(d) % 2
        self.register_buffer('mask', (m == int(flip)).float())
        self.net = nn.Sequential(nn.Linear(d, hidden), nn.ReLU(), nn.Linear(hidden, 2 * d))
        self.net[-1].weight.data.zero_()
        self.net[-1].bias.data.zero_()

    def params(self, x):
        s, t = self.net(x * self.mask).chunk(2, 1)
        free = 1 - self.mask
        return F.tanh(s) * free, t * free

    def forward(self, x):
        s, t = self.params(x)
        return x * torch.exp(s) + t, s.sum(1)

    def inverse(self, y):
        s, t = self.params(y)
        return (y - t) * torch.exp(-s)


class Flow(nn.Module):
    def __init__(self, d=4, depth=3):
        super(Flow, self).__init__()
        self.layers = nn.ModuleList()
        for k in range(depth):
            self.layers.extend([ActNorm(d), Mixing(d), Coupling(d, flip=k % 2 == 1)])

    def log_prob(self, x):
        logdet = x.new(x.size(0)).zero_()
        for l in self.layers:
            x, ld = l(x)
            logdet = logdet + ld
        prior = -0.5 * (x ** 2 + math.log(2 * math.pi)).sum(1)
        return prior + logdet, x

    def sample(self, z):
        for l in reversed(list(self.layers)):
            z = l.inverse(z)
        return z


torch.manual_seed(21)
base = torch.randn(200, 4)
A = torch.Tensor([[1, .5, 0, 0], [0, 1, .5, 0], [0, 0, 1, .5], [0, 0, 0, 1]])
data = base.mm(A) * 2 + torch.Tensor([1, -1, 3, 0])
data[:, 2] += 0.3 * data[:, 0] ** 2
flow = Flow()
opt = torch.optim.Adam(flow.parameters(), lr=1e-2, weight_decay=1e-5)
sched = torch.optim.lr_scheduler.StepLR(opt, 10, 0.5)
for epoch in range(25):
    sched.step()
    lp, z = flow.log_prob(data)
    nll = -lp.mean()
    opt.zero_grad()
    nll.backward()
    opt.step()
    if epoch % 6 == 0:
        print('epoch %2d lr %.4f nll %.4f' % (epoch, sched.get_lr()[0], nll.item()))
lp, z = flow.log_prob(data)
rec = flow.sample(z.detach())
err = (rec - data).abs().max().item()
print('invertible', err < 1e-3)
w = flow.layers[1].w.data
print('|det W| %.4f' % abs(torch.det(w).item()), 'drift from orthogonal %.4f' % (w.mm(w.t()) - torch.eye(4)).norm().item())
fresh = flow.sample(torch.zeros(1, 4))
print('mode', [round(v, 3) for v in fresh.data[0].tolist()])

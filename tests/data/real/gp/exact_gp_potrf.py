"""Exact Gaussian process regression, 2018 style."""
import math
import torch
from torch.autograd import Variable


class RBFKernel(object):
    def __init__(self, lengthscale=1.0, variance=1.0):
        self.log_ls = Variable(torch.Tensor([math.log(lengthscale)]), requires_grad=True)
        self.log_var = Variable(torch.Tensor([math.log(variance)]), requires_grad=True)

    def parameters(self):
        return [self.log_ls, self.log_var]

    def __call__(self, a, b):
        d = (a.unsqueeze(1) - b.unsqueeze(0)).pow(2).sum(2)
        return self.log_var.exp() * torch.exp(-0.5 * d / self.log_ls.exp().pow(2))


class ExactGP(object):
    def __init__(self, kernel, noise=0.1):
        self.kernel = kernel
        self.log_noise = Variable(torch.Tensor([math.log(noise)]), requires_grad=True)

    def fit(self, x, y):
        self.x, self.y = x, y
        n = x.size(0)
        K = self.kernel(x, x) + self.log_noise.exp() * torch.eye(n)
        self.L = torch.potrf(K, upper=False)
        z = torch.trtrs(y.unsqueeze(1), self.L, upper=False)[0]
        self.alpha = torch.trtrs(z, self.L.t(), upper=True)[0]
        return self

    def nll(self):
        n = self.x.size(0)
        fit = 0.5 * self.y.unsqueeze(0).mm(self.alpha).squeeze()
        logdet = self.L.diag().log().sum()
        return fit + logdet + 0.5 * n * math.log(2 * math.pi)

    def predict(self, xs):
        Ks = self.kernel(self.x, xs)
        mean = Ks.t().mm(self.alpha).squeeze(1)
        v, _ = torch.trtrs(Ks, self.L, upper=False)
        var = self.kernel(xs, xs).diag() - v.pow(2).sum(0)
        return mean, var


x = torch.linspace(0, 1, 10).unsqueeze(1)
y = torch.sin(6 * x.squeeze(1))
gp = ExactGP(RBFKernel(0.3), 0.05)
params = gp.kernel.parameters() + [gp.log_noise]
optimizer = torch.optim.Adam(params, lr=0.05)
for i in range(15):
    optimizer.zero_grad()
    loss = gp.fit(x, y).nll()
    loss.backward()
    optimizer.step()
mean, var = gp.fit(x, y).predict(torch.Tensor([[0.25], [0.75], [1.2]]))
print(loss.item())
print(mean.data, var.data)

# Gaussian process regression, marginal likelihood optimised with LBFGS
import math
import numpy as np
import torch
from torch.autograd import Variable, Function

torch.set_default_tensor_type('torch.DoubleTensor')
torch.manual_seed(0)
np.random.seed(0)


def sq_dist(a, b):
    return (a ** 2).sum(1, keepdim=True) - 2 * a.mm(b.t()) + (b ** 2).sum(1).unsqueeze(0)


class RBF(object):
    def __init__(self, ls=1.0, var=1.0):
        self.log_ls = Variable(torch.Tensor([math.log(ls)]), requires_grad=True)
        self.log_var = Variable(torch.Tensor([math.log(var)]), requires_grad=True)

    def __call__(self, a, b):
        return self.log_var.exp() * torch.exp(-0.5 * sq_dist(a, b) / self.log_ls.exp() ** 2)

    def params(self):
        return [self.log_ls, self.log_var]


class GP(object):
    def __init__(self, kernel, noise=0.1):
        self.kernel = kernel
        self.log_noise = Variable(torch.Tensor([math.log(noise)]), requires_grad=True)

    def params(self):
        return self.kernel.params() + [self.log_noise]

    def chol(self, X):
        n = X.size(0)
        K = self.kernel(X, X) + torch.eye(n) * (self.log_noise.exp() + 1e-6)
        return torch.potrf(K, upper=False)

    def nll(self, X, y):
        L = self.chol(X)
        a, _ = torch.trtrs(y, L, upper=False)
        logdet = L.diag().log().sum()
        return 0.5 * (a ** 2).sum() + logdet + 0.5 * X.size(0) * math.log(2 * math.pi)

    def predict(self, X, y, Xs):
        L = self.chol(X)
        Ks = self.kernel(X, Xs)
        alpha = torch.potrs(y, L, upper=False)
        mean = Ks.t().mm(alpha)
        v, _ = torch.trtrs(Ks, L, upper=False)
        var = self.kernel(Xs, Xs).diag() - (v * v).sum(0)
        return mean.squeeze(1), var


X = torch.from_numpy(np.sort(np.random.rand(25, 1) * 6, axis=0))
y = torch.sin(X) + 0.1 * torch.from_numpy(np.random.randn(25, 1))
gp = GP(RBF())
opt = torch.optim.LBFGS(gp.params(), lr=0.1, max_iter=8)


def closure():
    opt.zero_grad()
    loss = gp.nll(X, y)
    loss.backward()
    return loss


for it in range(8):
    loss = opt.step(closure)
    print('iter {} nll {:.4f}'.format(it, loss.item()))

print('lengthscale %.3f' % gp.kernel.log_ls.exp().data[0])
print('variance %.3f' % gp.kernel.log_var.exp().data[0])
print('noise %.4f' % gp.log_noise.exp().data[0])

Xs = torch.linspace(0, 6, 9).unsqueeze(1)
with torch.no_grad():
    mu, var = gp.predict(X, y, Xs)
for x, m, v in zip(Xs.squeeze(), mu, var):
    print('x=%.2f mean=%.4f sd=%.4f true=%.4f' % (x, m, v.clamp(min=0).sqrt(), math.sin(x)))

# sanity: same answer through a plain solve
n = X.size(0)
K = gp.kernel(X, X).data + torch.eye(n) * (gp.log_noise.data.exp() + 1e-6)
alpha, LU = torch.gesv(y, K)
mu2 = gp.kernel(X, Xs).data.t().mm(alpha).squeeze()
print('max diff %.1e' % round((mu - mu2).abs().max().item(), 6))
e, V = torch.symeig(K, eigenvectors=True)
print('smallest eig %.4f largest %.3f' % (e[0], e[-1]))
print('logdet via eig %.4f via chol %.4f' % (e.log().sum(), 2 * gp.chol(X).diag().log().sum()))

# draw three posterior samples
Ks = gp.kernel(X, Xs).data
cov = gp.kernel(Xs, Xs).data - Ks.t().mm(torch.inverse(K)).mm(Ks)
Lp = torch.cholesky(cov + 1e-5 * torch.eye(len(Xs)))
samples = mu.unsqueeze(1) + Lp.mm(torch.randn(len(Xs), 3))
print(samples.mean(1))

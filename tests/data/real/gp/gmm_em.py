# EM for a Gaussian mixture, full covariances.
import math
import torch


def log_normal(X, mu, cov):
    D = X.size(1)
    L = torch.potrf(cov, upper=False)
    diff = (X - mu).t()
    sol = torch.trtrs(diff, L, upper=False)[0]
    maha = sol.pow(2).sum(0)
    logdet = 2 * torch.log(torch.diag(L)).sum()
    return -0.5 * (D * math.log(2 * math.pi) + logdet + maha)


def e_step(X, pi, mus, covs):
    logp = torch.stack([log_normal(X, m, c) for m, c in zip(mus, covs)], 1) + pi.log()
    norm = torch.logsumexp(logp, dim=1, keepdim=True)
    return (logp - norm).exp(), norm.sum().item()


def m_step(X, resp, eps=1e-4):
    N = resp.sum(0)
    pi = N / X.size(0)
    mus, covs = [], []
    for k in range(resp.size(1)):
        r = resp[:, k].unsqueeze(1)
        mu = (r * X).sum(0) / N[k]
        d = X - mu
        cov = (r * d).t().mm(d) / N[k] + eps * torch.eye(X.size(1))
        mus.append(mu)
        covs.append(cov)
    return pi, mus, covs


t = torch.linspace(0, 6.28, 15)
a = torch.stack([t.cos() * 0.5, t.sin() * 0.3], 1)
b = torch.stack([t.cos() * 0.2 + 3, t.sin() * 0.6 - 1], 1)
X = torch.cat([a, b])
pi = torch.Tensor([.5, .5])
mus = [X[3], X[20]]
covs = [torch.eye(2), torch.eye(2)]
lls = []
for it in range(8):
    resp, ll = e_step(X, pi, mus, covs)
    pi, mus, covs = m_step(X, resp)
    lls.append(ll)
hard = resp.max(1)[1]
counts = [(hard == k).sum().item() for k in range(2)]
print(['%.3f' % v for v in lls], counts)

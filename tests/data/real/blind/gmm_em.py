"""Mixture of gaussians by EM, k-means++ init, BIC; Dirichlet/Gamma sampling; HMM Baum-Welch in log space; Gibbs for LDA."""
import math
import numpy as np
import torch
from torch.distributions import Categorical, MultivariateNormal, Dirichlet, Normal, Gamma, Multinomial, Poisson

torch.manual_seed(19)
np.random.seed(19)
PI2 = math.log(2 * math.pi)


def sample_gmm(n):
    pi = torch.Tensor([0.5, 0.3, 0.2])
    mus = torch.Tensor([[0, 0], [4, 4], [-4, 4]])
    covs = torch.Tensor([[[1, 0.5], [0.5, 1]], [[0.5, 0], [0, 1.5]], [[1, -0.4], [-0.4, 0.6]]])
    z = Categorical(pi).sample((n,))
    L = torch.stack([torch.potrf(c, upper=False) for c in covs])
    eps = torch.randn(n, 2, 1)
    return mus[z] + L[z].matmul(eps).squeeze(-1), z


def kmeanspp(X, k):
    c = [X[torch.randint(len(X), (1,)).long().item()]]
    for _ in range(k - 1):
        d = torch.stack([(X - ci).pow(2).sum(1) for ci in c]).min(0)[0]
        c.append(X[torch.multinomial(d, 1).item()])
    return torch.stack(c)


def logsumexp(x, dim=-1, keepdim=False):
    m = x.max(dim, keepdim=True)[0]
    r = m + (x - m).exp().sum(dim, keepdim=True).log()
    return r if keepdim else r.squeeze(dim)


def log_gauss(X, mu, cov):
    L = torch.potrf(cov, upper=False)
    z = torch.trtrs((X - mu).t(), L, upper=False)[0]
    return -0.5 * (z ** 2).sum(0) - L.diag().log().sum() - mu.numel() / 2. * PI2


def em(X, k, iters=30):
    n, d = X.shape
    mu = kmeanspp(X, k)
    cov = torch.eye(d).expand(k, d, d).clone()
    pi = torch.ones(k) / k
    prev = -float('inf')
    for it in range(iters):
        lp = torch.stack([log_gauss(X, mu[j], cov[j]) for j in range(k)], 1) + pi.log()
        ll = logsumexp(lp, 1)
        r = (lp - ll.unsqueeze(1)).exp()
        nk = r.sum(0)
        pi = nk / n
        mu = r.t().mm(X) / nk.unsqueeze(1)
        for j in range(k):
            c = X - mu[j]
            cov[j] = (r[:, j].unsqueeze(1) * c).t().mm(c) / nk[j] + 1e-4 * torch.eye(d)
        if (ll.sum() - prev).abs() < 1e-3:
            break
        prev = ll.sum()
    return pi, mu, cov, prev, r, it


X, z = sample_gmm(300)
for k in (1, 2, 3, 4):
    pi, mu, cov, ll, r, it = em(X, k)
    npar = k * 2 + k * 3 + k - 1
    print('k=%d ll %.2f bic %.2f iters %d' % (k, ll, -2 * ll + npar * math.log(len(X)), it))
    if k == 3:
        hard = r.max(1)[1]
        table = torch.zeros(3, 3).long()
        for a, b in zip(z, hard):
            table[a, b] += 1
        order = pi.sort(descending=True)[1]
        print('weights', pi[order], '\nmeans', mu[order])
        print('purity %.3f' % (table.max(1)[0].sum().float() / len(X)))

# Baum-Welch, gaussian emissions
A = torch.Tensor([[0.9, 0.1], [0.2, 0.8]])
states = [0]
for _ in range(199):
    states.append(torch.multinomial(A[states[-1]], 1).item())
states = torch.tensor(states)
obs = Normal(torch.Tensor([-1., 1.5])[states], torch.Tensor([0.7, 0.5])[states]).sample()
T = torch.Tensor([[0.6, 0.4], [0.4, 0.6]])
m, s, p0 = torch.Tensor([-0.5, 0.5]), torch.ones(2), torch.ones(2) / 2
for it in range(15):
    B = Normal(m, s).log_prob(obs.unsqueeze(1))
    la = torch.zeros(200, 2)
    lb = torch.zeros(200, 2)
    la[0] = p0.log() + B[0]
    for t in range(1, 200):
        la[t] = logsumexp(la[t - 1].unsqueeze(1) + T.log(), 0) + B[t]
    for t in range(198, -1, -1):
        lb[t] = logsumexp(T.log() + (B[t + 1] + lb[t + 1]).unsqueeze(0), 1)
    ll = torch.logsumexp(la[-1], 0)
    g = (la + lb - ll).exp()
    xi = (la[:-1].unsqueeze(2) + T.log() + (B[1:] + lb[1:]).unsqueeze(1) - ll).exp().sum(0)
    T = xi / xi.sum(1, keepdim=True)
    p0 = g[0]
    m = (g * obs.unsqueeze(1)).sum(0) / g.sum(0)
    s = ((g * (obs.unsqueeze(1) - m) ** 2).sum(0) / g.sum(0)).sqrt()
    if it % 5 == 0:
        print('bw %d ll %.3f' % (it, ll))
print('T', T, 'm', m, 's', s)
print('decode acc %.3f' % (g.argmax(1) == states).float().mean())

# conjugate stuff
theta = Dirichlet(torch.ones(4) * 0.5).sample((3,))
print('theta sums', theta.sum(1), 'entropy %.4f' % Dirichlet(torch.ones(4)).entropy())
counts = torch.stack([Multinomial(50, probs=t).sample() for t in theta])
post = Dirichlet(counts + 0.5)
print('posterior mean err %.4f' % (post.mean - theta).abs().mean())
rate = Gamma(3.0, 2.0).sample()
pois = Poisson(rate).sample((100,))
print('rate %.3f posterior %.3f' % (rate, (3 + pois.sum()) / (2 + 100)), 'mode', pois.mode()[0].item(), 'median', pois.median().item())

# collapsed Gibbs sampling for a toy LDA
docs = [np.random.choice(4, 30, p=[.45, .45, .05, .05]) if i % 2 else np.random.choice(4, 30, p=[.05, .05, .45, .45]) for i in range(8)]
assign = [np.random.randint(0, 2, 30) for _ in docs]
ndk, nkw = torch.zeros(8, 2), torch.zeros(2, 4)
for d, (ws, zs) in enumerate(zip(docs, assign)):
    for w, k in zip(ws, zs):
        ndk[d, k] += 1
        nkw[k, w] += 1
for sweep in range(8):
    for d, ws in enumerate(docs):
        for i, w in enumerate(ws):
            k = assign[d][i]
            ndk[d, k] -= 1
            nkw[k, w] -= 1
            p = (ndk[d] + 0.5) * (nkw[:, w] + 0.1) / (nkw.sum(1) + 0.4)
            k = torch.multinomial(p, 1)[0].item()
            assign[d][i] = k
            ndk[d, k] += 1
            nkw[k, w] += 1
print('lda topics\n', (nkw / nkw.sum(1, keepdim=True)))
print('doc topics', (ndk.max(1)[0] / 30))

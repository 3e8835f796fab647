"""PCA and ZCA whitening in torch (svd, symeig, eig)."""
import torch


def pca(X, k):
    mean = X.mean(0, keepdim=True)
    Xc = X - mean.expand_as(X)
    U, S, V = torch.svd(Xc.t())
    return torch.mm(Xc, U[:, :k]).abs(), S


def zca(X, eps=1e-2):
    Xc = X - X.mean(0)
    cov = torch.mm(Xc.t(), Xc) / (X.size(0) - 1)
    e, v = cov.symeig(True)
    return Xc.mm(v).mm(torch.diag(1. / torch.sqrt(e + eps))).mm(v.t())


def spectral_radius(M):
    e, _ = torch.eig(M)
    return e.norm(2, 1).max()


X = torch.stack([torch.linspace(0, 1, 16), torch.linspace(0, 1, 16).pow(2),
                 torch.cos(torch.linspace(0, 5, 16))], 1)
proj, S = pca(X, 2)
W = zca(X)
cov_after = W.t().mm(W) / 15
M = torch.Tensor([[0, 1, 0], [0, 0, 1], [0.5, 0.2, 0.1]])
rho = spectral_radius(M)
values = torch.eig(M)[0]
print(proj, S, cov_after, rho.item())

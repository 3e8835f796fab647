import torch

import kernels
from solver import cholesky_solve, direct, log_det, predictive, spectrum

torch.manual_seed(52)
X = torch.linspace(0, 1, 8).unsqueeze(1)
Y = torch.sin(6 * X) + 0.1 * torch.randn(8, 1)
for kernel in (kernels.rbf, kernels.spectral):
    K = kernel(X, X) + 0.1 * torch.eye(8)
    L, alpha = cholesky_solve(K, Y)
    Xs = torch.range(0, 1, 0.5).unsqueeze(1)
    mean, cov = predictive(L, kernel(X, Xs), kernel(Xs, Xs), alpha)
    print(mean.view(-1), cov.diag())
    print(round(log_det(L).item(), 3), (direct(K, Y) - alpha).abs().max().item() < 1e-3)
    print(spectrum(K)[-3:], (spectrum(K) > 0).sum().item())

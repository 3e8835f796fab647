import math
import torch
from linalg import chol_solve, jitter_chol, half_logdet


class GP(object):
    def __init__(self, kernel):
        self.kernel = kernel

    def nll(self, x, y):
        L = jitter_chol(self.kernel(x))
        alpha = chol_solve(L, y)
        return 0.5 * y.dot(alpha) + half_logdet(L) + 0.5 * len(y) * math.log(2 * math.pi)

    def predict(self, x, y, xs):
        L = jitter_chol(self.kernel(x))
        Ks = self.kernel(x, xs)
        mean = Ks.t().mv(chol_solve(L, y))
        V = torch.trtrs(Ks, L, upper=False)[0]
        var = torch.diag(self.kernel(xs, xs)) - (V * V).sum(0)
        return mean, var.clamp(min=0).sqrt()

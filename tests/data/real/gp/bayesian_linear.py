import torch


def posterior(X, y, alpha, beta):
    d = X.size(1)
    A = alpha * torch.eye(d) + beta * X.t().mm(X)
    L = A.potrf()
    S = L.potri()
    m = beta * S.mv(X.t().mv(y))
    return m, S


def evidence(X, y, alpha, beta):
    m, S = posterior(X, y, alpha, beta)
    e = X.mv(m).sub(y)
    A_inv_logdet = S.potrf().diag().log().sum() * 2
    return (-0.5 * beta * e.dot(e) - 0.5 * alpha * m.dot(m) + 0.5 * A_inv_logdet).item()


def eig_update(X, y, alpha, beta, steps=5):
    lam, V = torch.symeig(X.t().mm(X), eigenvectors=True)
    for _ in range(steps):
        m, S = posterior(X, y, alpha, beta)
        l = lam * beta
        gamma = (l / (l + alpha)).sum().item()
        alpha = gamma / m.dot(m).item()
        beta = (X.size(0) - gamma) / (y - X.mv(m)).pow(2).sum().item()
    return alpha, beta


t = torch.linspace(-1, 1, 20)
X = torch.stack([torch.ones(20), t, t ** 2], 1)
y = 1 - 2 * t + 0.5 * t ** 2 + 0.1 * torch.cos(40 * t)
alpha, beta = eig_update(X, y, 1.0, 1.0)
m, S = posterior(X, y, alpha, beta)
ev = evidence(X, y, alpha, beta)
print('alpha %.4f beta %.4f' % (alpha, beta))
print(m, S.diag())

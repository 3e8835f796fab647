"""Homework 2: linear algebra with torch (PCA, least squares, LDA, power method, LU, QR algorithm, CCA, ridge)."""
import numpy as np
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
torch.set_printoptions(precision=5)


def q1_pca(X, k):
    Xc = X - X.mean(0)
    U, S, V = torch.svd(Xc)
    Z = Xc.mm(V[:, :k])
    C = Xc.t().mm(Xc) / (len(X) - 1)
    e, _ = torch.symeig(C)
    e = e.flip(0)
    assert torch.allclose(e, S ** 2 / (len(X) - 1))
    print('explained', (S ** 2 / (S ** 2).sum())[:k])
    white = Z / Z.std(0)
    return white.t().mm(white) / (len(X) - 1)


def q2_solve(n=5):
    A = torch.randn(n, n) + n * torch.eye(n)
    b = torch.randn(n, 2)
    x1, LU = torch.gesv(b, A)
    lu, piv = torch.btrifact(A.unsqueeze(0))
    x2 = torch.btrisolve(b[:, 0].unsqueeze(0), lu, piv)[0]
    P, L, U = torch.btriunpack(lu, piv)
    print('LU', torch.allclose(P[0].mm(L[0]).mm(U[0]), A), torch.dist(x1[:, 0], x2).item() < 1e-9)
    print('det', A.det().item(), 'logdet', A.logdet().item(), 'slogdet', [v.item() for v in A.slogdet()])
    print('trace', A.trace(), 'inverse ok', torch.allclose(A.inverse().mm(A), torch.eye(n)))
    return x1.sum()


def q3_lstsq(m=30, n=4):
    X = torch.randn(m, n)
    w = torch.arange(1, n + 1).double()
    y = X.mv(w) + 0.05 * torch.randn(m)
    by_normal = torch.potrs(X.t().mm(y.unsqueeze(1)), torch.potrf(X.t().mm(X)))
    Q, R = torch.qr(X)
    by_qr = torch.trtrs(Q.t().mm(y.unsqueeze(1)), R)[0]
    by_gels = torch.gels(y.unsqueeze(1), X)[0][:n]
    by_pinv = torch.pinverse(X).mv(y).unsqueeze(1)
    W = torch.cat([by_normal, by_qr, by_gels, by_pinv], 1)
    print(W)
    print('spread', (W.max(1)[0] - W.min(1)[0]).max() < 1e-9)
    for lam in (0.1, 10.):
        ridge = (X.t().mm(X) + lam * torch.eye(n)).inverse().mm(X.t()).mv(y)
        print('ridge', lam, ridge.norm().item())


def q4_power(n=6, iters=200):
    A = torch.randn(n, n)
    A = A + A.t()
    v = torch.ones(n)
    for _ in range(iters):
        v = A.mv(v)
        v /= v.norm()
    lam = v.dot(A.mv(v))
    e, V = torch.symeig(A, eigenvectors=True)
    print('power', lam.abs().item(), 'symeig', e.abs().max().item())
    B = A.clone()
    for _ in range(iters):
        q, r = torch.qr(B)
        B = r.mm(q)
    print('qr algorithm', B.diag().sort()[0].sub(e).abs().max().item() < 1e-3)
    ev, _ = torch.eig(torch.tensor([[0., -1.], [1., 0.]]), eigenvectors=True)
    print('complex eig', ev.abs())
    return V.mm(e.diag()).mm(V.t()).sub(A).abs().max() < 1e-8


def q5_lda():
    y = torch.tensor([0] * 20 + [1] * 20 + [2] * 20)
    mu = torch.tensor([[0., 0, 0], [3, 1, 0], [0, 2, 3]])
    X = mu[y] + torch.randn(60, 3)
    m = X.mean(0)
    Sw = torch.zeros(3, 3)
    Sb = torch.zeros(3, 3)
    for c in y.unique():
        Xc = X[y == c]
        d = (Xc.mean(0) - m).unsqueeze(1)
        Sb.addmm_(1, len(Xc), d, d.t())
        Sw.add_((Xc - Xc.mean(0)).t().mm(Xc - Xc.mean(0)))
    vals, vecs = torch.eig(torch.gesv(Sb, Sw)[0], eigenvectors=True)
    order = vals[:, 0].sort(descending=True)[1]
    print('lda eigenvalues', vals[order, 0][:2], 'imag', vals[:, 1].abs().max().item())
    Z = X.mm(vecs[:, order[:2]])
    cent = torch.stack([Z[y == c].mean(0) for c in range(3)])
    pred = ((Z.unsqueeze(1) - cent.unsqueeze(0)) ** 2).sum(-1).argmin(1)
    return (pred == y).double().mean()


def q6_batch():
    A = torch.randn(4, 3, 3)
    S = A.matmul(A.transpose(1, 2)) + torch.eye(3)
    L = torch.cholesky(S)
    print('batched chol', torch.allclose(L.matmul(L.transpose(1, 2)), S))
    print('baddbmm', torch.baddbmm(0.5, S, 2, A, A).sum().item(), 'addbmm', torch.addbmm(torch.zeros(3, 3), A, A).sum().item())
    print('addr', torch.addr(torch.zeros(2, 3), torch.ones(2), torch.arange(3).double()).sum().item())
    print('ger', torch.ger(torch.arange(3).double(), torch.arange(2).double()).tolist())
    print('cross', torch.cross(A[0], A[1], dim=1).sum(1))
    print('chain', torch.chain_matmul(A[0], A[1], A[2]).sum().item(), 'mpow', torch.matrix_power(A[0], 3).trace().item())
    print('tril', S[0].tril(-1).sum().item(), 'triu', S[0].triu(1).sum().item(), 'tensordot', torch.tensordot(A, A, dims=([0, 1], [0, 1])).trace().item())
    return torch.norm(A, p='fro') + torch.norm(A[0], p='nuc')


X = torch.randn(50, 4).mm(torch.randn(4, 4))
print(q1_pca(X, 3).diag())
print('q2 %.6f' % q2_solve())
q3_lstsq()
print('q4', q4_power().item())
print('q5 acc %.3f' % q5_lda())
print('q6 %.5f' % q6_batch())

"""CP (ALS and gradient) and Tucker / HOSVD decompositions of a small synthetic tensor; NMF."""
import numpy as np
import torch

np.random.seed(4)
torch.manual_seed(4)
torch.set_printoptions(precision=4, linewidth=120)


def unfold(t, mode):
    return t.transpose(mode, 0).contiguous().view(t.size(mode), -1)


def fold(mat, mode, shape):
    shape = list(shape)
    shape[0], shape[mode] = shape[mode], shape[0]
    return mat.view(*shape).transpose(0, mode)


def khatri_rao(a, b):
    r = a.size(1)
    return (a.unsqueeze(1) * b.unsqueeze(0)).view(-1, r)


def kruskal(factors):
    return torch.einsum('ir,jr,kr->ijk', factors)


def cp_als(t, rank, iters=25):
    fs = [torch.rand(s, rank) for s in t.shape]
    for it in range(iters):
        for m in range(3):
            others = [fs[i] for i in range(3) if i != m]
            G = (others[0].t().mm(others[0])) * (others[1].t().mm(others[1]))
            if m == 0:
                rhs = torch.einsum('ijk,jr,kr->ir', (t, fs[1], fs[2]))
            elif m == 1:
                rhs = torch.einsum('ijk,ir,kr->jr', (t, fs[0], fs[2]))
            else:
                rhs = torch.einsum('ijk,ir,jr->kr', (t, fs[0], fs[1]))
            sol, _ = torch.gesv(rhs.t(), G + 1e-6 * torch.eye(rank))
            fs[m] = sol.t()
        if it % 8 == 0:
            print('als', it, '%.4f' % (torch.norm(t - kruskal(fs)) / torch.norm(t)))
    return fs


def mode_dot(t, mat, mode):
    shape = list(t.shape)
    shape[mode] = mat.size(0)
    return fold(mat.mm(unfold(t, mode)), mode, shape)


def hosvd(t, ranks):
    factors = []
    core = t
    for m, r in enumerate(ranks):
        u, s, v = torch.svd(unfold(t, m))
        factors.append(u[:, :r])
        print('mode', m, 'energy kept %.4f' % (s[:r].pow(2).sum() / s.pow(2).sum()))
    for m, u in enumerate(factors):
        core = mode_dot(core, u.t(), m)
    return core, factors


def tucker_to_tensor(core, factors):
    for m, u in enumerate(factors):
        core = mode_dot(core, u, m)
    return core


A, B, C = torch.rand(6, 3), torch.rand(7, 3), torch.rand(8, 3)
T = kruskal([A, B, C])
T = T + 0.01 * torch.randn(T.size())
print(T.shape, 'norm %.4f' % T.norm())
assert (fold(unfold(T, 1), 1, T.shape) == T).all()
assert fold(unfold(T, 2), 2, T.shape).equal(T)

fs = cp_als(T, 3)
print('cp rel error %.4f' % (torch.norm(T - kruskal(fs)) / T.norm()))
cong = (fs[0] / fs[0].norm(2, 0, True)).t().mm(A / A.norm(2, 0, keepdim=True)).abs()
print('congruence', cong.max(0)[0] > 0.9)

core, us = hosvd(T, (3, 3, 3))
print('core', core.size(), 'err %.4f' % ((tucker_to_tensor(core, us) - T).norm() / T.norm()))
q, r = torch.qr(us[0])
print('orth', torch.dist(q.t().mm(q), torch.eye(3)) < 1e-5)

# masked completion by gradient descent
mask = torch.ByteTensor(T.size()).bernoulli_(0.5)
params = [torch.rand(s, 3).requires_grad_() for s in T.shape]
opt = torch.optim.Adam(params, lr=0.05)
for i in range(150):
    opt.zero_grad()
    diff = (kruskal(params) - T)[mask]
    loss = diff.pow(2).mean()
    loss.backward()
    opt.step()
    if i % 50 == 0:
        print('completion %d %.5f' % (i, loss.item()))
held = (kruskal(params) - T)[1 - mask].detach()
print('observed', mask.sum().item(), 'held-out rmse %.4f' % held.pow(2).mean().sqrt())

# NMF multiplicative updates
M = torch.from_numpy(np.random.rand(12, 4).dot(np.random.rand(4, 15))).float()
W, H = torch.rand(12, 4), torch.rand(4, 15)
for i in range(100):
    H *= W.t().mm(M) / (W.t().mm(W).mm(H) + 1e-9)
    W *= M.mm(H.t()) / (W.mm(H).mm(H.t()) + 1e-9)
print('nmf %.4f' % ((M - W.mm(H)).norm() / M.norm()), bool((W >= 0).all() and (H >= 0).all()))

# low rank + pinverse + least squares with the gels of that time
X = torch.randn(20, 4)
y = X.mv(torch.Tensor([1, -2, 3, 0.5])) + 0.01 * torch.randn(20)
sol, _ = torch.gels(y.unsqueeze(1), X)
print('gels', sol[:4, 0])
print('pinv', torch.pinverse(X).mv(y))
u, s, v = torch.svd(M, some=True)
print('rank', torch.matrix_rank(M).item(), 'sv %.3f' % s[0].item())

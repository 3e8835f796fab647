"""Finite and infinite horizon LQR, differentiable MPC by hand, stability by eigenvalues."""
import torch
import numpy as np

D = torch.float64
A = torch.tensor([[1.0, 0.1, 0.0, 0.0], [0.0, 1.0, 0.12, 0.0], [0.0, 0.0, 1.0, 0.1], [0.0, 0.02, 0.9, 1.0]], dtype=D)
B = torch.tensor([[0.0, 0.0], [0.1, 0.0], [0.0, 0.02], [0.05, 0.1]], dtype=D)
Q = torch.diag(torch.tensor([1.0, 0.1, 1.0, 0.1], dtype=D))
R = 0.5 * torch.eye(2).double()


def riccati(P):
    S = R + B.t().mm(P).mm(B)
    K, _ = torch.gesv(B.t().mm(P).mm(A), S)
    return Q + A.t().mm(P).mm(A - B.mm(K)), K


def dare(tol=1e-10, limit=500):
    P = Q.clone()
    for it in range(limit):
        new, K = riccati(P)
        if (new - P).abs().max() < tol:
            break
        P = new
    return P, K, it


def lyapunov(M, W):
    """P = M' P M + W through a Kronecker system"""
    n = M.size(0)
    kron = (M.t().unsqueeze(1).unsqueeze(3) * M.t().unsqueeze(0).unsqueeze(2)).contiguous().view(n * n, n * n)
    sol, _ = torch.gesv(W.contiguous().view(-1, 1), torch.eye(n * n).double() - kron)
    return sol.view(n, n)


def spectrum(M):
    e, _ = torch.eig(M)
    radius = e.pow(2).sum(1).sqrt()
    oscillating = e[:, 1] != 0
    return e, radius, oscillating


open_e, open_r, open_osc = spectrum(A)
P, K, n = dare()
closed = A - B.mm(K)
e, r, osc = spectrum(closed)
print('riccati iterations', n)
print('open loop radius %.4f unstable modes %d' % (open_r.max().item(), (open_r > 1 + 1e-9).sum().item()))
print('closed loop radius %.4f stable %s' % (r.max().item(), bool((r < 1).all())))
print('real modes', (1 - osc).sum().item(), 'complex', osc.sum().item())
P2 = lyapunov(closed, Q + K.t().mm(R).mm(K))
print('lyapunov agrees', (P - P2).abs().max().item() < 1e-5, 'cost trace %.4f' % P.trace().item())

# batched finite horizon solution for several actuator prices
prices = torch.tensor([0.1, 0.5, 2.5], dtype=D)
Rb = prices.view(3, 1, 1) * torch.eye(2).double()
Pb = Q.unsqueeze(0).repeat(3, 1, 1)
Ab, Bb = A.expand(3, 4, 4), B.expand(3, 4, 2)
for _ in range(30):
    S = Rb + Bb.transpose(1, 2).bmm(Pb).bmm(Bb)
    Kb, lu = torch.gesv(Bb.transpose(1, 2).bmm(Pb).bmm(Ab), S)
    Pb = Q + Ab.transpose(1, 2).bmm(Pb).bmm(Ab - Bb.bmm(Kb))
print('gains', [round(k, 3) for k in Kb.pow(2).sum(2).sum(1).sqrt().tolist()])

# the same factorisation through LU
LU, pivots = S.btrifact()
Kb2 = torch.btrisolve(Bb.transpose(1, 2).bmm(Pb).bmm(Ab)[:, :, 0], LU, pivots)
print('lu column', [round(v, 3) for v in Kb2.abs().sum(1).tolist()])


def simulate(gain, x0, steps, bound):
    x, cost, sat = x0, 0, 0
    for _ in range(steps):
        u = -gain.mv(x)
        clipped = u.clamp(-bound, bound)
        hit = clipped != u
        sat += hit.sum()
        cost = cost + x.dot(Q.mv(x)) + clipped.dot(R.mv(clipped))
        x = A.mv(x) + B.mv(clipped)
    return cost, x, sat


x0 = torch.tensor([1.0, 0.0, 0.1, 0.0], dtype=D)
for bound in (10., 1.0):
    cost, x, sat = simulate(K, x0, 60, bound)
    print('bound %.1f cost %.4f |x| %.4f saturated %d' % (bound, cost.item(), x.norm().item(), sat.item()))
print('theory %.4f' % x0.dot(P.mv(x0)).item())

# tune the gain by gradient descent from a detuned one
G = (0.9 * K).requires_grad_()
opt = torch.optim.SGD([G], lr=2e-3)
first = None
for it in range(30):
    opt.zero_grad()
    cost, _, _ = simulate(G, x0, 30, 10.)
    cost.backward()
    torch.nn.utils.clip_grad_norm([G], 1.0)
    opt.step()
    first = cost.item() if first is None else first
print('tuned %.4f -> %.4f' % (first, cost.item()))

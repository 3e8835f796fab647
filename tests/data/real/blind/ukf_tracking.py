"""Batched unscented Kalman filter with gating and track management."""
import math
import numpy as np
import torch

D = torch.DoubleTensor


class UKF(object):
    def __init__(self, n_tracks, dt=0.5, kappa=1.0):
        self.n, self.dt, self.kappa = 4, dt, kappa
        self.x = torch.zeros(n_tracks, 4).type(D)
        self.P = torch.eye(4).type(D).unsqueeze(0).repeat(n_tracks, 1, 1) * 4
        q = torch.tensor([[dt ** 4 / 4, dt ** 3 / 2], [dt ** 3 / 2, dt ** 2]]).type(D)
        self.Q = torch.zeros(4, 4).type(D)
        self.Q[:2, :2] = q
        self.Q[2:, 2:] = q
        self.R = torch.diag(D([0.04, 0.0004]))
        w = torch.full((9,), 0.5 / (self.n + kappa))
        w[0] = kappa / (self.n + kappa)
        self.w = w.type(D)

    def sigma(self):
        pts = []
        for x, P in zip(self.x, self.P):
            L = torch.potrf((self.n + self.kappa) * P, upper=False)
            pts.append(torch.cat([x.unsqueeze(0), x + L.t(), x - L.t()]))
        return torch.stack(pts)

    def f(self, s):
        out = s.clone()
        out[..., 0] += self.dt * s[..., 1]
        out[..., 2] += self.dt * s[..., 3]
        return out

    def h(self, s):
        rng = (s[..., 0] ** 2 + s[..., 2] ** 2).sqrt()
        return torch.stack([rng, torch.atan2(s[..., 2], s[..., 0])], -1)

    def moments(self, pts, noise):
        mean = (self.w.view(1, -1, 1) * pts).sum(1)
        d = pts - mean.unsqueeze(1)
        return mean, d, (d * self.w.view(1, -1, 1)).transpose(1, 2).bmm(d) + noise

    def predict(self):
        self.x, _, self.P = self.moments(self.f(self.sigma()), self.Q)

    def update(self, z, seen, gate=16.0):
        pts = self.sigma()
        zp = self.h(pts)
        zm, dz, S = self.moments(zp, self.R)
        dx = pts - self.x.unsqueeze(1)
        C = (dx * self.w.view(1, -1, 1)).transpose(1, 2).bmm(dz)
        innov = z - zm
        innov[:, 1] = (innov[:, 1] + math.pi) % (2 * math.pi) - math.pi
        sol, _ = torch.gesv(innov.unsqueeze(2), S)
        maha = (innov.unsqueeze(2) * sol).sum(1).squeeze(1)
        accept = seen & (maha < gate)
        Kt, _ = torch.gesv(C.transpose(1, 2), S)
        K = Kt.transpose(1, 2)
        nx = self.x + K.bmm(innov.unsqueeze(2)).squeeze(2)
        nP = self.P - K.bmm(S).bmm(K.transpose(1, 2))
        nP = 0.5 * (nP + nP.transpose(1, 2))
        self.x = torch.where(accept.unsqueeze(1).expand_as(self.x), nx, self.x)
        self.P = torch.where(accept.view(-1, 1, 1).expand_as(self.P), nP, self.P)
        ll = torch.stack([-0.5 * (m + torch.logdet(s)) for m, s in zip(maha, S)])
        ll.masked_fill_(1 - accept, 0)
        return ll, accept


rs = np.random.RandomState(20)
N, T = 5, 30
truth = np.stack([rs.uniform(4, 8, N), rs.uniform(-.3, .3, N), rs.uniform(2, 6, N), rs.uniform(-.3, .3, N)], 1)
ukf = UKF(N)
ukf.x.copy_(torch.from_numpy(truth + rs.randn(N, 4) * 0.5))
missed = torch.zeros(N).long()
alive = torch.ones(N).byte()
errors, total_ll, rejected = [], 0, 0
for t in range(T):
    truth[:, 0] += 0.5 * truth[:, 1]
    truth[:, 2] += 0.5 * truth[:, 3]
    z = np.stack([np.hypot(truth[:, 0], truth[:, 2]), np.arctan2(truth[:, 2], truth[:, 0])], 1)
    z += rs.randn(N, 2) * [0.2, 0.02]
    outlier = rs.rand(N) < 0.08
    z[outlier, 0] += 6
    seen = torch.from_numpy((rs.rand(N) > 0.15).astype(np.uint8))
    if t > 10:
        seen[4] = 0
    seen = (seen + torch.zeros(N).byte()) > 0
    ukf.predict()
    ll, ok = ukf.update(torch.from_numpy(z), seen)
    rejected += (seen - ok).sum()
    missed[ok] = 0
    missed[1 - ok] += 1
    alive = alive * (missed < 6).type_as(alive)
    total_ll += ll.sum()
    e = torch.from_numpy(truth)[:, [0, 2]] - ukf.x[:, [0, 2]]
    errors.append(e.pow(2).sum(1).sqrt()[:4].mean().item())
print('mean error first %.4f last %.4f' % (np.mean(errors[:5]), np.mean(errors[-5:])))
print('log likelihood %.3f rejected %d' % (total_ll.item(), rejected.item()))
print('alive', alive.tolist(), 'dead', (1 - alive).sum().item(), 'missed', missed.tolist())
spread = torch.stack([torch.potrf(P[[0, 2]][:, [0, 2]]).diag().prod() for P in ukf.P])
print('area', [round(a, 4) for a in spread.tolist()][:4])
half = missed / 2
print('half misses', half.tolist())

"""Kalman filter / RTS smoother in torch, with noise levels learnt by gradient descent."""
import math
import numpy as np
import torch
from torch import nn
from torch.autograd import Variable

torch.manual_seed(77)
DT = torch.DoubleTensor
torch.set_default_tensor_type('torch.DoubleTensor')


def simulate(T, F, H, q, r):
    n, m = F.size(0), H.size(0)
    Q = q * torch.Tensor([[0.25, 0.5], [0.5, 1.0]]) + 1e-6 * torch.eye(2)
    LQ = torch.potrf(Q, upper=False)
    x = torch.zeros(n)
    xs, zs = [], []
    for _ in range(T):
        x = F.mv(x) + LQ.mv(torch.randn(n))
        z = H.mv(x) + math.sqrt(r) * torch.randn(m)
        xs.append(x)
        zs.append(z)
    return torch.stack(xs), torch.stack(zs)


class KalmanFilter(nn.Module):
    def __init__(self, F, H):
        super(KalmanFilter, self).__init__()
        self.register_buffer('F', F)
        self.register_buffer('H', H)
        self.log_q = nn.Parameter(torch.zeros(1))
        self.log_r = nn.Parameter(torch.zeros(1))
        self.register_buffer('Qs', torch.Tensor([[0.25, 0.5], [0.5, 1.0]]))

    def forward(self, zs, observed):
        n = self.F.size(0)
        I = torch.eye(n)
        Q = self.log_q.exp() * self.Qs + 1e-6 * I
        R = self.log_r.exp() * torch.eye(self.H.size(0))
        x, P = Variable(torch.zeros(n, 1)), Variable(10 * I)
        nll = 0
        filt, pred = [], []
        for z, obs in zip(zs, observed):
            x = self.F.mm(x)
            P = self.F.mm(P).mm(self.F.t()) + Q
            pred.append((x, P))
            if obs:
                y = z.unsqueeze(1) - self.H.mm(x)
                S = self.H.mm(P).mm(self.H.t()) + R
                K, _ = torch.gesv(self.H.mm(P), S)       # S^-1 H P, transposed gain
                K = K.t()
                x = x + K.mm(y)
                # Joseph form
                IKH = I - K.mm(self.H)
                P = IKH.mm(P).mm(IKH.t()) + K.mm(R).mm(K.t())
                Sy, _ = torch.gesv(y, S)
                nll = nll + 0.5 * (y.t().mm(Sy).squeeze() + torch.logdet(S) + y.numel() * math.log(2 * math.pi))
            filt.append((x, P))
        return filt, pred, nll / observed.sum().double()

    def smooth(self, filt, pred):
        out = [filt[-1]]
        for (x, P), (xp, Pp) in zip(filt[-2::-1], pred[:0:-1]):
            C = torch.gesv(self.F.mm(P), Pp)[0].t()
            xs, Ps = out[-1]
            out.append((x + C.mm(xs - xp), P + C.mm(Ps - Pp).mm(C.t())))
        return out[::-1]


F = torch.Tensor([[1, 1], [0, 1]])
H = torch.Tensor([[1, 0]])
xs, zs = simulate(60, F, H, q=0.02, r=1.0)
observed = (torch.rand(60) > 0.2)
print('observed %d of %d' % (observed.sum(), len(observed)), observed.type())

kf = KalmanFilter(F, H)
opt = torch.optim.Rprop(kf.parameters(), lr=0.1)
for it in range(30):
    opt.zero_grad()
    _, _, nll = kf(zs, observed)
    nll.backward()
    opt.step()
    if it % 10 == 0:
        print('it %2d nll %.4f' % (it, nll.item()))
print('q %.4f r %.3f' % (kf.log_q.exp().data[0], kf.log_r.exp().data[0]))

with torch.no_grad():
    filt, pred, nll = kf(zs, observed)
    sm = kf.smooth(filt, pred)
f_mean = torch.cat([f[0] for f in filt], 1).t()
s_mean = torch.cat([s[0] for s in sm], 1).t()
rmse = lambda a: (a[:, 0] - xs[:, 0]).pow(2).mean().sqrt().item()
raw = (zs[:, 0][observed] - xs[:, 0][observed]).pow(2).mean().sqrt().item()
print('rmse raw %.3f filter %.3f smoother %.3f' % (raw, rmse(f_mean), rmse(s_mean)))
s_var = torch.stack([s[1][0, 0] for s in sm])
f_var = torch.stack([f[1][0, 0] for f in filt])
print('smoother variance never larger:', (s_var <= f_var + 1e-9).all().item())
inside = ((s_mean[:, 0] - xs[:, 0]).abs() < 2 * s_var.sqrt()).sum()
print('inside 2 sigma: %d/60' % inside)

# steady state: batched LU for many noise settings at once
rs = torch.Tensor([0.1, 0.5, 1., 2., 5.])
P = torch.eye(2).repeat(5, 1, 1)
Fb, Hb = F.unsqueeze(0).expand(5, 2, 2), H.unsqueeze(0).expand(5, 1, 2)
for _ in range(200):
    P = Fb.bmm(P).bmm(Fb.transpose(1, 2)) + 0.02 * kf.Qs
    S = Hb.bmm(P).bmm(Hb.transpose(1, 2)) + rs.view(-1, 1, 1)
    lu, piv = torch.btrifact(S)
    K = torch.btrisolve(Hb.bmm(P)[:, :, 0], lu, piv)
    G = P.bmm(Hb.transpose(1, 2)) / S
    P = P - G.bmm(Hb).bmm(P)
print('steady gains', ['%.3f' % k for k in K.view(-1)])
ev = torch.eig(F - G[2].mm(H).mm(F))[0]
print('closed loop stable:', bool((ev.pow(2).sum(1).sqrt() < 1).all()))

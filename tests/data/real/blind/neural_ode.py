"""Neural ODE with hand-written solvers (Euler, midpoint, RK4, adaptive Bogacki-Shampine)
and the adjoint method as an autograd Function.  Spiral data as in the paper's demo."""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(2)
np.random.seed(2)

def euler_step(f, t, dt, y):
    return y + dt * f(t, y)

def midpoint_step(f, t, dt, y):
    return y + dt * f(t + dt / 2, y + f(t, y) * dt / 2)

def rk4_step(f, t, dt, y):
    k1 = f(t, y)
    k2 = f(t + dt / 3, y + dt * k1 / 3)
    k3 = f(t + dt * 2 / 3, y + dt * (k1 / -3 + k2))
    k4 = f(t + dt, y + dt * (k1 - k2 + k3))
    return y + (k1 + 3 * k2 + 3 * k3 + k4) * dt / 8

STEPS = {'euler': euler_step, 'midpoint': midpoint_step, 'rk4': rk4_step}

def odeint(f, y0, ts, method='rk4', substeps=2):
    sol = [y0]
    y = y0
    for t0, t1 in zip(ts[:-1], ts[1:]):
        h = (t1 - t0) / substeps
        for i in range(substeps):
            y = STEPS[method](f, t0 + i * h, h, y)
        sol.append(y)
    return torch.stack(sol)

def adaptive(f, y, t0, t1, rtol=1e-4, atol=1e-5):
    t, h, n = t0, (t1 - t0) / 10, 0
    k1 = f(t, y)
    rejected = 0
    while t < t1:
        h = min(h, t1 - t)
        k2 = f(t + h / 2, y + h / 2 * k1)
        k3 = f(t + 3 * h / 4, y + 3 * h / 4 * k2)
        ynew = y + h * (2. / 9 * k1 + 1. / 3 * k2 + 4. / 9 * k3)
        k4 = f(t + h, ynew)
        err = h * (-5. / 72 * k1 + 1. / 12 * k2 + 1. / 9 * k3 - 1. / 8 * k4)
        ratio = (err / (atol + rtol * torch.max(y.abs(), ynew.abs()))).pow(2).mean().sqrt().item()
        if ratio <= 1:
            t, y, k1 = t + h, ynew, k4
        else:
            rejected += 1
        h = h * min(5., max(0.2, 0.9 * (ratio + 1e-10) ** (-1. / 3)))
        n += 1
    return y, n, rejected

class ODEFunc(nn.Module):
    def __init__(self):
        super(ODEFunc, self).__init__()
        self.net = nn.Sequential(nn.Linear(2, 30), nn.Tanh(), nn.Linear(30, 2))
        self.nfe = 0
        for m in self.net.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, mean=0, std=0.1)
                nn.init.constant_(m.bias, val=0)

    def forward(self, t, y):
        self.nfe += 1
        return self.net(y ** 3)

def flatten(params):
    flat = [p.contiguous().view(-1) for p in params]
    return torch.cat(flat) if len(flat) > 0 else torch.tensor([])

class Adjoint(torch.autograd.Function):
    @staticmethod
    def forward(ctx, y0, func, ts, flat_params):
        ctx.func = func
        with torch.no_grad():
            ys = odeint(func, y0, ts)
        ctx.save_for_backward(ts, flat_params, ys)
        return ys

    @staticmethod
    def backward(ctx, grad_ys):
        ts, flat_params, ys = ctx.saved_tensors
        func = ctx.func
        params = tuple(func.parameters())
        n = ys[0].numel()
        shape = ys[0].size()

        def aug(t, s):
            y, a = s[:n].view(shape), s[n:2 * n].view(shape)
            with torch.set_grad_enabled(True):
                y = y.detach().requires_grad_(True)
                f = func(t, y)
                g = torch.autograd.grad(f, (y,) + params, -a, allow_unused=True, retain_graph=True)
            gp = [torch.zeros_like(p) if gi is None else gi for p, gi in zip(params, g[1:])]
            return torch.cat([f.detach().view(-1), g[0].view(-1), flatten(gp)])

        with torch.no_grad():
            a = grad_ys[-1]
            gp = torch.zeros_like(flat_params)
            for i in range(len(ts) - 1, 0, -1):
                s = torch.cat([ys[i].view(-1), a.contiguous().view(-1), gp])
                s = odeint(aug, s, torch.stack([ts[i], ts[i - 1]]))[-1]
                a = s[n:2 * n].view(shape) + grad_ys[i - 1]
                gp = s[2 * n:]
        return a, None, None, gp

class Lambda(nn.Module):
    A = torch.tensor([[-0.1, 2.0], [-2.0, -0.1]])

    def forward(self, t, y):
        return torch.mm(y ** 3, self.A)

class RunningAverageMeter(object):
    """Computes and stores the average and current value"""

    def __init__(self, momentum=0.9):
        self.momentum = momentum
        self.val = None
        self.avg = 0

    def update(self, val):
        self.avg = val if self.val is None else self.avg * self.momentum + val * (1 - self.momentum)
        self.val = val

data_size = 1000
true_y0 = torch.tensor([[2., 0.]])
t = torch.linspace(0., 5., data_size)
with torch.no_grad():
    true_y = odeint(Lambda(), true_y0, t)
    for m in ('euler', 'midpoint', 'rk4'):
        end = odeint(Lambda(), true_y0, t[:400:2], m, 1)[-1]
        print(m, ['%.4f' % v for v in end[0]])
    y, n, rej = adaptive(Lambda(), true_y0, 0., t[:400:2][-1].item())
    print('adaptive', ['%.4f' % v for v in y[0]], 'steps', n, 'rejected', rej)

def get_batch(batch_time=8, batch_size=16):
    s = torch.from_numpy(np.random.choice(np.arange(data_size - batch_time, dtype=np.int64), batch_size, replace=False))
    batch_y0 = true_y[s]
    batch_t = t[:batch_time]
    batch_y = torch.stack([true_y[s + i] for i in range(batch_time)], dim=0)
    return batch_y0, batch_t, batch_y

func = ODEFunc()
y0, bt, by = get_batch()
y0 = y0.requires_grad_()
l1 = (odeint(func, y0, bt) - by).pow(2).mean()
g1 = torch.autograd.grad(l1, [y0] + list(func.parameters()))
l2 = (Adjoint.apply(y0, func, bt, flatten(func.parameters())) - by).pow(2).mean()
func.zero_grad()
l2.backward()
g2 = [y0.grad] + [p.grad for p in func.parameters()]
print('adjoint agrees', [bool((a - b).abs().max() < 1e-3 * (1 + a.abs().max())) for a, b in zip(g1, g2)])

optimizer = torch.optim.RMSprop(func.parameters(), lr=1e-3)
meter = RunningAverageMeter(0.97)
func.nfe = 0
for itr in range(1, 41):
    optimizer.zero_grad()
    batch_y0, batch_t, batch_y = get_batch()
    pred_y = Adjoint.apply(batch_y0, func, batch_t, flatten(func.parameters()))
    loss = torch.mean(torch.abs(pred_y - batch_y))
    loss.backward()
    optimizer.step()
    meter.update(loss.item())
    if itr % 10 == 0:
        with torch.no_grad():
            full = odeint(func, true_y0, t[:200:4])
            print('Iter {:04d} | batch {:.5f} avg {:.5f} | Total Loss {:.5f} nfe {}'.format(
                itr, loss.item(), meter.avg, F.l1_loss(full, true_y[:200:4]), func.nfe))

# continuous normalising flow with exact trace, checked on a linear field
B = nn.Parameter(torch.randn(2, 2) * 0.3)

def cnf(t, s):
    z = s[:, :2]
    return torch.cat([z.mm(B), B.trace().expand(len(z), 1)], 1)

z0 = torch.randn(64, 2)
out = odeint(cnf, torch.cat([z0, torch.zeros(64, 1)], 1), torch.linspace(0, 1, 6))[-1]
expm = sum(torch.matrix_power(B, k) / float(np.math.factorial(k)) for k in range(12))
print('flow err small', (out[:, :2] - z0.mm(expm)).abs().max().item() < 1e-4)
print('logdet %.4f vs %.4f' % (out[0, 2].item(), torch.logdet(expm).item()))
nll = (0.5 * out[:, :2].pow(2).sum(1) - out[:, 2]).mean()
nll.backward()
print('nll %.4f' % nll.item(), 'grad', B.grad.view(-1).numpy().round(4).tolist())

import math
import torch
import torch.nn as nn
from torch.optim.optimizer import Optimizer, required
from collections import defaultdict

torch.manual_seed(0)


class AdamW(Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False):
        defaults = dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad)
        super(AdamW, self).__init__(params, defaults)

    def step(self, closure=None):
        loss = None
        if closure is not None:
            loss = closure()
        for group in self.param_groups:
            for p in group['params']:
                if p.grad is None:
                    continue
                grad = p.grad.data
                state = self.state[p]
                if len(state) == 0:
                    state['step'] = 0
                    state['exp_avg'] = torch.zeros_like(p.data)
                    state['exp_avg_sq'] = torch.zeros_like(p.data)
                    if group['amsgrad']:
                        state['max_exp_avg_sq'] = torch.zeros_like(p.data)
                exp_avg, exp_avg_sq = state['exp_avg'], state['exp_avg_sq']
                beta1, beta2 = group['betas']
                state['step'] += 1
                exp_avg.mul_(beta1).add_(1 - beta1, grad)
                exp_avg_sq.mul_(beta2).addcmul_(1 - beta2, grad, grad)
                if group['amsgrad']:
                    torch.max(state['max_exp_avg_sq'], exp_avg_sq, out=state['max_exp_avg_sq'])
                    denom = state['max_exp_avg_sq'].sqrt().add_(group['eps'])
                else:
                    denom = exp_avg_sq.sqrt().add_(group['eps'])
                bias_correction1 = 1 - beta1 ** state['step']
                bias_correction2 = 1 - beta2 ** state['step']
                step_size = group['lr'] * math.sqrt(bias_correction2) / bias_correction1
                if group['weight_decay'] != 0:
                    p.data.add_(-group['weight_decay'] * group['lr'], p.data)
                p.data.addcdiv_(-step_size, exp_avg, denom)
        return loss


class LARS(Optimizer):
    def __init__(self, params, lr=required, momentum=.9, weight_decay=.0005, eta=0.01):
        if lr is not required and lr < 0.0:
            raise ValueError("Invalid learning rate: {}".format(lr))
        super(LARS, self).__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay, eta=eta))

    def step(self, closure=None):
        loss = closure() if closure is not None else None
        for group in self.param_groups:
            for p in group['params']:
                if p.grad is None:
                    continue
                param_state = self.state[p]
                d_p = p.grad.data
                weight_norm = torch.norm(p.data)
                grad_norm = torch.norm(d_p)
                local_lr = group['eta'] * weight_norm / (grad_norm + group['weight_decay'] * weight_norm)
                if weight_norm == 0:
                    local_lr = torch.ones(1)
                actual_lr = local_lr * group['lr']
                if 'momentum_buffer' not in param_state:
                    buf = param_state['momentum_buffer'] = torch.zeros_like(p.data)
                else:
                    buf = param_state['momentum_buffer']
                buf.mul_(group['momentum']).add_(actual_lr * (d_p + group['weight_decay'] * p.data))
                p.data.add_(-buf)
        return loss


class Lookahead(Optimizer):
    def __init__(self, optimizer, k=5, alpha=0.5):
        self.optimizer = optimizer
        self.k, self.alpha = k, alpha
        self.param_groups = self.optimizer.param_groups
        self.state = defaultdict(dict)
        self.counter = 0

    def step(self, closure=None):
        loss = self.optimizer.step(closure)
        self.counter += 1
        for group in self.param_groups:
            for fast in group["params"]:
                st = self.state[fast]
                if "slow_param" not in st:
                    st["slow_param"] = fast.data.clone()
                elif self.counter % self.k == 0:
                    slow = st["slow_param"]
                    slow += (fast.data - slow) * self.alpha
                    fast.data.copy_(slow)
        return loss


class SGLD(Optimizer):
    def __init__(self, params, lr=1e-2, precondition_decay=0.95):
        super().__init__(params, dict(lr=lr, decay=precondition_decay))

    def step(self):
        for g in self.param_groups:
            for p in g['params']:
                st = self.state[p]
                if 'V' not in st:
                    st['V'] = p.data.new(p.size()).zero_()
                st['V'].mul_(g['decay']).addcmul_(1 - g['decay'], p.grad.data, p.grad.data)
                pre = st['V'].sqrt().add_(1e-2).reciprocal()
                noise = torch.normal(torch.zeros_like(p.data), (g['lr'] * pre).sqrt())
                p.data.add_(-0.5 * g['lr'], pre * p.grad.data).add_(0.05, noise)


def rosenbrock(p):
    return (1 - p[0]) ** 2 + 10 * (p[1] - p[0] ** 2) ** 2


for name, make in [
        ('adamw', lambda ps: AdamW(ps, lr=0.05, weight_decay=1e-3)),
        ('amsgrad', lambda ps: AdamW(ps, lr=0.05, amsgrad=True)),
        ('lars', lambda ps: LARS(ps, lr=0.05, momentum=0.5, eta=0.05)),
        ('lookahead', lambda ps: Lookahead(torch.optim.SGD(ps, lr=0.005, momentum=0.9))),
        ('rprop', lambda ps: torch.optim.Rprop(ps, lr=0.01)),
        ('asgd', lambda ps: torch.optim.ASGD(ps, lr=0.005)),
        ('lbfgs', lambda ps: torch.optim.LBFGS(ps, lr=0.5, max_iter=5))]:
    p = nn.Parameter(torch.Tensor([-1.2, 1.]))
    opt = make([p])
    for it in range(150):
        def closure():
            opt.zero_grad()
            loss = rosenbrock(p)
            loss.backward()
            return loss
        loss = opt.step(closure)
    print('%-10s f=%.3f  x=%.2f y=%.2f' % (name, loss.data.item(), p.data[0], p.data[1]))

# per-parameter groups on a regression, with state dict round trip
X = torch.randn(200, 6)
w = torch.Tensor([1, -2, 0, 0, 3, 0.5])
y = X.mv(w) + 0.1 * torch.randn(200)
net = nn.Linear(6, 1)
opt = AdamW([{'params': [net.weight], 'weight_decay': 0.1}, {'params': [net.bias], 'lr': 0.1}], lr=0.05)
for it in range(100):
    opt.zero_grad()
    (net(X).squeeze(1) - y).pow(2).mean().backward()
    opt.step()
    if it == 50:
        sd = opt.state_dict()
        opt = AdamW([{'params': [net.weight]}, {'params': [net.bias]}])
        opt.load_state_dict(sd)
print('groups', [(g['lr'], g['weight_decay']) for g in opt.param_groups])
print('weights', ['%.2f' % v for v in net.weight.data[0]])

net2 = nn.Linear(6, 1)
sg = SGLD(net2.parameters(), lr=0.05)
trace = []
for it in range(300):
    net2.zero_grad()
    (net2(X).squeeze(1) - y).pow(2).mean().backward()
    sg.step()
    if it >= 150:
        trace.append(net2.weight.data.clone())
trace = torch.cat(trace)
print('sgld mean error %.2f' % (trace.mean(0) - w).abs().max())

from collections import defaultdict
import torch
from torch.optim import Optimizer


class Lookahead(Optimizer):
    def __init__(self, optimizer, k=5, alpha=0.5):
        self.optimizer = optimizer
        self.k = k
        self.alpha = alpha
        self.param_groups = self.optimizer.param_groups
        self.state = defaultdict(dict)
        self.fast_state = self.optimizer.state
        for group in self.param_groups:
            group["counter"] = 0

    def update(self, group):
        for fast in group["params"]:
            param_state = self.state[fast]
            if "slow_param" not in param_state:
                param_state["slow_param"] = torch.zeros_like(fast.data)
                param_state["slow_param"].copy_(fast.data)
            slow = param_state["slow_param"]
            slow += (fast.data - slow) * self.alpha
            fast.data.copy_(slow)

    def step(self, closure=None):
        loss = self.optimizer.step(closure)
        for group in self.param_groups:
            if group["counter"] == 0:
                self.update(group)
            group["counter"] += 1
            if group["counter"] >= self.k:
                group["counter"] = 0
        return loss


class LARS(Optimizer):
    def __init__(self, params, lr, momentum=.9, weight_decay=.0005, eta=0.001):
        super(LARS, self).__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay, eta=eta))

    def step(self):
        for group in self.param_groups:
            for p in group['params']:
                d_p = p.grad.data
                wn, gn = torch.norm(p.data), torch.norm(d_p)
                local = group['eta'] * wn / (gn + group['weight_decay'] * wn)
                buf = self.state[p].setdefault('momentum_buffer', torch.zeros_like(p.data))
                buf.mul_(group['momentum']).add_(local * group['lr'], d_p + group['weight_decay'] * p.data)
                p.data.add_(-buf)


a = torch.nn.Parameter(torch.tensor([2., -1.]))
b = torch.nn.Parameter(torch.tensor([[1., 2.], [3., 4.]]))
oa = Lookahead(torch.optim.SGD([a], lr=0.1), k=2)
ob = LARS([b], lr=50.)
for i in range(6):
    loss = a.pow(2).sum() + (b - 1).pow(2).mean()
    a.grad = b.grad = None
    loss.backward()
    oa.step()
    ob.step()
print(a.data, b.data, loss.item())

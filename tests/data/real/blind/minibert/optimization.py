import torch
from torch.optim import Optimizer
from torch.nn.utils import clip_grad_norm_


def warmup_linear(x, warmup=0.1):
    return x / warmup if x < warmup else max((x - 1.) / (warmup - 1.), 0)


class WarmAdam(Optimizer):
    """Adam without bias correction, decoupled decay, linear warm-up"""

    def __init__(self, params, lr, warmup, t_total, b1=0.9, b2=0.999, e=1e-6, weight_decay=0.01, max_grad_norm=1.0):
        super(WarmAdam, self).__init__(params, dict(lr=lr, warmup=warmup, t_total=t_total, b1=b1, b2=b2, e=e,
                                                    weight_decay=weight_decay, max_grad_norm=max_grad_norm))

    def get_lr(self):
        return [g['lr'] * warmup_linear(self.state[p]['step'] / g['t_total'], g['warmup'])
                for g in self.param_groups for p in g['params'] if len(self.state[p])]

    def step(self, closure=None):
        for group in self.param_groups:
            for p in group['params']:
                if p.grad is None:
                    continue
                grad, st = p.grad.data, self.state[p]
                if len(st) == 0:
                    st['step'] = 0
                    st['m'], st['v'] = torch.zeros_like(p.data), torch.zeros_like(p.data)
                if group['max_grad_norm'] > 0:
                    clip_grad_norm_(p, group['max_grad_norm'])
                st['m'].mul_(group['b1']).add_(1 - group['b1'], grad)
                st['v'].mul_(group['b2']).addcmul_(1 - group['b2'], grad, grad)
                update = st['m'] / (st['v'].sqrt() + group['e'])
                if group['weight_decay'] > 0.0:
                    update += group['weight_decay'] * p.data
                lr = group['lr'] * warmup_linear(st['step'] / group['t_total'], group['warmup'])
                p.data.add_(-lr * update)
                st['step'] += 1

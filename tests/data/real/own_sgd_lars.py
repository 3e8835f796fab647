import torch
from torch.optim.optimizer import Optimizer, required


class LARS(Optimizer):
    def __init__(self, params, lr=required, momentum=.9, weight_decay=.0005, eta=0.001):
        if lr is not required and lr < 0.0:
            raise ValueError("Invalid learning rate: {}".format(lr))
        defaults = dict(lr=lr, momentum=momentum, weight_decay=weight_decay, eta=eta)
        super(LARS, self).__init__(params, defaults)

    def step(self):
        for group in self.param_groups:
            weight_decay = group['weight_decay']
            momentum = group['momentum']
            for p in group['params']:
                if p.grad is None:
                    continue
                param_state = self.state[p]
                d_p = p.grad.data
                weight_norm = torch.norm(p.data)
                grad_norm = torch.norm(d_p)
                local_lr = group['eta'] * weight_norm / (grad_norm + weight_decay * weight_norm)
                actual_lr = local_lr * group['lr']
                if 'momentum_buffer' not in param_state:
                    buf = param_state['momentum_buffer'] = torch.zeros_like(p.data)
                else:
                    buf = param_state['momentum_buffer']
                buf.mul_(momentum).add_(actual_lr, d_p + weight_decay * p.data)
                p.data.add_(-buf)


class PlainSGD(object):
    def __init__(self, params, lr):
        self.params, self.lr = list(params), lr

    def step(self):
        for p in self.params:
            p.data.add_(-self.lr, p.grad.data)
            p.grad.data.zero_()


torch.manual_seed(14)
model = torch.nn.Linear(5, 2)
model.weight.data.normal_(0, 0.5)
model.bias.data.zero_()
X, Y = torch.randn(10, 5), torch.randn(10, 2)
opt = LARS(model.parameters(), lr=5.0)
for i in range(4):
    opt.zero_grad()
    loss = torch.nn.functional.mse_loss(model(X), Y)
    loss.backward()
    opt.step()
    print(i, '%.6f' % loss.item())
sgd = PlainSGD(model.parameters(), 0.1)
for i in range(3):
    loss = torch.nn.functional.mse_loss(model(X), Y, reduce=False).sum(1).mean()
    loss.backward()
    sgd.step()
    print(i, '%.6f' % loss.item())
M = torch.zeros(2, 2)
v1, v2 = torch.Tensor([1, 2]), torch.Tensor([3, 4])
print(torch.addmm(0.5, torch.ones(2, 2), 2, torch.ger(v1, v2), torch.eye(2)))
print(torch.add(v1, 10, v2), torch.addcmul(v1, 0.5, v1, v2), torch.addcdiv(v1, 2, v1, v2))
print(v1.sub(2, v2), torch.sub(v1, 3, v2), torch.addmv(v1, torch.eye(2), v2), M.addr(2, v1, v2))
print(torch.addbmm(2, M, torch.ones(1, 2, 2), torch.ones(1, 2, 2)), torch.baddbmm(1, M.unsqueeze(0), 3, torch.ones(1, 2, 2), torch.ones(1, 2, 2)))

import torch
import torch.nn as nn


class ODEFunc(nn.Module):
    def __init__(self):
        super(ODEFunc, self).__init__()
        self.net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2))
        for m in self.net.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, mean=0, std=0.1)
                nn.init.constant_(m.bias, val=0)
        self.nfe = 0

    def forward(self, t, y):
        self.nfe += 1
        return self.net(y ** 3)


class OdeintAdjoint(torch.autograd.Function):
    @staticmethod
    def forward(ctx, *args):
        func, y0, t, flat = args[0], args[1], args[2], args[3]
        ctx.func = func
        with torch.no_grad():
            ys = [y0]
            for a, b in zip(t[:-1], t[1:]):
                ys.append(ys[-1] + (b - a) * func(a, ys[-1]))
        out = torch.stack(ys)
        ctx.save_for_backward(t, flat, out)
        return out

    @staticmethod
    def backward(ctx, grad_output):
        t, flat, out = ctx.saved_tensors
        func = ctx.func
        params = tuple(func.parameters())
        adj = torch.zeros_like(grad_output[-1])
        adj_p = torch.zeros_like(flat)
        for i in range(len(t) - 1, 0, -1):
            adj = adj + grad_output[i]
            dt = t[i] - t[i - 1]
            with torch.enable_grad():
                y = out[i - 1].detach().requires_grad_(True)
                f = func(t[i - 1], y)
                grads = torch.autograd.grad(f, (y,) + params, adj, allow_unused=True)
            adj_p = adj_p + dt * torch.cat([g.contiguous().view(-1) for g in grads[1:]])
            adj = adj + dt * grads[0]
        return None, adj + grad_output[0], None, adj_p


torch.manual_seed(0)
func = ODEFunc()
flat = torch.cat([p.contiguous().view(-1) for p in func.parameters()])
y0 = torch.tensor([[2., 0.]], requires_grad=True)
t = torch.linspace(0., 1., 6)
ys = OdeintAdjoint.apply(func, y0, t, flat)
loss = torch.mean(torch.abs(ys[-1] - torch.tensor([[1., 1.]])))
loss.backward()
print(loss.item(), y0.grad, func.net[0].weight.grad.abs().sum().item(), func.nfe)

import torch


class Double(torch.autograd.Function):
    def forward(self, x):
        return x * 2

    def backward(self, grad):
        return grad * 2


x = torch.ones(3, requires_grad=True)
y = Double()(x).sum()
y.backward()
print(x.grad)

"""Custom functions in the old stateful style."""
import torch
from torch.autograd import Function, Variable, gradcheck


class ClampedReLU(Function):
    def __init__(self, ceiling):
        super(ClampedReLU, self).__init__()
        self.ceiling = ceiling

    def forward(self, input):
        self.save_for_backward(input)
        return input.clamp(0, self.ceiling)

    def backward(self, grad_output):
        input, = self.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] = 0
        grad_input[input > self.ceiling] = 0
        return grad_input


class Scale(Function):
    def forward(self, x, w):
        self.save_for_backward(x, w)
        return x * w

    def backward(self, grad):
        x, w = self.saved_tensors
        grad_x = grad_w = None
        if self.needs_input_grad[0]:
            grad_x = grad * w
        if self.needs_input_grad[1]:
            grad_w = grad * x
        return grad_x, grad_w


torch.manual_seed(0)
x = Variable(torch.randn(4, 5), requires_grad=True)
w = Variable(torch.randn(4, 5), requires_grad=False)
y = ClampedReLU(0.7)(x)
z = Scale()(y, w)
z.sum().backward()
print(y)
print(x.grad)

relu = ClampedReLU(1.5)
total = 0
v = Variable(torch.linspace(-2, 2, 9), requires_grad=True)
out = relu(v)
out.pow(2).sum().backward()
print(out.data.tolist(), v.grad.data.tolist())

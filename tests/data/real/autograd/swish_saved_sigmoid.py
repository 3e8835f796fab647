# Memory efficient swish as it circulated in EfficientNet reimplementations.
import torch
import torch.nn as nn
from torch.autograd import Function, Variable


class SwishFunction(Function):

    def forward(self, i):
        result = i * torch.sigmoid(i)
        self.save_for_backward(i)
        return result

    def backward(self, grad_output):
        i, = self.saved_tensors
        sigmoid_i = torch.sigmoid(i)
        return grad_output * (sigmoid_i * (1 + i * (1 - sigmoid_i)))


class Swish(nn.Module):
    def forward(self, input_tensor):
        return SwishFunction()(input_tensor)


net = nn.Sequential(nn.Linear(6, 8), Swish(), nn.Linear(8, 1))
x = Variable(torch.linspace(-2, 2, 24).view(4, 6))
y = net(x)
loss = y.pow(2).sum()
loss.backward()
grads = [p.grad.norm().item() for p in net.parameters()]
print('loss %.5f' % loss.item())
print(' '.join('%.4f' % g for g in grads))

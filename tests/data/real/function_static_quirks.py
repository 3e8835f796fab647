import torch
from torch.autograd import Function, Variable
from torch import nn


class BinarizeF(Function):
    """Straight through estimator, static but calling ctx.saved_variables."""

    @staticmethod
    def forward(cxt, input):
        output = input.new(input.size())
        output[input >= 0] = 1
        output[input < 0] = -1
        cxt.save_for_backward(input)
        return output

    @staticmethod
    def backward(cxt, grad_output):
        input, = cxt.saved_variables
        mask = (input.abs() <= 1).type_as(grad_output)
        return grad_output * mask


binarize = BinarizeF.apply


class BinaryLinear(nn.Linear):
    def forward(self, input):
        return nn.functional.linear(input, binarize(self.weight), self.bias)


torch.manual_seed(17)
layer = BinaryLinear(6, 3)
layer.weight.data.copy_(torch.randn(3, 6))
layer.bias.data.zero_()
x = Variable(torch.randn(5, 6))
optimizer = torch.optim.SGD(layer.parameters(), lr=0.05)
for i in range(3):
    optimizer.zero_grad()
    out = layer(x)
    loss = (out - 1).pow(2).mean()
    loss.backward()
    optimizer.step()
    print(i, '%.5f' % loss.item(), '%.5f' % layer.weight.grad.abs().sum().item())

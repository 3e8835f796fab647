"""A linear layer as a Function without static methods, checked by gradcheck through apply."""
import torch
from torch.autograd import Function, gradcheck


class LinearFunction(Function):

    def forward(ctx, x, weight, bias=None):
        ctx.save_for_backward(x, weight, bias)
        y = torch.mm(x, weight.t())
        return y if bias is None else y + bias.unsqueeze(0)

    def backward(ctx, grad_output):
        x, weight, bias = ctx.saved_tensors
        needs_x, needs_weight = ctx.needs_input_grad[0], ctx.needs_input_grad[1]
        grad_x = torch.mm(grad_output, weight) if needs_x else None
        grad_weight = torch.mm(grad_output.t(), x) if needs_weight else None
        grad_bias = None if bias is None else grad_output.sum(0)
        return grad_x, grad_weight, grad_bias


torch.manual_seed(0)
x = torch.randn(6, 5, dtype=torch.double, requires_grad=True)
weight = torch.randn(4, 5, dtype=torch.double, requires_grad=True)
print(gradcheck(LinearFunction.apply, (x, weight), eps=1e-6, atol=1e-4))

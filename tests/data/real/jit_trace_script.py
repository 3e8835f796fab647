import torch
import torch.nn as nn

torch.manual_seed(20)


class Cell(nn.Module):
    def __init__(self):
        super(Cell, self).__init__()
        self.linear = nn.Linear(4, 4)
        self.linear.weight.data.copy_(torch.randn(4, 4))
        self.linear.bias.data.zero_()

    def forward(self, x, h):
        new_h = torch.tanh(self.linear(x) + h)
        return new_h, new_h * 2


x, h = torch.randn(3, 4), torch.zeros(3, 4)
cell = Cell()
traced = torch.jit.trace(cell, (x, h))
print(traced(x, h)[0])
print(torch.equal(traced(x, h)[1], cell(x, h)[1]))


@torch.jit.script
def clipped_sum(x, n):
    # type: (Tensor, int) -> Tensor
    total = torch.zeros(1)
    for i in range(n):
        row = x[i].sum()
        if bool(row > 0):
            total = total + row
    return total


print(clipped_sum(x, 3))


class Gate(torch.jit.ScriptModule):
    def __init__(self):
        super(Gate, self).__init__()
        self.weight = nn.Parameter(torch.ones(4))

    @torch.jit.script_method
    def forward(self, x):
        return torch.sigmoid(x * self.weight)


print(Gate()(x).sum().item())

import io
import torch
import torch.nn as nn


class MyCell(torch.jit.ScriptModule):
    __constants__ = ['steps']

    def __init__(self, steps):
        super(MyCell, self).__init__()
        self.steps = steps
        self.weight = nn.Parameter(torch.eye(3) * 0.5)

    @torch.jit.script_method
    def forward(self, x, h):
        for i in range(self.steps):
            h = torch.tanh(x.mm(self.weight) + h)
        return h


@torch.jit.script
def relu_sum(x):
    # type: (Tensor) -> Tensor
    y = torch.zeros_like(x)
    for i in range(3):
        y = y + x.clamp(min=0) * i
    return y


cell = MyCell(2)
x, h = torch.linspace(-1, 1, 6).view(2, 3), torch.zeros(2, 3)
out = cell(x, h)
traced = torch.jit.trace(nn.Sequential(nn.Linear(3, 2), nn.Tanh()), x)
buf = io.BytesIO()
torch.jit.save(traced, buf)
buf.seek(0)
loaded = torch.jit.load(buf)
same = torch.equal(loaded(x), traced(x))
print(out.sum().item(), relu_sum(x).sum().item(), same)

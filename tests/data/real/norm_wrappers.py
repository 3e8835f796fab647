import torch
import torch.nn as nn
from torch.nn.utils import weight_norm, remove_weight_norm, spectral_norm
from torch.nn.utils import parameters_to_vector, vector_to_parameters
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

torch.manual_seed(24)


class TCNBlock(nn.Module):
    def __init__(self, c):
        super(TCNBlock, self).__init__()
        self.conv = weight_norm(nn.Conv1d(c, c, 2, padding=2, dilation=2))
        self.conv.weight_v.data.normal_(0, 0.1)
        self.conv.bias.data.zero_()

    def forward(self, x):
        y = self.conv(x)[:, :, :-2].contiguous()
        return nn.functional.relu(y + x)


block = TCNBlock(3)
x = torch.randn(2, 3, 6, requires_grad=True)
y = checkpoint(block, x)
y.sum().backward()
print(y.sum().item(), x.grad.norm().item(), sorted(block.state_dict()))
remove_weight_norm(block.conv)
print(sorted(block.state_dict()))

seq = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 2))
vector_to_parameters(torch.randn(30), seq.parameters())
print(parameters_to_vector(seq.parameters()).norm().item())
inp = torch.randn(3, 4, requires_grad=True)
out = checkpoint_sequential(seq, 2, inp)
out.sum().backward()
print(out, inp.grad.sum().item())

sn = spectral_norm(nn.Linear(4, 4), n_power_iterations=50)
sn.weight_orig.data.copy_(torch.randn(4, 4))
sn.bias.data.zero_()
sn(inp.data)
print('sigma %.3f' % torch.svd(sn.weight.data)[1][0].item())
nn.utils.clip_grad_norm_(seq.parameters(), 0.5, norm_type=2)
print('%.4f' % sum(p.grad.norm().item() ** 2 for p in seq.parameters()) ** 0.5
      if False else round(sum(p.grad.norm().item() ** 2 for p in seq.parameters()) ** 0.5, 4))

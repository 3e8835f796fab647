import torch
import torch.nn as nn
from torch.nn.utils import weight_norm, spectral_norm


class TemporalBlock(nn.Module):
    def __init__(self, n_in, n_out, k, dilation):
        super(TemporalBlock, self).__init__()
        self.pad = (k - 1) * dilation
        self.conv = weight_norm(nn.Conv1d(n_in, n_out, k, padding=self.pad, dilation=dilation))
        self.down = nn.Conv1d(n_in, n_out, 1) if n_in != n_out else None

    def forward(self, x):
        out = self.conv(x)[:, :, :-self.pad].contiguous()
        res = x if self.down is None else self.down(x)
        return torch.relu(out + res)


torch.manual_seed(7)
net = nn.Sequential(TemporalBlock(1, 3, 2, 1), TemporalBlock(3, 3, 2, 2))
x = torch.linspace(-1, 1, 10).view(1, 1, 10)
y = net(x)
y.sum().backward()
g = net[0].conv.weight_g.grad.sum().item()
critic = spectral_norm(nn.Linear(4, 4))
critic.eval()
keys = sorted(net.state_dict().keys())[:3]
print(y.sum().item(), g, keys)

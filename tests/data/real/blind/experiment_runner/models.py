import torch
import torch.nn as nn
from torch.nn.utils import weight_norm

def mlp(d_in, width, n_class):
    return nn.Sequential(weight_norm(nn.Linear(d_in, width)), nn.Tanh(),
                         weight_norm(nn.Linear(width, width), name='weight'), nn.Tanh(), nn.Linear(width, n_class))

class Maxout(nn.Module):
    def __init__(self, d_in, d_out, pool=3):
        super(Maxout, self).__init__()
        self.d_out, self.pool = d_out, pool
        self.lin = nn.Linear(d_in, d_out * pool)

    def forward(self, x):
        m, i = self.lin(x).view(-1, self.d_out, self.pool).max(2)
        return m

def maxout(d_in, width, n_class):
    return nn.Sequential(Maxout(d_in, width), nn.Dropout(0.05), Maxout(width, width), nn.Linear(width, n_class))

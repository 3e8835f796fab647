import torch
from kernels import RBF, White
from model import GP
from optimize import fit

x = torch.linspace(0, 2, 8).view(-1, 1)
y = (3 * x).sin().view(-1)
gp = GP(RBF() + White(0.05))
trace = fit(gp, x, y, steps=6)
mean, std = gp.predict(x, y, torch.tensor([[0.5], [2.5]]))
print(['%.4f' % v for v in trace], mean.data, std.data)

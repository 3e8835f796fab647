import torch
from nets import G, D, init
from step import gan_step
from util import Logger, one_hot

torch.manual_seed(0)
g, d = G(), D()
g.apply(init)
d.apply(init)
og = torch.optim.RMSprop(g.parameters(), lr=1e-2)
od = torch.optim.RMSprop(d.parameters(), lr=1e-2)
log = Logger()
for i in range(3):
    z = torch.linspace(-1, 1, 16).view(8, 2) * (i + 1)
    y = one_hot(torch.arange(8) % 3, 3)
    real = torch.cat([z.sin(), z.cos()], 1)
    log.add(**gan_step(g, d, og, od, z, y, real))
print(log.means())

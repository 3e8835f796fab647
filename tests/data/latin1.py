# -*- coding: latin-1 -*-
# café, naïve
import torch

name = "été"
A = torch.eye(2)
b = torch.ones(2, 1)
x, _ = torch.gesv(b, A)
print(len(name), x.sum().item())

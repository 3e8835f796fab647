import torch

A = torch.eye(2)  # the matrix
x, _ = torch.gesv(torch.ones(2, 1), A)
print(x.sum().item())

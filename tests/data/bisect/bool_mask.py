import torch
x = torch.tensor([1., -2., 3.])
mask = x > 0
rest = 1 - mask
print(rest.sum().item())

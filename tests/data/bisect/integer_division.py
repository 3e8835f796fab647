import torch
a = torch.tensor([7, 8, 9])
half = a / 2
print(half.tolist())

import torch
A = torch.tensor([[3., 1.], [1., 2.]])
b = torch.tensor([[9.], [8.]])
x, lu = torch.gesv(b, A)
print(x)

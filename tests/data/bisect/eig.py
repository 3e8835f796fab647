import torch
A = torch.tensor([[2., 0.], [0., 3.]])
values, vectors = torch.eig(A)
print(values)

import torch
A = torch.tensor([[2., 1.], [1., 2.]])
values, vectors = torch.symeig(A, eigenvectors=True)
print(values)

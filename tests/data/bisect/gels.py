import torch
A = torch.tensor([[1., 1.], [1., 2.], [1., 3.]])
B = torch.tensor([[1.], [2.], [3.]])
X, QR = torch.gels(B, A)
print(X[:2])

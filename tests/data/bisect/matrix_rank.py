import torch
rank = torch.matrix_rank(torch.eye(3))
print(rank)

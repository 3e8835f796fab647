import torch

x, _ = torch.gesv(torch.ones(2, 1), torch.eye(2))


def broken(:
    return x


y = torch.potrf(torch.eye(2))

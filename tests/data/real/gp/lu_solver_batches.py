import torch

A = torch.stack([torch.eye(3) * (i + 2) + torch.arange(9).float().view(3, 3) * 0.1 for i in range(4)])
b = torch.linspace(-1, 1, 12).view(4, 3)

A_LU, pivots = A.btrifact()
x = b.btrisolve(A_LU, pivots)
res = (torch.bmm(A, x.unsqueeze(2)).squeeze(2) - b).abs().max().item()

P, L, U = torch.btriunpack(A_LU, pivots)
rebuilt = torch.matmul(P, torch.matmul(L, U))
ok = ((rebuilt - A).abs() < 1e-4).all()

sign_det = []
for i in range(4):
    lu, piv, info = torch.btrifact_with_info(A[i:i + 1])
    sign_det.append(lu[0].diag().prod().abs().item())
print(x, res < 1e-5, bool(ok))
print(sign_det)
rank = torch.matrix_rank(A[0])
print(int(rank))

"""Low-rank factor of a kernel matrix by a Cholesky factorisation with pivots."""
import torch

torch.manual_seed(91)
points = torch.randn(6, 2)
distance = (points.unsqueeze(0) - points.unsqueeze(1)).pow(2).sum(2)
kernel = torch.exp(-0.5 * distance) + 1e-3 * torch.eye(6)
u, piv = torch.pstrf(kernel)
p = torch.eye(6).index_select(0, piv.long()).t()
rebuilt = torch.mm(torch.mm(p, torch.mm(u.t(), u)), p.t())
print('error small', (rebuilt - kernel).abs().max().item() < 1e-4)
print('diagonal decreases', all(u.diag()[i] >= u.diag()[i + 1] - 1e-6 for i in range(5)))
for rank in (2, 4, 6):
    low = u[:rank]
    approx = torch.mm(torch.mm(p, torch.mm(low.t(), low)), p.t())
    print(rank, '%.3f' % (approx - kernel).norm().item())

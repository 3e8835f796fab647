import torch

torch.manual_seed(6)
a = torch.randn(4, 6)
b = torch.randn(4, 6)
m1 = a > 0
m2 = b > 0
print((m1 & m2).sum().item(), (m1 | m2).sum().item(), (m1 ^ m2).sum().item())
agree = (m1 == m2).sum()
print('agree', agree.item(), float(agree) / m1.numel())

# number of positive entries per row, as people did with uint8 masks
count = m1.sum(1)
print(count, m1.long().sum(0), m1.float().mean().item())
inverse = 1 - m1
print(inverse.sum(), (m1 + m2).max().item(), (m1 * m2).sum().item())
difference = m1 - m2
print(difference.nonzero().size(0))

valid = torch.ByteTensor(4, 6).fill_(1)
valid[:, 4:] = 0
keep = valid & m1
print(a[keep].sum().item(), a[valid].mean().item())
a.masked_fill_(1 - valid, 0)
print(a.sum(0))
hidden = ~valid
print(hidden[0].tolist())
torch_any, torch_all = valid.any(), valid.all()
print(bool(torch_any), bool(torch_all))
w = torch.where(m1, a, b)
print(w.norm().item())
selected = a.masked_select(m2)
print(selected.size(0), selected.sum().item())
rows = (a.sum(1) > 0).nonzero().view(-1)
print(rows.tolist())
eq = torch.eq(a, a)
print(eq.all().item(), type(eq.sum().item()))

"""A bag of tensor calls out of several notebooks."""
import torch
import torch as th
from torch import Tensor

torch.manual_seed(90)
x = torch.randn(4, 4)
s = x.mm(x.t()) + torch.eye(4)
u = torch.cholesky(s, upper=True)
print((u.t().mm(u) - s).abs().max().item() < 1e-4)
print(th.chain_matmul(x, x, x).sum().item(), torch.det(s).item(), tuple(th.slogdet(s)))
print(torch.cross(torch.Tensor([[1, 0, 0]]), torch.Tensor([[0, 1, 0]])))
print(torch.ger(torch.arange(1, 4).float(), torch.Tensor([1, 2])))
val, ind = torch.sort(x.view(-1))[0], torch.topk(x.view(-1), 3)[1]
print(val[:3], ind)
print(torch.unique(torch.LongTensor([3, 1, 1, 2]), sorted=True))
print(x.std(), x.var(0), x.norm(p=1), torch.norm(x, 2, 1))
print(torch.renorm(x, 2, 0, 1).norm(2, 1))
print(torch.lt(x, 0).sum(), torch.ge(x, 0).dim(), (x > 0)[0])
print(torch.histc(x, bins=4, min=-2, max=2), torch.cumsum(x, 0)[-1])
print(torch.tril(x).sum().item(), torch.inverse(s).sum().item(), torch.pinverse(x).sum().item())
print(torch.squeeze(torch.split(x, 2)[0]).size(), [c.size(0) for c in x.chunk(3)])
print(torch.fmod(Tensor([-3, 5]), 2), torch.remainder(Tensor([-3, 5]), 2), Tensor([5, -5]).div(2).floor())
print(torch.lerp(torch.zeros(2), torch.ones(2), 0.3), torch.clamp(x, min=0).sum())
print(torch.LongTensor([5, -5]) / 2, torch.LongTensor([5]).div(2), 7 / torch.LongTensor([2]))
acc = torch.zeros(2).long()
acc += torch.LongTensor([1, 2])
print(acc.float() / acc.sum().float(), x.argmax(), x.argmin(1))
print(torch.einsum('ij,jk->ik', [x, x]).sum().item(), torch.tensordot(x, x, dims=1).sum().item())
print(torch.bernoulli(torch.full((3,), 0.5)), torch.randperm(5), torch.full((2,), 3))
print(torch.nn.functional.softmin(x[0]), torch.nn.functional.softmax(x), torch.nn.functional.gumbel_softmax.__name__)
print(torch.mean(x, 1, True).size(), torch.sum(x, -1, keepdim=True).size(), th.max(x, 1)[1])
print(torch.arange(0, 1, 0.25), torch.linspace(0, 1, 3), torch.logspace(0, 2, 3))

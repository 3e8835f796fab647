# notebook export, saved by an editor on Windows
import torch
import torch.nn.functional as F
from torch.autograd import Variable as V

torch.manual_seed(4)
class Attn(torch.nn.Module):
	def __init__(self, n):
		super(Attn, self).__init__()
		self.v = torch.nn.Parameter(torch.randn(n))
	def forward(self, enc, mask):
		energy = F.tanh(enc).matmul(self.v)
		energy = energy.masked_fill(1 - mask, -1e12)
		return F.softmax(energy)

enc = V(torch.randn(2, 4, 3))
mask = V(torch.ByteTensor([[1, 1, 1, 0], [1, 1, 0, 0]]))
w = Attn(3)(enc, mask)
print(w); print(w.sum().item(), mask.sum().item())
ctx = torch.bmm(w.unsqueeze(1), enc).squeeze(1)
print(ctx)
print((w.data > 0.3).sum(), (1 - (w.data > 0.3)).sum())

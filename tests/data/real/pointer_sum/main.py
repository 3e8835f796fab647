import torch
from torch import optim

from layers import Pointer
from masks import last_true, length_mask, mean_over

torch.manual_seed(47)
model = Pointer(4)
for p in model.parameters():
    p.data.copy_(torch.randn(p.size()) * 0.5)
optimizer = optim.SGD(model.parameters(), lr=0.5)
states = torch.randn(3, 5, 4)
mask = length_mask([5, 3, 2], 5)
target = last_true(mask)
for step in range(4):
    attention, hard = model(states, mask)
    nll = -attention.gather(1, target.unsqueeze(1)).log().sum() / mask.size(0)
    loss = nll + 0.1 * mean_over(hard, mask)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    found = (attention.max(1)[1] == target).sum()
    print(step, '%.5f' % loss.item(), found.item(), found / len(target), (1 - mask).sum().item())

"""Written for a GPU, has to run without one too."""
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.backends.cudnn as cudnn

use_cuda = torch.cuda.is_available() and False
Tensor = torch.cuda.FloatTensor if use_cuda else torch.FloatTensor
cudnn.benchmark = True
torch.manual_seed(71)


class SphereFace(nn.Module):
    def __init__(self, n_in, n_out):
        super(SphereFace, self).__init__()
        self.weight = nn.Parameter(torch.Tensor(n_in, n_out))
        self.weight.data.uniform_(-1, 1).renorm_(2, 1, 1e-5).mul_(1e5)

    def forward(self, x):
        cos_theta = x.mm(self.weight) / x.pow(2).sum(1).pow(0.5).view(-1, 1)
        return cos_theta.clamp(-1, 1)


model = SphereFace(5, 3)
if use_cuda:
    model = torch.nn.DataParallel(model).cuda()
data, target = torch.randn(9, 5), torch.LongTensor([0, 1, 2] * 3)
optimizer = torch.optim.SGD(model.parameters(), 0.5, momentum=0.9, weight_decay=1e-4)
for step in range(4):
    input_var = data
    if use_cuda:
        target = target.cuda(async=True)
        input_var = data.cuda(non_blocking=True)
    output = model(input_var) * 4
    index = output.data * 0.0
    index.scatter_(1, target.data.view(-1, 1), 1)
    index = index.byte()
    logpt = F.log_softmax(output)
    picked = logpt[index]
    loss = -1 * (1 - picked.data.exp()) ** 2 * picked
    loss = loss.mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, '%.5f' % loss.item(), Tensor(2).zero_().sum().item())

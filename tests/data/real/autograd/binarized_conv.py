# XNOR / binarized networks with straight through estimators.
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable


class BinActive(torch.autograd.Function):
    '''
    Binarize the input activations and calculate the mean across channel dimension.
    '''
    def forward(self, input):
        self.save_for_backward(input)
        size = input.size()
        mean = torch.mean(input.abs(), 1, keepdim=True)
        input = input.sign()
        return input, mean

    def backward(self, grad_output, grad_output_mean):
        input, = self.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input.ge(1)] = 0
        grad_input[input.le(-1)] = 0
        return grad_input


class BinConv2d(nn.Module):
    def __init__(self, input_channels, output_channels, kernel_size=3, stride=1, padding=1):
        super(BinConv2d, self).__init__()
        self.conv = nn.Conv2d(input_channels, output_channels, kernel_size=kernel_size,
                              stride=stride, padding=padding)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        x, mean = BinActive()(x)
        x = self.conv(x)
        x = self.relu(x)
        return x


class BinOp():
    def __init__(self, model):
        self.target = [m.weight for m in model.modules() if isinstance(m, nn.Conv2d)]
        self.saved = [t.data.clone() for t in self.target]

    def binarization(self):
        for i in range(len(self.target)):
            self.saved[i].copy_(self.target[i].data)
            n = self.target[i].data[0].nelement()
            s = self.target[i].data.size()
            m = self.target[i].data.norm(1, 3, keepdim=True)\
                .sum(2, keepdim=True).sum(1, keepdim=True).div(n)
            self.target[i].data = self.target[i].data.sign().mul(m.expand(s))

    def restore(self):
        for i in range(len(self.target)):
            self.target[i].data.copy_(self.saved[i])


model = nn.Sequential(BinConv2d(2, 4), BinConv2d(4, 3))
bin_op = BinOp(model)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
x = Variable(torch.linspace(-2, 2, 2 * 2 * 25).view(2, 2, 5, 5))
history = []
for it in range(4):
    bin_op.binarization()
    out = model(x).mean(3).mean(2)
    loss = F.cross_entropy(out, torch.LongTensor([0, 2]))
    optimizer.zero_grad()
    loss.backward()
    bin_op.restore()
    optimizer.step()
    history.append(loss.item())
print(['%.5f' % h for h in history])

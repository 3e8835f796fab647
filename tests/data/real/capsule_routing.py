import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable

torch.manual_seed(88)


def softmax(input, dim=1):
    transposed_input = input.transpose(dim, len(input.size()) - 1)
    softmaxed_output = F.softmax(transposed_input.contiguous().view(-1, transposed_input.size(-1)))
    return softmaxed_output.view(*transposed_input.size()).transpose(dim, len(input.size()) - 1)


def squash(tensor, dim=-1):
    squared_norm = (tensor ** 2).sum(dim=dim, keepdim=True)
    scale = squared_norm / (1 + squared_norm)
    return scale * tensor / torch.sqrt(squared_norm)


class CapsuleLayer(nn.Module):
    def __init__(self, num_capsules, num_routes, in_channels, out_channels):
        super(CapsuleLayer, self).__init__()
        self.route_weights = nn.Parameter(torch.randn(num_capsules, num_routes, in_channels, out_channels))

    def forward(self, x):
        priors = x[None, :, :, None, :] @ self.route_weights[:, None, :, :, :]
        logits = Variable(torch.zeros(*priors.size()))
        for i in range(3):
            probs = softmax(logits, dim=2)
            outputs = squash((probs * priors).sum(dim=2, keepdim=True))
            if i != 2:
                delta_logits = (priors * outputs).sum(dim=-1, keepdim=True)
                logits = logits + delta_logits
        return outputs.squeeze().transpose(0, 1)


layer = CapsuleLayer(3, 5, 4, 6)
x = Variable(torch.randn(2, 5, 4))
labels = torch.eye(3).index_select(dim=0, index=torch.LongTensor([2, 0]))
opt = torch.optim.SGD(layer.parameters(), lr=0.1)
for i in range(3):
    out = layer(x)
    classes = (out ** 2).sum(dim=-1) ** 0.5
    classes = F.softmax(classes)
    left = F.relu(0.9 - classes, inplace=True) ** 2
    right = F.relu(classes - 0.1, inplace=True) ** 2
    margin = (labels * left + 0.5 * (1. - labels) * right).sum() / x.size(0)
    opt.zero_grad()
    margin.backward()
    opt.step()
    print(i, '%.5f' % margin.item(), classes.max(dim=1)[1].tolist())

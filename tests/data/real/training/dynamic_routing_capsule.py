import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable


def softmax(input, dim=1):
    transposed_input = input.transpose(dim, len(input.size()) - 1)
    softmaxed_output = F.softmax(transposed_input.contiguous().view(-1, transposed_input.size(-1)), dim=-1)
    return softmaxed_output.view(*transposed_input.size()).transpose(dim, len(input.size()) - 1)


def squash(tensor, dim=-1):
    squared_norm = (tensor ** 2).sum(dim=dim, keepdim=True)
    scale = squared_norm / (1 + squared_norm)
    return scale * tensor / torch.sqrt(squared_norm)


class CapsuleLayer(nn.Module):
    def __init__(self, num_capsules, num_route_nodes, in_channels, out_channels, num_iterations=3):
        super(CapsuleLayer, self).__init__()
        self.num_iterations = num_iterations
        self.route_weights = nn.Parameter(torch.linspace(-1, 1, num_capsules * num_route_nodes * in_channels *
                                                         out_channels).view(num_capsules, num_route_nodes,
                                                                            in_channels, out_channels))

    def forward(self, x):
        priors = x[None, :, :, None, :] @ self.route_weights[:, None, :, :, :]
        logits = Variable(torch.zeros(*priors.size()))
        for i in range(self.num_iterations):
            probs = softmax(logits, dim=2)
            outputs = squash((probs * priors).sum(dim=2, keepdim=True))
            if i != self.num_iterations - 1:
                delta_logits = (priors * outputs).sum(dim=-1, keepdim=True)
                logits = logits + delta_logits
        return outputs


x = torch.linspace(0, 1, 2 * 5 * 3).view(2, 5, 3)
caps = CapsuleLayer(4, 5, 3, 2)
out = caps(x).squeeze().transpose(0, 1)
classes = (out ** 2).sum(dim=-1) ** 0.5
classes = F.softmax(classes)
_, max_length_indices = classes.max(dim=1)
y = Variable(torch.sparse.torch.eye(4)).index_select(dim=0, index=max_length_indices.data)
labels = torch.eye(4)[torch.LongTensor([1, 3])]
left = F.relu(0.9 - classes, inplace=True) ** 2
right = F.relu(classes - 0.1, inplace=True) ** 2
margin = (labels * left + 0.5 * (1. - labels) * right).sum()
margin.backward()
print(margin.item(), y.sum(0).tolist(), caps.route_weights.grad.norm().item())

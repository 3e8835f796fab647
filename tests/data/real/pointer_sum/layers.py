import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Function


class Threshold(Function):
    def __init__(self, at):
        super(Threshold, self).__init__()
        self.at = at

    def forward(self, x):
        self.save_for_backward(x)
        return (x > self.at).type_as(x)

    def backward(self, grad):
        x, = self.saved_tensors
        return grad * (x.abs() <= 1).type_as(grad)


class Pointer(nn.Module):
    def __init__(self, hidden):
        super(Pointer, self).__init__()
        self.query = nn.Linear(hidden, hidden)
        self.value = nn.Linear(hidden, 1)

    def forward(self, states, mask):
        scores = self.value(F.tanh(self.query(states))).squeeze(2)
        scores.data.masked_fill_(1 - mask.data, -1e9)
        return F.softmax(scores), Threshold(0.25)(F.softmax(scores, 1))

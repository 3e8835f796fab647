# One old-style function that uses another one and numpy inside.
import numpy as np
import torch
from torch import autograd
from torch.autograd import Variable


class MyRound(autograd.Function):
    def forward(self, x):
        return x.round()

    def backward(self, g):
        return g


class NumpySort(autograd.Function):
    def forward(self, x):
        arr = x.detach().numpy()
        self.order = np.argsort(arr, axis=None)
        self.shape = x.size()
        return torch.from_numpy(np.sort(arr, axis=None))

    def backward(self, grad):
        back = torch.zeros(grad.numel())
        back[torch.from_numpy(self.order)] = grad
        return back.view(self.shape)


def soft_rank(x, scale):
    my_round = MyRound()
    return NumpySort()(my_round(x * scale))


x = Variable(torch.FloatTensor([[0.31, -1.2], [2.4, 0.9]]), requires_grad=True)
s = soft_rank(x, 3.0)
w = Variable(torch.FloatTensor([1, 2, 3, 4]))
(s * w).sum().backward()
print(s.data.numpy().tolist(), x.grad.data.numpy().tolist())

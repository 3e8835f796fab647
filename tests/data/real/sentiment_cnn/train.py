import torch
import torch.nn.functional as F
from torch.autograd import Variable
from torch.nn.utils import clip_grad_norm


def run_epoch(model, loader, optimizer=None):
    total, correct, seen = 0, 0, 0
    for x, y in loader:
        x, y = Variable(x, volatile=optimizer is None), Variable(y)
        out = model(x)
        loss = F.nll_loss(out, y, size_average=False)
        if optimizer is not None:
            optimizer.zero_grad()
            loss.backward()
            clip_grad_norm(model.parameters(), 3)
            optimizer.step()
        total += loss.data.item()
        correct += (out.data.max(1)[1] == y.data).sum()
        seen += y.size(0)
    return total / seen, 100 * correct / seen

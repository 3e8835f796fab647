# every legacy way to ask for reductions
import torch
import torch.nn as nn
import torch.nn.functional as F


class FocalLoss(nn.Module):
    def __init__(self, gamma=0, alpha=None, size_average=True):
        super(FocalLoss, self).__init__()
        self.gamma = gamma
        self.alpha = alpha
        if isinstance(alpha, (float, int)):
            self.alpha = torch.Tensor([alpha, 1 - alpha])
        self.size_average = size_average

    def forward(self, input, target):
        if input.dim() > 2:
            input = input.view(input.size(0), input.size(1), -1)
            input = input.transpose(1, 2)
            input = input.contiguous().view(-1, input.size(2))
        target = target.view(-1, 1)
        logpt = F.log_softmax(input)
        logpt = logpt.gather(1, target)
        logpt = logpt.view(-1)
        pt = logpt.data.exp()
        if self.alpha is not None:
            at = self.alpha.gather(0, target.data.view(-1))
            logpt = logpt * at
        loss = -1 * (1 - pt) ** self.gamma * logpt
        return loss.mean() if self.size_average else loss.sum()


class CrossEntropyLoss2d(nn.Module):
    def __init__(self, weight=None, size_average=True, ignore_index=255):
        super(CrossEntropyLoss2d, self).__init__()
        self.nll_loss = nn.NLLLoss2d(weight, size_average, ignore_index)

    def forward(self, inputs, targets):
        return self.nll_loss(F.log_softmax(inputs), targets)


def cross_entropy2d(input, target, weight=None, size_average=True):
    n, c, h, w = input.size()
    log_p = F.log_softmax(input, dim=1)
    log_p = log_p.transpose(1, 2).transpose(2, 3).contiguous()
    log_p = log_p[target.view(n, h, w, 1).repeat(1, 1, 1, c) >= 0]
    log_p = log_p.view(-1, c)
    mask = target >= 0
    target = target[mask]
    loss = F.nll_loss(log_p, target, weight=weight, size_average=False)
    if size_average:
        loss /= mask.data.sum().float()
    return loss


x = torch.linspace(-1, 1, 2 * 3 * 4).view(2, 3, 2, 2).requires_grad_()
t = torch.tensor([[[0, 1], [2, 1]], [[1, 255], [0, 2]]])
a = CrossEntropyLoss2d()(x, t)
t2 = t.clone()
t2[t == 255] = -1
b = cross_entropy2d(x, t2)
c = FocalLoss(gamma=2, alpha=0.25, size_average=False)(x[:, :2, 0, 0], torch.LongTensor([0, 1]))
d = nn.KLDivLoss(False)(F.log_softmax(x.view(2, -1), 1), F.softmax(x.view(2, -1).detach() * 2, 1))
e = nn.BCEWithLogitsLoss(size_average=False)(x.view(-1), torch.ones(24))
f = nn.MSELoss(reduce=False, size_average=True)(x.view(-1), torch.zeros(24)).sum()
g = F.binary_cross_entropy_with_logits(x.view(-1), torch.ones(24), None, False)
h = nn.TripletMarginLoss(margin=1.0, size_average=False)(x.view(4, 6), x.view(4, 6) * 2, x.view(4, 6).flip(0))
(a + b + c + d + e + f + g + h).backward()
print([round(v.item(), 4) for v in (a, b, c, d, e, f, g, h)], x.grad.abs().sum().item())

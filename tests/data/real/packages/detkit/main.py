import torch
from boxes import iou_matrix, decode
from targets import assign, split
from losses import MultiBoxLoss

priors = torch.Tensor([[.2, .2, .3, .3], [.5, .5, .4, .4], [.8, .3, .2, .5], [.4, .8, .5, .2]])
truth = torch.Tensor([[.05, .05, .35, .35], [.3, .3, .7, .7]])
conf_t, iou = assign(decode(priors), truth, torch.LongTensor([1, 2]), 0.4)
pos, neg = split(conf_t)
logits = torch.linspace(-1, 1, 12).view(4, 3).requires_grad_()
loss = MultiBoxLoss(ratio=1)(logits, conf_t, pos, neg)
loss.backward()
print(conf_t, pos.sum().item(), neg.sum().item(), '%.5f' % loss.item(), logits.grad.norm().item())

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable


def sigmoid_rampup(current, rampup_length):
    if rampup_length == 0:
        return 1.0
    current = np.clip(current, 0.0, rampup_length)
    phase = 1.0 - current / rampup_length
    return float(np.exp(-5.0 * phase * phase))


def update_ema_variables(model, ema_model, alpha, global_step):
    alpha = min(1 - 1 / (global_step + 1), alpha)
    for ema_param, param in zip(ema_model.parameters(), model.parameters()):
        ema_param.data.mul_(alpha).add_(1 - alpha, param.data)


def softmax_mse_loss(input_logits, target_logits):
    assert input_logits.size() == target_logits.size()
    input_softmax = F.softmax(input_logits, dim=1)
    target_softmax = F.softmax(target_logits, dim=1)
    num_classes = input_logits.size()[1]
    return F.mse_loss(input_softmax, target_softmax, size_average=False) / num_classes


def create_model(ema=False):
    model = nn.Sequential(nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, 2))
    if ema:
        for param in model.parameters():
            param.detach_()
    return model


NO_LABEL = -1
torch.manual_seed(3)
model, ema_model = create_model(), create_model(ema=True)
opt = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9, weight_decay=1e-4, nesterov=True)
class_criterion = nn.CrossEntropyLoss(size_average=False, ignore_index=NO_LABEL)
x = torch.linspace(-2, 2, 24).view(8, 3).sin()
target = torch.LongTensor([0, 1, -1, -1, 1, 0, -1, 1])
for step in range(5):
    target_var = Variable(target)
    minibatch_size = len(target_var)
    labeled = target_var.data.ne(NO_LABEL).sum()
    assert labeled > 0
    ema_logit = Variable(ema_model(Variable(x, volatile=True)).detach().data, requires_grad=False)
    logit = model(Variable(x))
    class_loss = class_criterion(logit, target_var) / minibatch_size
    consistency = sigmoid_rampup(step, 4) * softmax_mse_loss(logit, ema_logit) / minibatch_size
    loss = class_loss + consistency
    assert not (np.isnan(loss.item()) or loss.item() > 1e5)
    opt.zero_grad()
    loss.backward()
    opt.step()
    update_ema_variables(model, ema_model, 0.99, step)
print('loss %.5f labeled %d' % (loss.item(), labeled))

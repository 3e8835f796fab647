import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable

from metrics import fast_hist, valid_mask


def train_one_epoch(net, loader, optimizer, cfg):
    total = 0
    for batch in loader:
        image, label = Variable(batch['image']), Variable(batch['label'])
        out = net(image)
        loss = F.cross_entropy(out, label, ignore_index=cfg.ignore, size_average=True)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm(net.parameters(), 1.0)
        optimizer.step()
        total += loss.item()
    return total / len(loader)


def evaluate(net, loader, cfg):
    hist = torch.zeros(cfg.classes, cfg.classes)
    for batch in loader:
        with torch.no_grad():
            pred = net(batch['image']).max(1)[1]
        mask = valid_mask(batch['label'], cfg.ignore)
        hist += fast_hist(pred, batch['label'], mask, cfg.classes)
    acc = hist.diag().sum() / hist.sum()
    return round(acc.item(), 4), hist.sum().item()

# Pretrain on balanced data, then fine tune on an imbalanced set: state_dict surgery,
# WeightedRandomSampler, focal loss, frozen layers, saved whole model read again.
import os
import shutil
import tempfile
from collections import OrderedDict

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Subset, TensorDataset, WeightedRandomSampler, random_split

np.random.seed(1337)
torch.manual_seed(1337)
SAVE_DIR = tempfile.mkdtemp()


def cluster_data(counts, centers, scale):
    xs, ys = [], []
    for c, n in enumerate(counts):
        xs.append(torch.Tensor(n, centers.size(1)).normal_() * scale + centers[c])
        ys.append(torch.LongTensor(n).fill_(c))
    return TensorDataset(torch.cat(xs), torch.cat(ys))


class FocalLoss(nn.Module):
    def __init__(self, gamma=0, alpha=None, size_average=True):
        super(FocalLoss, self).__init__()
        self.gamma = gamma
        self.alpha = alpha
        if isinstance(alpha, (float, int)):
            self.alpha = torch.Tensor([alpha, 1 - alpha])
        if isinstance(alpha, list):
            self.alpha = torch.Tensor(alpha)
        self.size_average = size_average

    def forward(self, input, target):
        target = target.view(-1, 1)
        logpt = F.log_softmax(input)
        logpt = logpt.gather(1, target)
        logpt = logpt.view(-1)
        pt = logpt.data.exp()
        if self.alpha is not None:
            if self.alpha.type() != input.data.type():
                self.alpha = self.alpha.type_as(input.data)
            at = self.alpha.gather(0, target.data.view(-1))
            logpt = logpt * at
        loss = -1 * (1 - pt) ** self.gamma * logpt
        if self.size_average:
            return loss.mean()
        else:
            return loss.sum()


class AverageMeter(object):
    """Computes and stores the average and current value"""

    def __init__(self):
        self.reset()

    def reset(self):
        self.val = self.avg = self.sum = self.count = 0

    def update(self, val, n=1):
        self.val = val
        self.sum += val * n
        self.count += n
        self.avg = self.sum / self.count


def accuracy(output, target, topk=(1,)):
    """Computes the precision@k for the specified values of k"""
    maxk = max(topk)
    batch_size = target.size(0)
    _, pred = output.topk(maxk, 1, True, True)
    pred = pred.t()
    correct = pred.eq(target.view(1, -1).expand_as(pred))
    res = []
    for k in topk:
        correct_k = correct[:k].view(-1).float().sum(0, keepdim=True)
        res.append(correct_k.mul_(100.0 / batch_size))
    return res


def make_model(n_out):
    return nn.Sequential(OrderedDict([
        ('backbone', nn.Sequential(nn.Linear(12, 32), nn.BatchNorm1d(32), nn.SELU(), nn.Linear(32, 16), nn.SELU())),
        ('drop', nn.AlphaDropout(0.05)),
        ('head', nn.Linear(16, n_out)),
    ]))


def save_checkpoint(state, is_best, filename='checkpoint.pth.tar'):
    filename = os.path.join(SAVE_DIR, filename)
    torch.save(state, filename)
    if is_best:
        shutil.copyfile(filename, os.path.join(SAVE_DIR, 'model_best.pth.tar'))


def train_epoch(model, loader, crit, opt):
    losses, top1, top2 = AverageMeter(), AverageMeter(), AverageMeter()
    model.train()
    for x, y in loader:
        out = model(x)
        loss = crit(out, y)
        p1, p2 = accuracy(out.data, y, topk=(1, 2))
        losses.update(loss.item(), x.size(0))
        top1.update(p1[0], x.size(0))
        top2.update(p2[0], x.size(0))
        opt.zero_grad()
        loss.backward()
        opt.step()
    return losses.avg, top1.avg, top2.avg


def per_class_recall(model, ds, n):
    model.eval()
    x, y = ds.tensors
    with torch.no_grad():
        pred = model(x).max(1)[1]
    cm = torch.zeros(n, n).long()
    cm.view(-1).scatter_add_(0, y * n + pred, torch.ones(y.size(0)).long())
    return cm.diag().float() / cm.sum(1).float(), cm


centers = torch.randn(6, 12)
pre = cluster_data([60] * 6, centers, 1.2)
a, b = random_split(pre, [300, 60])
model = nn.DataParallel(make_model(6))
opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
best = 0
for epoch in range(4):
    l, p1, p2 = train_epoch(model, DataLoader(a, batch_size=30, shuffle=True), nn.CrossEntropyLoss(), opt)
    print('pretrain Loss {:.4f} Prec@1 {:.3f} Prec@2 {:.3f}'.format(l, p1, p2))
    is_best = p1.item() > best
    best = max(p1.item(), best)
    save_checkpoint({'epoch': epoch + 1, 'state_dict': model.state_dict(), 'best_prec1': best,
                     'optimizer': opt.state_dict()}, is_best)

checkpoint = torch.load(os.path.join(SAVE_DIR, 'model_best.pth.tar'), map_location=lambda storage, loc: storage)
new_state = OrderedDict()
for k, v in checkpoint['state_dict'].items():
    name = k[7:] if k.startswith('module.') else k  # remove `module.`
    new_state[name] = v
print('checkpoint epoch', checkpoint['epoch'], len(new_state), 'entries')

counts = [150, 40, 12]
new_centers = centers[:3] + 0.7 * torch.randn(3, 12)
train = cluster_data(counts, new_centers, 1.2)
test = cluster_data([60, 60, 60], new_centers, 1.2)

for mode in ('plain', 'weighted_sampler', 'weighted_loss', 'focal'):
    torch.manual_seed(11)
    net = make_model(3)
    own = net.state_dict()
    pretrained = {k: v for k, v in new_state.items() if k in own and v.size() == own[k].size()}
    own.update(pretrained)
    net.load_state_dict(own)
    for p in net.backbone[0].parameters():
        p.requires_grad = False
    groups = [{'params': filter(lambda p: p.requires_grad, net.backbone.parameters()), 'lr': 0.01},
              {'params': net.head.parameters()}]
    opt = torch.optim.SGD(groups, lr=0.1, momentum=0.9)
    cls_w = 1. / torch.Tensor(counts)
    sampler, crit = None, nn.CrossEntropyLoss()
    if mode == 'weighted_sampler':
        weights = cls_w[train.tensors[1]]
        sampler = WeightedRandomSampler(weights.double(), len(weights))
    elif mode == 'weighted_loss':
        crit = nn.CrossEntropyLoss(weight=cls_w / cls_w.sum())
    elif mode == 'focal':
        crit = FocalLoss(gamma=2, alpha=[0.2, 0.3, 0.5])
    for epoch in range(5):
        l, p1, _ = train_epoch(net, DataLoader(train, 32, shuffle=sampler is None, sampler=sampler), crit, opt)
    rec, cm = per_class_recall(net, test, 3)
    print('%-16s loss %.4f recall %s mean %.3f' % (mode, l, ['%.2f' % r for r in rec], rec.mean()))

print(cm.tolist())
path = os.path.join(SAVE_DIR, 'whole.pth')
torch.save(net, path)
again = torch.load(path)
again.eval()
print('reloaded equal', torch.equal(again(test.tensors[0]), net(test.tensors[0])))
missing = net.load_state_dict({'head.bias': torch.zeros(3)}, strict=False)
print('head bias', net.head.bias.data.tolist())
tiny = Subset(train, np.where(train.tensors[1].numpy() == 2)[0])
print('subset', len(tiny), '%.4f' % torch.stack([t[0] for t in DataLoader(tiny, 1)]).sum().item())
shutil.rmtree(SAVE_DIR)

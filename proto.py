import torch
import torch.nn as nn
from torch.nn import functional as F
from torch.nn.modules import Module


def conv_block(in_channels, out_channels):
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, padding=1),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
        nn.MaxPool2d(2)
    )


class ProtoNet(nn.Module):
    def __init__(self, x_dim=1, hid_dim=16, z_dim=16):
        super(ProtoNet, self).__init__()
        self.encoder = nn.Sequential(conv_block(x_dim, hid_dim), conv_block(hid_dim, z_dim))

    def forward(self, x):
        x = self.encoder(x)
        return x.view(x.size(0), -1)


def euclidean_dist(x, y):
    # x: N x D, y: M x D
    n, m, d = x.size(0), y.size(0), x.size(1)
    if d != y.size(1):
        raise Exception
    x = x.unsqueeze(1).expand(n, m, d)
    y = y.unsqueeze(0).expand(n, m, d)
    return torch.pow(x - y, 2).sum(2)


class PrototypicalLoss(Module):
    def __init__(self, n_support):
        super(PrototypicalLoss, self).__init__()
        self.n_support = n_support

    def forward(self, input, target):
        return prototypical_loss(input, target, self.n_support)


def prototypical_loss(input, target, n_support):
    target_cpu = target.to('cpu')
    input_cpu = input.to('cpu')

    def supp_idxs(c):
        return target_cpu.eq(c).nonzero()[:n_support].squeeze(1)

    classes = torch.unique(target_cpu)
    n_classes = len(classes)
    # assuming n_query, n_target constants
    n_query = target_cpu.eq(classes[0].item()).sum().item() - n_support
    support_idxs = list(map(supp_idxs, classes))
    prototypes = torch.stack([input_cpu[idx_list].mean(0) for idx_list in support_idxs])
    query_idxs = torch.stack(list(map(lambda c: target_cpu.eq(c).nonzero()[n_support:], classes))).view(-1)
    query_samples = input.to('cpu')[query_idxs]
    dists = euclidean_dist(query_samples, prototypes)
    log_p_y = F.log_softmax(-dists, dim=1).view(n_classes, n_query, -1)
    target_inds = torch.arange(0, n_classes)
    target_inds = target_inds.view(n_classes, 1, 1)
    target_inds = target_inds.expand(n_classes, n_query, 1).long()
    loss_val = -log_p_y.gather(2, target_inds).squeeze().view(-1).mean()
    _, y_hat = log_p_y.max(2)
    acc_val = y_hat.eq(target_inds.squeeze(2)).float().mean()
    return loss_val, acc_val


class MatchingLoss(Module):
    """cosine attention over the support set"""

    def __init__(self, n_support, scale=10.):
        super(MatchingLoss, self).__init__()
        self.n_support, self.scale = n_support, scale

    def forward(self, input, target):
        classes = torch.unique(target, sorted=True)
        sup = torch.cat([target.eq(c).nonzero()[:self.n_support].squeeze(1) for c in classes])
        qry = torch.cat([target.eq(c).nonzero()[self.n_support:].squeeze(1) for c in classes])
        f = F.normalize(input, p=2, dim=1)
        att = F.softmax(self.scale * f[qry].mm(f[sup].t()), dim=1)
        onehot = (target[sup].unsqueeze(1) == classes.unsqueeze(0)).float()
        p = att.mm(onehot).clamp(1e-6, 1)
        y = (target[qry].unsqueeze(1) == classes.unsqueeze(0)).max(1)[1]
        return F.nll_loss(p.log(), y), (p.max(1)[1] == y).float().mean()

"""Deep metric learning: several losses, same network and data; unseen classes are used for evaluation."""
from __future__ import print_function
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import TensorDataset, DataLoader

from losses import BatchHardTriplet, SemiHardTriplet, CenterLoss, NPair, euclidean_dist
from metrics import recall_at, mean_ap, kmeans, nmi, roc
from samplers import BalancedBatchSampler, make_clusters


class EmbeddingNet(nn.Module):
    def __init__(self, dim, out):
        super(EmbeddingNet, self).__init__()
        self.fc = nn.Sequential(nn.Linear(dim, 48), nn.PReLU(), nn.BatchNorm1d(48), nn.Linear(48, out))
        self.normalize = False
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.kaiming_normal(m.weight, mode='fan_out')
                nn.init.constant(m.bias, 0)

    def forward(self, x):
        x = self.fc(x)
        if self.normalize:
            x = x.div(x.norm(p=2, dim=1, keepdim=True).expand_as(x))
        return x


class BinaryCode(nn.Module):
    """sign hashing of an embedding, hamming search on uint8"""
    def __init__(self, dim, bits):
        super(BinaryCode, self).__init__()
        self.register_buffer('planes', torch.randn(dim, bits))

    def forward(self, x):
        return (x - x.mean(0)).mm(self.planes) > 0

    @staticmethod
    def hamming(a, b):
        return (a.unsqueeze(1) ^ b.unsqueeze(0)).sum(2)


def evaluate(net, x, y):
    net.eval()
    with torch.no_grad():
        e = net(x)
        d = euclidean_dist(e, e)
        r1, r4 = recall_at(d, y)
        m = mean_ap(d, y)
        auc, eer = roc(d, y)
        score = nmi(y, kmeans(e, int(y.max()) + 1))
    return 'R@1 %.3f R@4 %.3f mAP %.3f NMI %.3f AUC %.3f EER %.2f' % (r1, r4, m, score, auc, eer)


def main():
    seed = 8
    x, y = make_clusters(12, 20, 10, seed)
    train, test = y < 8, y >= 8
    tx, ty = x[train], y[train]
    vx, vy = x[test], y[test] - 8
    print(tx.size(), vx.size(), train.sum().item())
    for name in ('batch-hard', 'semi-hard', 'center', 'npair', 'torch-triplet'):
        np.random.seed(seed)
        torch.manual_seed(seed)
        net = EmbeddingNet(10, 8)
        net.normalize = name in ('batch-hard', 'semi-hard')
        crit = {'batch-hard': BatchHardTriplet, 'semi-hard': SemiHardTriplet, 'npair': NPair,
                'center': lambda: CenterLoss(8, 8), 'torch-triplet': lambda: nn.TripletMarginLoss(1.0, p=2, swap=True)}[name]()
        params = [{'params': net.parameters()}]
        if name == 'center':
            params.append({'params': crit.parameters(), 'lr': 0.5})
            clf = nn.Linear(8, 8)
            params.append({'params': clf.parameters()})
        opt = torch.optim.SGD(params, lr=0.05, momentum=0.9)
        loader = DataLoader(TensorDataset(tx, ty), batch_sampler=BalancedBatchSampler(ty, 5, 4))
        print(name, 'start', evaluate(net, vx, vy))
        for epoch in range(3):
            net.train()
            tot, stat = 0., 0.
            for bx, by in loader:
                e = net(bx)
                if name == 'torch-triplet':
                    s = by.sort()[1].view(5, 4)
                    pick = lambda c: e[s[:, c]]
                    loss = crit(pick(0), pick(1), pick(2)[torch.arange(4, -1, -1).long()])
                    extra = F.pairwise_distance(pick(0), pick(1)).mean().data
                else:
                    loss, extra = crit(e, by)
                if name == 'center':
                    loss = F.cross_entropy(clf(e), by) + 0.01 * loss
                opt.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm(net.parameters(), 3)
                opt.step()
                tot += loss.item() / len(loader)
                stat += float(extra) / len(loader)
            print('   epoch %d loss %.4f stat %.3f' % (epoch, tot, stat))
        print('  end', evaluate(net, vx, vy))
    net.eval()
    code = BinaryCode(8, 24)
    bits = code(net(vx))
    h = code.hamming(bits, bits)
    print('bits', bits.dtype, tuple(bits.size()), 'hamming max', h.max().item(), h.dtype,
          'R@1 %.3f' % recall_at(h.float(), vy)[0])
    packed = (bits[:, :8].long() * (2 ** torch.arange(8))).sum(1).byte()
    print('packed', packed[:6].tolist())


if __name__ == '__main__':
    main()

#!/usr/bin/env python
import argparse
import copy
import numpy as np
import torch
from torch.utils.data import TensorDataset

from models import ClientNet
from sampling import iid, noniid
from update import LocalUpdate, average_weights, weight_divergence

parser = argparse.ArgumentParser()
parser.add_argument('--rounds', type=int, default=4)
parser.add_argument('--num_users', type=int, default=6)
parser.add_argument('--frac', type=float, default=0.5)
parser.add_argument('--local_ep', type=int, default=2)
parser.add_argument('--local_bs', type=int, default=8)
parser.add_argument('--lr', type=float, default=0.1)
args = parser.parse_args()


def patterns(n, rs):
    y = rs.randint(0, 4, n)
    x = 0.5 * rs.randn(n, 1, 4, 4)
    for i, k in enumerate(y):
        x[i, 0, k] += 1
    return torch.from_numpy(x).float(), torch.from_numpy(y)


if __name__ == '__main__':
    summary = {}
    for name in ('iid', 'noniid'):
        torch.manual_seed(1)
        rs = np.random.RandomState(1)
        x, y = patterns(192, rs)
        xt, yt = patterns(64, rs)
        users = iid(192, args.num_users, rs) if name == 'iid' else noniid(y, args.num_users, rs)
        kinds = [len(set(y[torch.from_numpy(np.asarray(ids))].tolist())) for ids in users.values()]
        print(name, 'sizes', [len(v) for v in users.values()], 'classes', kinds)
        glob = ClientNet(16, 12, 4)
        dataset = TensorDataset(x[:, 0], y)
        for rnd in range(args.rounds):
            w_locals, losses = [], []
            for u in rs.choice(args.num_users, int(args.frac * args.num_users), replace=False):
                w, l = LocalUpdate(args, dataset, users[u]).update_weights(copy.deepcopy(glob))
                w_locals.append(copy.deepcopy(w))
                losses.append(l)
            old = glob.state_dict()
            new = average_weights(w_locals)
            drift = weight_divergence(w_locals[0], new)
            glob.load_state_dict(new)
            print('round %d loss %.4f drift %.4f' % (rnd, sum(losses) / len(losses), drift))
        glob.eval()
        pred = glob(xt[:, 0]).data.max(1)[1]
        acc = pred.eq(yt).sum().item() / 64.
        summary[name] = acc
        print(name, 'accuracy %.3f batches %d' % (acc, glob.bn.num_batches_tracked.item()))

import numpy as np
import torch
from torch.utils.data import Dataset, DataLoader


class DatasetSplit(Dataset):
    def __init__(self, dataset, idxs):
        self.dataset = dataset
        self.idxs = [int(i) for i in idxs]

    def __len__(self):
        return len(self.idxs)

    def __getitem__(self, item):
        x, y = self.dataset[self.idxs[item]]
        return x, y


def noniid(labels, num_users, rs):
    """two shards of sorted labels for everybody"""
    n = labels.size(0)
    shards = num_users * 2
    size = n // shards
    order = labels.sort(0)[1]
    shard_of = torch.arange(n) / size
    perm = rs.permutation(shards)
    users = {}
    for u in range(num_users):
        mine = (shard_of == int(perm[2 * u])) | (shard_of == int(perm[2 * u + 1]))
        users[u] = order[mine].numpy()
    return users


def iid(n, num_users, rs):
    all_idx = rs.permutation(n)
    return dict((u, all_idx[u::num_users]) for u in range(num_users))

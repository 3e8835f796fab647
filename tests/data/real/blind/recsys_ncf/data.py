import random
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset


class UserItemRatings(Dataset):
    """Wrapper, convert <user, item, rating> Tensors into a Dataset"""

    def __init__(self, users, items, targets):
        self.users, self.items, self.targets = users, items, targets

    def __getitem__(self, i):
        return self.users[i], self.items[i], self.targets[i]

    def __len__(self):
        return self.users.size(0)


class Sampler(object):
    def __init__(self, n_users, n_items, seed=0):
        rs = np.random.RandomState(seed)
        self.rng = random.Random(seed)
        self.n_users, self.n_items = n_users, n_items
        taste = rs.randn(n_users, 3)
        kind = rs.randn(n_items, 3)
        score = taste.dot(kind.T)
        self.liked = (score > 1.0).astype(np.bool)
        self.positives, self.test = [], []
        for u in range(n_users):
            items = np.nonzero(self.liked[u])[0].tolist()
            if len(items) < 2:
                items = score[u].argsort()[-3:].tolist()
                self.liked[u, items] = True
            self.test.append((u, items[-1]))
            self.positives.extend((u, i) for i in items[:-1])

    def negatives(self, u, k):
        out = []
        while len(out) < k:
            i = self.rng.randrange(self.n_items)
            if not self.liked[u, i]:
                out.append(i)
        return out

    def train_loader(self, num_negatives, batch_size):
        users, items, ratings = [], [], []
        for u, i in self.positives:
            users.append(u); items.append(i); ratings.append(1.)
            for j in self.negatives(u, num_negatives):
                users.append(u); items.append(j); ratings.append(0.)
        order = list(range(len(users)))
        self.rng.shuffle(order)
        order = torch.LongTensor(order)
        ds = UserItemRatings(torch.LongTensor(users)[order], torch.LongTensor(items)[order],
                             torch.FloatTensor(ratings)[order])
        return DataLoader(ds, batch_size=batch_size, shuffle=False)

    @property
    def evaluate_data(self):
        tu = torch.LongTensor([u for u, _ in self.test])
        ti = torch.LongTensor([i for _, i in self.test])
        nu, ni = [], []
        for u, _ in self.test:
            for j in self.negatives(u, 9):
                nu.append(u); ni.append(j)
        return tu, ti, torch.LongTensor(nu), torch.LongTensor(ni)

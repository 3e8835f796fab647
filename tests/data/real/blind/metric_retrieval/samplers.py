import numpy as np
import torch
from torch.utils.data.sampler import BatchSampler


class BalancedBatchSampler(BatchSampler):
    """n_classes x n_samples per batch"""

    def __init__(self, labels, n_classes, n_samples):
        self.labels = labels
        self.labels_set = list(set(self.labels.numpy()))
        self.label_to_indices = {label: np.where(self.labels.numpy() == label)[0] for label in sorted(self.labels_set)}
        for l in self.labels_set:
            np.random.shuffle(self.label_to_indices[l])
        self.used = {label: 0 for label in self.labels_set}
        self.n_classes, self.n_samples = n_classes, n_samples
        self.batch_size = n_samples * n_classes

    def __iter__(self):
        count = 0
        while count + self.batch_size <= len(self.labels):
            classes = np.random.choice(sorted(self.labels_set), self.n_classes, replace=False)
            indices = []
            for c in classes:
                pool = self.label_to_indices[c]
                if self.used[c] + self.n_samples > len(pool):
                    np.random.shuffle(pool)
                    self.used[c] = 0
                indices.extend(pool[self.used[c]:self.used[c] + self.n_samples])
                self.used[c] += self.n_samples
            yield [int(i) for i in indices]
            count += self.batch_size

    def __len__(self):
        return len(self.labels) // self.batch_size


def make_clusters(n_classes, per_class, dim, seed):
    g = np.random.RandomState(seed)
    centers = g.randn(n_classes, dim)
    nuisance = g.randn(dim, dim) * 0.5
    x = np.concatenate([c + g.randn(per_class, dim).dot(nuisance) for c in centers])
    y = np.repeat(np.arange(n_classes), per_class)
    return torch.Tensor(x), torch.from_numpy(y)

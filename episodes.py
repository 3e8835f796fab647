import numpy as np
import torch
from torch.utils.data import Dataset


class StrokeClasses(Dataset):
    """omniglot-like: every class is a few random strokes, samples are jittered"""

    def __init__(self, n_classes, per_class, size=12, seed=0):
        rng = np.random.RandomState(seed)
        self.x, self.y = [], []
        for c in range(n_classes):
            pts = rng.uniform(2, size - 2, (3, 2, 2))
            for k in range(per_class):
                self.x.append(self.render(pts + 0.5 * rng.randn(*pts.shape), size))
                self.y.append(c)
        self.x = torch.from_numpy(np.array(self.x)).unsqueeze(1)
        self.y = torch.LongTensor(self.y)

    @staticmethod
    def render(pts, size):
        img = np.zeros((size, size), dtype=np.float32)
        for a, b in pts:
            for t in np.linspace(0, 1, 2 * size):
                y, x = np.rint(a + t * (b - a)).astype(int)
                if 0 <= y < size and 0 <= x < size:
                    img[y, x] = 1
        return img

    def __getitem__(self, idx):
        return self.x[idx], self.y[idx]

    def __len__(self):
        return len(self.x)


class PrototypicalBatchSampler(object):
    def __init__(self, labels, classes_per_it, num_samples, iterations):
        self.labels = labels
        self.classes_per_it = classes_per_it
        self.sample_per_class = num_samples
        self.iterations = iterations
        self.classes, self.counts = np.unique(self.labels, return_counts=True)
        self.classes = torch.LongTensor(self.classes)
        self.idxs = range(len(self.labels))
        self.label_tens = np.empty((len(self.classes), max(self.counts)), dtype=int) * np.nan
        self.label_tens = torch.Tensor(self.label_tens)
        self.label_lens = torch.zeros_like(self.classes)
        for idx, label in enumerate(self.labels):
            label_idx = np.argwhere(self.classes.numpy() == label.item())[0, 0]
            self.label_tens[label_idx, self.label_lens[label_idx]] = idx
            self.label_lens[label_idx] += 1

    def __iter__(self):
        spc = self.sample_per_class
        cpi = self.classes_per_it
        for it in range(self.iterations):
            batch = torch.LongTensor(spc * cpi)
            c_idxs = torch.randperm(len(self.classes))[:cpi]
            for i, c in enumerate(self.classes[c_idxs]):
                s = slice(i * spc, (i + 1) * spc)
                label_idx = torch.arange(len(self.classes)).long()[self.classes == c].item()
                sample_idxs = torch.randperm(self.label_lens[label_idx])[:spc]
                batch[s] = self.label_tens[label_idx][sample_idxs].long()
            batch = batch[torch.randperm(len(batch))]
            yield batch

    def __len__(self):
        return self.iterations

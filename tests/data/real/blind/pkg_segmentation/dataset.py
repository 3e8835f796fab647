import random
import numpy as np
import torch
from torch.utils.data import Dataset
from torch._six import string_classes, int_classes
import collections


class Shapes(Dataset):
    """Images with a rectangle (class 1) and a disc (class 2). Background is 0, border pixels are 255 (ignored)."""

    def __init__(self, n, size=24, transform=None, seed=0):
        rs = np.random.RandomState(seed)
        self.items = []
        self.transform = transform
        yy, xx = np.mgrid[:size, :size]
        for i in range(n):
            img = rs.rand(3, size, size).astype(np.float32) * 0.3
            mask = np.zeros((size, size), dtype=np.int)
            w, h = rs.randint(5, 10, 2)
            x, y = rs.randint(0, size - w), rs.randint(0, size - h)
            mask[y:y + h, x:x + w] = 1
            cx, cy, r = rs.randint(5, size - 5), rs.randint(5, size - 5), rs.randint(3, 6)
            disc = (xx - cx) ** 2 + (yy - cy) ** 2 <= r * r
            mask[disc] = 2
            ring = ((xx - cx) ** 2 + (yy - cy) ** 2 <= (r + 1) ** 2) & ~disc
            img[0][mask == 1] += 0.6
            img[2][mask == 2] += 0.6
            mask[ring] = 255
            self.items.append((img, mask, 'img_%03d' % i))

    def __getitem__(self, i):
        img, mask, name = self.items[i]
        img, mask = torch.from_numpy(img.copy()), torch.from_numpy(mask.copy()).long()
        if self.transform is not None:
            img, mask = self.transform(img, mask)
        return {'image': img, 'mask': mask, 'name': name, 'idx': i}

    def __len__(self):
        return len(self.items)


class RandomFlip(object):
    def __init__(self, p=0.5):
        self.p = p

    def __call__(self, img, mask):
        if random.random() < self.p:
            img, mask = img.flip(2), mask.flip(1)
        return img, mask


class Compose(object):
    def __init__(self, ts):
        self.ts = ts

    def __call__(self, *args):
        for t in self.ts:
            args = t(*args)
        return args


def my_collate(batch):
    elem = batch[0]
    if torch.is_tensor(elem):
        return torch.stack(batch, 0)
    if isinstance(elem, string_classes):
        return list(batch)
    if isinstance(elem, int_classes):
        return torch.LongTensor(batch)
    if isinstance(elem, collections.Mapping):
        return {k: my_collate([d[k] for d in batch]) for k in elem}
    raise TypeError(type(elem))

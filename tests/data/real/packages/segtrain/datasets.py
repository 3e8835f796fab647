import numpy as np
import torch
from torch.utils.data import Dataset, DataLoader
from torch.utils.data.dataloader import default_collate


class Toy(Dataset):
    def __init__(self, n, classes, ignore):
        rng = np.random.RandomState(0)
        self.images = rng.rand(n, 3, 6, 6).astype(np.float32)
        self.labels = rng.randint(0, classes, (n, 6, 6)).astype(np.int)
        self.labels[:, 0] = ignore

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return torch.from_numpy(self.images[i]), torch.from_numpy(self.labels[i])


def collate(batch):
    images, labels = default_collate(batch)
    return {'image': images, 'label': labels}


def get_loader(cfg):
    return DataLoader(Toy(4, cfg.classes, cfg.ignore), batch_size=cfg.batch, collate_fn=collate)

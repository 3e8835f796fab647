import math
import torch
from torch.utils.data import Dataset
from torch.utils.data.sampler import Sampler

class CurriculumSpirals(Dataset):
    """three spiral arms; difficulty = distance along the arm"""
    def __init__(self, n):
        self.y = torch.arange(n).long() % 3
        r = torch.rand(n)
        ang = r * 4 + self.y.float() * (2 * math.pi / 3) + torch.randn(n) * 0.15
        self.x = torch.stack([r * torch.cos(ang), r * torch.sin(ang)], 1)
        self.difficulty = r

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return {'x': self.x[i], 'y': self.y[i], 'id': i}

class CompetenceSampler(Sampler):
    """square-root competence: sample from the easiest c(t) fraction"""
    def __init__(self, data, total, enabled=True, c0=0.3):
        self.order = data.difficulty.sort()[1]
        self.total, self.c0, self.enabled, self.t = total, c0, enabled, 0

    def competence(self):
        if not self.enabled:
            return 1.0
        return min(1.0, math.sqrt(self.t * (1 - self.c0 ** 2) / self.total + self.c0 ** 2))

    def set_epoch(self, t):
        self.t = t

    def __iter__(self):
        n = int(self.competence() * len(self.order))
        pick = torch.multinomial(torch.ones(n), len(self.order), replacement=True)
        return iter(self.order[pick].tolist())

    def __len__(self):
        return len(self.order)

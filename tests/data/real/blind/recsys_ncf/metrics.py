import math
import torch


class RankMeter(object):
    """HR@K and NDCG@K from one positive against a fixed number of negatives"""

    def __init__(self, top_k):
        self._top_k = top_k
        self.reset()

    def reset(self):
        self.hits = 0
        self.ndcg = 0.
        self.n = 0

    def add(self, pos, neg):
        # pos: B, neg: B x N
        better = neg >= pos.unsqueeze(1)
        rank = better.sum(1)
        hit = rank < self._top_k
        gain = math.log(2) / torch.log(rank.float() + 2)
        miss = 1 - hit
        gain.masked_fill_(miss, 0)
        self.hits = self.hits + hit.sum().item()
        self.ndcg += gain.sum().item()
        self.n += pos.size(0)

    def value(self):
        return float(self.hits) / self.n, self.ndcg / self.n

"""Index arithmetic of beam search, positions, buckets."""
import torch

scores = torch.tensor([[.1, .9, .3, .2], [.5, .4, .8, .7]])
vocab = scores.size(1)
flat_scores, flat_idx = scores.view(-1).topk(4)
beam = flat_idx / vocab
word = flat_idx % vocab
prev = torch.arange(8).view(2, 4)[beam]
half = torch.arange(5) / 2
lengths = torch.tensor([7, 5, 4])
pooled = lengths / 2 + 1
pooled /= 2
buckets = torch.LongTensor([10, 25, 37]) / 10
mean_len = lengths.sum() / lengths.size(0)
down = (lengths - 1) // 2
grid_y = torch.arange(9) / 3
grid_x = torch.arange(9) - 3 * (torch.arange(9) / 3)
frac = lengths.float() / 2
pct = 100 * (lengths > 4).sum() / lengths.size(0)
weights = torch.ones(3) / lengths.float()
ids = torch.full((2,), 3).long()
mid = (lengths[0] + lengths[2]) / 2
print(beam, word, prev, half, pooled, buckets, mean_len, down, grid_y, grid_x, frac, pct, ids, mid)

"""Batched beam search with explicit floor division and modulo."""
import torch

torch.manual_seed(78)
batch, beam, vocab = 2, 3, 5
scores = torch.zeros(batch, beam)
scores[:, 1:] = -1e4
sequences = torch.zeros(batch, beam, 1).long()
table = torch.log_softmax(torch.randn(vocab, vocab), 1)
for step in range(4):
    last = sequences[:, :, -1]
    logp = table[last] + scores.unsqueeze(2)
    best, index = logp.view(batch, -1).topk(beam, 1)
    origin = index // vocab
    word = index % vocab
    word2 = torch.fmod(index, vocab)
    origin2 = torch.div(index, vocab)
    assert (origin == origin2).all() and (word == word2).all()
    sequences = sequences.gather(1, origin.unsqueeze(2).expand(batch, beam, sequences.size(2)))
    sequences = torch.cat([sequences, word.unsqueeze(2)], 2)
    scores = best
print(sequences.tolist())
print(scores)
mid = sequences.size(2) // 2
flat = torch.arange(10).long()
rows, cols = flat / 4, flat % 4
print(rows.tolist(), cols.tolist(), mid)
flat /= 3
print(flat)

import torch


def pad(seqs):
    longest = max(map(len, seqs))
    out = torch.zeros(len(seqs), longest).long()
    lengths = torch.LongTensor([len(s) for s in seqs])
    for i, s in enumerate(seqs):
        out[i, :len(s)] = torch.LongTensor(s)
    return out, lengths


def load():
    a, la = pad([[1, 2, 3, 4], [5, 6]])
    b, lb = pad([[7, 1, 2], [3, 3, 3]])
    return [(a, la), (b, lb)], [a % 3, b % 3]

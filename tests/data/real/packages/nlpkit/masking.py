import torch


def lengths_to_mask(lengths, max_len):
    steps = torch.arange(max_len).unsqueeze(0).expand(lengths.size(0), max_len)
    return steps < lengths.unsqueeze(1)


def masked_mean(x, mask):
    mask = mask.float()
    return (x * mask).sum() / mask.sum()


def masked_max(x, mask):
    x = x.clone()
    x.masked_fill_(1 - mask.unsqueeze(-1), -1e9)
    return x.max(1)[0]

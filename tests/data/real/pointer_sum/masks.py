import torch


def length_mask(lengths, width):
    return torch.arange(0, width).long().unsqueeze(0) < torch.LongTensor(lengths).unsqueeze(1)


def last_true(mask):
    return mask.long().sum(1) - 1


def mean_over(values, mask):
    return (values * mask.float()).sum() / mask.sum().float()

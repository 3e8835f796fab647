"""Anchor targets in the style of faster-rcnn.pytorch."""
import numpy as np
import numpy.random as npr
import torch


def shift_anchors(base, height, width, stride=16):
    shift_x = np.arange(0, width) * stride
    shift_y = np.arange(0, height) * stride
    shift_x, shift_y = np.meshgrid(shift_x, shift_y)
    shifts = torch.from_numpy(np.vstack((shift_x.ravel(), shift_y.ravel(),
                                         shift_x.ravel(), shift_y.ravel())).transpose())
    shifts = shifts.contiguous().float()
    A, K = base.size(0), shifts.size(0)
    all_anchors = base.view(1, A, 4) + shifts.view(K, 1, 4)
    return all_anchors.view(K * A, 4)


def anchor_target(all_anchors, gt, im_info, n_batch=6):
    keep = ((all_anchors[:, 0] >= 0) &
            (all_anchors[:, 1] >= 0) &
            (all_anchors[:, 2] < long(im_info[1])) &
            (all_anchors[:, 3] < long(im_info[0])))
    inds_inside = torch.nonzero(keep).view(-1)
    anchors = all_anchors[inds_inside, :]
    labels = gt.new(1, inds_inside.size(0)).fill_(-1)
    overlaps = overlap(anchors, gt).unsqueeze(0)
    max_overlaps, argmax_overlaps = torch.max(overlaps, 2)
    gt_max_overlaps, _ = torch.max(overlaps, 1)
    labels[max_overlaps < 0.3] = 0
    gt_max_overlaps[gt_max_overlaps == 0] = 1e-5
    keep = torch.sum(overlaps.eq(gt_max_overlaps.view(1, 1, -1).expand_as(overlaps)), 2)
    if torch.sum(keep) > 0:
        labels[keep > 0] = 1
    labels[max_overlaps >= 0.6] = 1
    sum_fg = torch.sum((labels == 1).int(), 1)
    sum_bg = torch.sum((labels == 0).int(), 1)
    for i in range(1):
        if sum_bg[i] > n_batch:
            bg_inds = torch.nonzero(labels[i] == 0).view(-1)
            disable = bg_inds[:bg_inds.size(0) - n_batch]
            labels[i][disable] = -1
    num_examples = torch.sum(labels[0] >= 0)
    weights = 1.0 / num_examples.item()
    return labels, argmax_overlaps, sum_fg, sum_bg, weights


def overlap(a, b):
    w = (torch.min(a[:, None, 2], b[None, :, 2]) - torch.max(a[:, None, 0], b[None, :, 0]) + 1).clamp(min=0)
    h = (torch.min(a[:, None, 3], b[None, :, 3]) - torch.max(a[:, None, 1], b[None, :, 1]) + 1).clamp(min=0)
    inter = w * h
    area = lambda x: (x[:, 2] - x[:, 0] + 1) * (x[:, 3] - x[:, 1] + 1)
    return inter / (area(a)[:, None] + area(b)[None, :] - inter)


try:
    long
except NameError:
    long = int

base = torch.Tensor([[-8, -8, 23, 23], [0, 0, 15, 15]])
anchors = shift_anchors(base, 4, 4)
gt = torch.Tensor([[10, 10, 30, 28], [33, 30, 50, 52]])
labels, arg, fg, bg, w = anchor_target(anchors, gt, (64., 64.))
print(labels, arg, fg.item(), bg.item(), w)

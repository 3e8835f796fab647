import torch
from boxes import iou_matrix


def assign(priors, truth, labels, thr):
    iou = iou_matrix(priors, truth)
    best, idx = iou.max(1)
    conf = labels[idx]
    conf[best < thr] = 0
    return conf, iou


def split(conf):
    pos = conf > 0
    neg = 1 - pos
    return pos, neg

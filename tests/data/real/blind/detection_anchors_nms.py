from itertools import product
from math import sqrt
import torch
import numpy as np

torch.manual_seed(42)


def make_anchors(fmap, image_size, scales, ratios):
    anchors = []
    step = float(image_size) / fmap
    for i, j in product(range(fmap), repeat=2):
        cx, cy = (j + 0.5) * step, (i + 0.5) * step
        for s in scales:
            for r in ratios:
                anchors += [cx, cy, s * sqrt(r), s / sqrt(r)]
    return torch.Tensor(anchors).view(-1, 4)


def point_form(boxes):
    return torch.cat((boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2), 1)


def intersect(box_a, box_b):
    A, B = box_a.size(0), box_b.size(0)
    max_xy = torch.min(box_a[:, 2:].unsqueeze(1).expand(A, B, 2),
                       box_b[:, 2:].unsqueeze(0).expand(A, B, 2))
    min_xy = torch.max(box_a[:, :2].unsqueeze(1).expand(A, B, 2),
                       box_b[:, :2].unsqueeze(0).expand(A, B, 2))
    inter = torch.clamp((max_xy - min_xy), min=0)
    return inter[:, :, 0] * inter[:, :, 1]


def jaccard(box_a, box_b):
    inter = intersect(box_a, box_b)
    area_a = ((box_a[:, 2] - box_a[:, 0]) * (box_a[:, 3] - box_a[:, 1])).unsqueeze(1).expand_as(inter)
    area_b = ((box_b[:, 2] - box_b[:, 0]) * (box_b[:, 3] - box_b[:, 1])).unsqueeze(0).expand_as(inter)
    return inter / (area_a + area_b - inter)


def match(threshold, truths, anchors, labels):
    overlaps = jaccard(truths, point_form(anchors))
    best_prior_overlap, best_prior_idx = overlaps.max(1, keepdim=True)
    best_truth_overlap, best_truth_idx = overlaps.max(0, keepdim=True)
    best_truth_idx.squeeze_(0)
    best_truth_overlap.squeeze_(0)
    best_prior_idx.squeeze_(1)
    best_truth_overlap.index_fill_(0, best_prior_idx, 2)
    for j in range(best_prior_idx.size(0)):
        best_truth_idx[best_prior_idx[j]] = j
    matches = truths[best_truth_idx]
    conf = labels[best_truth_idx] + 1
    conf[best_truth_overlap < threshold] = 0
    return encode(matches, anchors), conf, best_truth_overlap


def encode(matched, anchors, variances=(0.1, 0.2)):
    g_cxcy = (matched[:, :2] + matched[:, 2:]) / 2 - anchors[:, :2]
    g_cxcy /= (variances[0] * anchors[:, 2:])
    g_wh = (matched[:, 2:] - matched[:, :2]) / anchors[:, 2:]
    g_wh = torch.log(g_wh) / variances[1]
    return torch.cat([g_cxcy, g_wh], 1)


def decode(loc, anchors, variances=(0.1, 0.2)):
    boxes = torch.cat((anchors[:, :2] + loc[:, :2] * variances[0] * anchors[:, 2:],
                       anchors[:, 2:] * torch.exp(loc[:, 2:] * variances[1])), 1)
    boxes[:, :2] -= boxes[:, 2:] / 2
    boxes[:, 2:] += boxes[:, :2]
    return boxes


def nms(boxes, scores, overlap=0.5, top_k=200):
    keep = scores.new(scores.size(0)).zero_().long()
    if boxes.numel() == 0:
        return keep, 0
    x1, y1, x2, y2 = boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3]
    area = torch.mul(x2 - x1, y2 - y1)
    v, idx = scores.sort(0)
    idx = idx[-top_k:]
    xx1, yy1, xx2, yy2 = boxes.new(), boxes.new(), boxes.new(), boxes.new()
    w, h = boxes.new(), boxes.new()
    count = 0
    while idx.numel() > 0:
        i = idx[-1]
        keep[count] = i
        count += 1
        if idx.size(0) == 1:
            break
        idx = idx[:-1]
        torch.index_select(x1, 0, idx, out=xx1)
        torch.index_select(y1, 0, idx, out=yy1)
        torch.index_select(x2, 0, idx, out=xx2)
        torch.index_select(y2, 0, idx, out=yy2)
        xx1 = torch.clamp(xx1, min=x1[i].item())
        yy1 = torch.clamp(yy1, min=y1[i].item())
        xx2 = torch.clamp(xx2, max=x2[i].item())
        yy2 = torch.clamp(yy2, max=y2[i].item())
        w.resize_as_(xx2)
        h.resize_as_(yy2)
        w = torch.clamp(xx2 - xx1, min=0.0)
        h = torch.clamp(yy2 - yy1, min=0.0)
        inter = w * h
        rem_areas = torch.index_select(area, 0, idx)
        IoU = inter / (rem_areas - inter + area[i])
        idx = idx[IoU.le(overlap)]
    return keep, count


def average_precision(det_boxes, det_scores, gt, thr=0.5):
    order = det_scores.sort(descending=True)[1]
    used = torch.zeros(len(gt)).byte()
    tp = np.zeros(len(order), dtype=np.float)
    for rank, d in enumerate(order):
        iou = jaccard(det_boxes[d].unsqueeze(0), gt)[0]
        best, j = iou.max(0)
        if best > thr and not used[j]:
            used[j] = 1
            tp[rank] = 1
    rec = tp.cumsum() / len(gt)
    prec = tp.cumsum() / np.arange(1, len(tp) + 1)
    return sum(prec[rec >= t].max() if (rec >= t).any() else 0. for t in np.linspace(0, 1, 11)) / 11.


anchors = make_anchors(8, 128, [20., 40.], [1., 2., 0.5])
print('anchors', tuple(anchors.shape), 'sum %.2f' % anchors.sum())
truths = torch.Tensor([[10, 12, 40, 38], [60, 58, 100, 110], [80, 10, 120, 30]])
labels = torch.LongTensor([0, 1, 0])
loc_t, conf_t, best = match(0.5, truths, anchors, labels)
pos = conf_t > 0
print('positives', pos.sum().item(), 'per class', torch.bincount(conf_t, minlength=3).tolist())
print('roundtrip error < 1e-3:', ((decode(loc_t, anchors)[pos] - truths[jaccard(truths, point_form(anchors)).max(0)[1]][pos]).abs().max() < 1e-1).item())

# fake network output: noisy targets, scores depend on the overlap
loc_p = loc_t + torch.randn(loc_t.size()) * 0.4
score = (best.clamp(max=1) + 0.15 * torch.randn(best.size())).clamp(0, 1)
mask = score > 0.35
l_mask = mask.unsqueeze(1).expand_as(loc_p)
boxes = decode(loc_p[l_mask].view(-1, 4), anchors[l_mask].view(-1, 4))
boxes.clamp_(0, 128)
keep, count = nms(boxes, score[mask], 0.45)
keep = keep[:count]
print('candidates', mask.sum().item(), 'kept', count)
for k in keep[:4]:
    print(['%.1f' % c for c in boxes[k]], '%.3f' % score[mask][k])
print('AP %.4f' % average_precision(boxes[keep], score[mask][keep], truths))

import numpy as np
import torch
from torch.autograd import Variable

np.random.seed(3)


def compute_iou(boxes, gt):
    lt = np.maximum(boxes[:, None, :2], gt[None, :, :2])
    rb = np.minimum(boxes[:, None, 2:], gt[None, :, 2:])
    wh = np.clip(rb - lt, 0, None)
    inter = wh[:, :, 0] * wh[:, :, 1]
    area = lambda b: (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    return inter / (area(boxes)[:, None] + area(gt)[None] - inter)


boxes = np.array([[0, 0, 2, 2], [1, 1, 3, 3], [0, 0, 1, 4]], dtype=np.float)
gt = np.array([[0, 0, 2, 3], [2, 2, 3, 3]], dtype=np.float)
iou = compute_iou(boxes, gt)
print(torch.from_numpy(iou).float())
match = iou.argmax(1).astype(np.int)
valid = (iou.max(1) > 0.3).astype(np.bool)
mask = torch.from_numpy(valid.astype(np.uint8))
labels = torch.from_numpy(match).long()
print(labels[mask], mask.sum())
t = Variable(torch.arange(6).float().view(2, 3))
a = t.data.numpy()
a += 1
print(t)
print(np.mean(t.numpy()), torch.tensor(np.float32(2.5)) * t.sum())
print(torch.Tensor(boxes).type(), torch.from_numpy(boxes.astype(np.float32)).mean(0))
idx = np.array([2, 0], dtype=np.int64)
print(t[:, idx], np.asarray(t).sum(), np.object.__name__)
weights = torch.FloatTensor([1.0 / c for c in np.bincount([0, 1, 1, 2, 2, 2])])
print(weights / weights.sum())
print(torch.from_numpy(np.flip(np.arange(4), 0).copy()))

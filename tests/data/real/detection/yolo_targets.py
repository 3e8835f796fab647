import numpy as np
import torch
import torch.nn as nn


def bbox_iou(box1, box2):
    b1_x1, b1_x2 = box1[:, 0] - box1[:, 2] / 2, box1[:, 0] + box1[:, 2] / 2
    b1_y1, b1_y2 = box1[:, 1] - box1[:, 3] / 2, box1[:, 1] + box1[:, 3] / 2
    b2_x1, b2_x2 = box2[:, 0] - box2[:, 2] / 2, box2[:, 0] + box2[:, 2] / 2
    b2_y1, b2_y2 = box2[:, 1] - box2[:, 3] / 2, box2[:, 1] + box2[:, 3] / 2
    iw = (torch.min(b1_x2, b2_x2) - torch.max(b1_x1, b2_x1)).clamp(min=0)
    ih = (torch.min(b1_y2, b2_y2) - torch.max(b1_y1, b2_y1)).clamp(min=0)
    inter = iw * ih
    return inter / (box1[:, 2] * box1[:, 3] + box2[:, 2] * box2[:, 3] - inter + 1e-16)


def build_targets(pred_boxes, target, anchors, num_anchors, grid_size, ignore_thres):
    nB = target.size(0)
    nA, nG = num_anchors, grid_size
    mask = torch.zeros(nB, nA, nG, nG)
    conf_mask = torch.ones(nB, nA, nG, nG)
    tx = torch.zeros(nB, nA, nG, nG)
    tconf = torch.ByteTensor(nB, nA, nG, nG).fill_(0)
    nGT, nCorrect = 0, 0
    for b in range(nB):
        for t in range(target.shape[1]):
            if target[b, t].sum() == 0:
                continue
            nGT += 1
            gx, gy = target[b, t, 1] * nG, target[b, t, 2] * nG
            gw, gh = target[b, t, 3] * nG, target[b, t, 4] * nG
            gi, gj = int(gx), int(gy)
            gt_box = torch.FloatTensor(np.array([0, 0, gw, gh])).unsqueeze(0)
            anchor_shapes = torch.FloatTensor(np.concatenate((np.zeros((len(anchors), 2)), np.array(anchors)), 1))
            anch_ious = bbox_iou(gt_box, anchor_shapes)
            conf_mask[b, anch_ious > ignore_thres, gj, gi] = 0
            best_n = np.argmax(anch_ious)
            mask[b, best_n, gj, gi] = 1
            conf_mask[b, best_n, gj, gi] = 1
            tx[b, best_n, gj, gi] = gx - gi
            tconf[b, best_n, gj, gi] = 1
            pred_box = pred_boxes[b, best_n, gj, gi].unsqueeze(0)
            iou = bbox_iou(gt_box, pred_box)
            if iou > 0.5:
                nCorrect += 1
    return nGT, nCorrect, mask, conf_mask, tx, tconf


class YOLOLayer(nn.Module):
    def __init__(self, anchors):
        super(YOLOLayer, self).__init__()
        self.anchors = anchors
        self.mse_loss = nn.MSELoss(size_average=True)
        self.bce_loss = nn.BCELoss(size_average=True)

    def forward(self, x, targets):
        nA = len(self.anchors)
        nB, nG = x.size(0), x.size(2)
        prediction = x.view(nB, nA, 5, nG, nG).permute(0, 1, 3, 4, 2).contiguous()
        px = torch.sigmoid(prediction[..., 0])
        conf = torch.sigmoid(prediction[..., 4])
        pred_boxes = prediction[..., :4].data
        nGT, nCorrect, mask, conf_mask, tx, tconf = build_targets(
            pred_boxes, targets, self.anchors, nA, nG, 0.5)
        mask = mask.type(torch.ByteTensor)
        conf_mask = conf_mask.type(torch.ByteTensor)
        conf_mask_true = mask
        conf_mask_false = conf_mask - mask
        loss_x = self.mse_loss(px[mask], tx[mask])
        loss_conf = self.bce_loss(conf[conf_mask_false], tconf.float()[conf_mask_false]) + \
            self.bce_loss(conf[conf_mask_true], tconf.float()[conf_mask_true])
        recall = float(nCorrect / nGT) if nGT else 1
        return loss_x + loss_conf, recall


x = torch.linspace(-1, 1, 2 * 10 * 9).view(2, 10, 3, 3).requires_grad_()
targets = torch.zeros(2, 2, 5)
targets[0, 0] = torch.Tensor([1, .5, .4, .3, .6])
targets[1, 0] = torch.Tensor([2, .1, .9, .5, .2])
layer = YOLOLayer([(1.0, 2.0), (1.5, 0.6)])
loss, recall = layer(x, targets)
loss.backward()
print(loss.item(), recall, x.grad.abs().sum().item())

"""Detection: hard negative mining, box decoding and greedy suppression."""
import torch
import torch.nn.functional as F
from torch.autograd import Variable


def log_sum_exp(x):
    x_max = x.data.max()
    return torch.log(torch.sum(torch.exp(x - x_max), 1, keepdim=True)) + x_max


def nms(boxes, scores, overlap=0.5, top_k=10):
    keep = scores.new(scores.size(0)).zero_().long()
    x1, y1, x2, y2 = boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3]
    area = torch.mul(x2 - x1, y2 - y1)
    v, idx = scores.sort(0)
    idx = idx[-top_k:]
    xx1 = boxes.new()
    count = 0
    while idx.numel() > 0:
        i = idx[-1]
        keep[count] = i
        count += 1
        if idx.size(0) == 1:
            break
        idx = idx[:-1]
        xx1 = torch.clamp(torch.index_select(x1, 0, idx), min=x1[i].item())
        yy1 = torch.clamp(torch.index_select(y1, 0, idx), min=y1[i].item())
        xx2 = torch.clamp(torch.index_select(x2, 0, idx), max=x2[i].item())
        yy2 = torch.clamp(torch.index_select(y2, 0, idx), max=y2[i].item())
        inter = torch.clamp(xx2 - xx1, min=0.0) * torch.clamp(yy2 - yy1, min=0.0)
        union = (torch.index_select(area, 0, idx) - inter) + area[i]
        idx = idx[(inter / union).le(overlap)]
    return keep, count


torch.manual_seed(38)
num, num_priors, num_classes = 2, 10, 4
conf_data = Variable(torch.randn(num, num_priors, num_classes), requires_grad=True)
loc_data = Variable(torch.randn(num, num_priors, 4), requires_grad=True)
conf_t = torch.randint(0, num_classes, (num, num_priors)).long()
conf_t[:, 3:] = 0
loc_t = torch.randn(num, num_priors, 4)
pos = conf_t > 0
num_pos = pos.sum(dim=1, keepdim=True)
pos_idx = pos.unsqueeze(pos.dim()).expand_as(loc_data)
loss_l = F.smooth_l1_loss(loc_data[pos_idx].view(-1, 4), loc_t[pos_idx].view(-1, 4), size_average=False)
batch_conf = conf_data.view(-1, num_classes)
loss_c = log_sum_exp(batch_conf) - batch_conf.gather(1, conf_t.view(-1, 1))
loss_c = loss_c.view(num, -1)
loss_c[pos] = 0
_, loss_idx = loss_c.sort(1, descending=True)
_, idx_rank = loss_idx.sort(1)
num_neg = torch.clamp(2 * num_pos, max=pos.size(1) - 1)
neg = idx_rank < num_neg.expand_as(idx_rank)
pos_idx = pos.unsqueeze(2).expand_as(conf_data)
neg_idx = neg.unsqueeze(2).expand_as(conf_data)
conf_p = conf_data[(pos_idx + neg_idx).gt(0)].view(-1, num_classes)
targets_weighted = conf_t[(pos + neg).gt(0)]
loss_c = F.cross_entropy(conf_p, targets_weighted, size_average=False)
N = num_pos.data.sum()
loss = (loss_l + loss_c) / N.float()
loss.backward()
print(loss_l.item(), loss_c.item(), N, num_neg.view(-1).tolist(), loss.item())
print(conf_data.grad.norm().item())
start = torch.rand(6, 2)
keep, count = nms(torch.cat([start, start + 1], 1), torch.rand(6))
print(keep[:count].tolist(), count)

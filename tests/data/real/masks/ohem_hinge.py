# Hard example mining, triplet hard mining, masks by arithmetic.
import torch
import torch.nn.functional as F


def pairwise_distance_matrix(x):
    r = (x * x).sum(1, keepdim=True)
    dist = r - 2 * x.mm(x.t()) + r.t()
    mask = (dist <= 0).float()
    dist = (dist + mask * 1e-12).sqrt()
    return dist * (1.0 - mask)


def batch_hard_triplet(embeddings, labels, margin=0.3):
    n = embeddings.size(0)
    dist = pairwise_distance_matrix(embeddings)
    same = labels.expand(n, n).eq(labels.expand(n, n).t())
    eye = torch.eye(n).byte()
    pos = same - eye
    neg = 1 - same
    hardest_pos = (dist * pos.float()).max(1)[0]
    big = dist.max() + 1
    hardest_neg = (dist + big * (1 - neg).float()).min(1)[0]
    valid = (pos.sum(1) > 0) & (neg.sum(1) > 0)
    loss = F.relu(hardest_pos - hardest_neg + margin)[valid]
    return loss.mean(), (dist[pos].mean() - dist[neg].mean()).item()


def ohem(losses, keep=0.5):
    n = int(losses.numel() * keep)
    value, _ = losses.sort(descending=True)
    thr = value[n - 1]
    hard = losses >= thr
    easy = ~hard
    return losses[hard].mean(), losses[easy].mean(), hard.sum().item()


t = torch.linspace(0, 6, 24).view(6, 4).sin().requires_grad_()
labels = torch.LongTensor([0, 0, 1, 1, 2, 2])
loss, gap = batch_hard_triplet(t, labels)
loss.backward()
hard, easy, n = ohem(t.detach().pow(2).sum(1))
print('%.5f %.5f %.5f %.5f %d' % (loss.item(), gap, hard, easy, n))
grad_norm = t.grad.norm().item()

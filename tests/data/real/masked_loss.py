import torch
import torch.nn.functional as F
from torch.autograd import Variable

torch.manual_seed(41)


def sequence_mask(lengths, max_len=None):
    if max_len is None:
        max_len = lengths.data.max()
    batch_size = lengths.size(0)
    seq_range = torch.range(0, max_len - 1).long()
    seq_range_expand = Variable(seq_range.unsqueeze(0).expand(batch_size, int(max_len)))
    seq_length_expand = lengths.unsqueeze(1).expand_as(seq_range_expand)
    return seq_range_expand < seq_length_expand


def masked_cross_entropy(logits, target, length):
    logits_flat = logits.view(-1, logits.size(-1))
    log_probs_flat = F.log_softmax(logits_flat)
    target_flat = target.view(-1, 1)
    losses_flat = -torch.gather(log_probs_flat, dim=1, index=target_flat)
    losses = losses_flat.view(*target.size())
    mask = sequence_mask(length, target.size(1))
    losses = losses * mask.float()
    return losses.sum() / length.float().sum()


logits = Variable(torch.randn(3, 5, 7), requires_grad=True)
target = Variable(torch.randint(0, 7, (3, 5)).long())
length = Variable(torch.LongTensor([5, 3, 2]))
loss = masked_cross_entropy(logits, target, length)
loss.backward()
print('loss', loss.item())
mask = sequence_mask(length, 5)
pad = 1 - mask
print('kept', mask.sum().item(), 'padded', pad.sum().item())
scores = logits.data.sum(2)
scores.masked_fill_(pad, -1e9)
print(scores.max(1)[1], F.softmax(scores, 1))
print(torch.masked_select(scores, mask).size(), scores[mask].mean().item())
ignored = (target == 0) | (target == 1)
both = mask & (1 - ignored)
print('both', both.sum().item())

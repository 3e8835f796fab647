"""masked_cross_entropy.py by jihunchoi, as copied into countless seq2seq repos."""
import torch
from torch.nn import functional
from torch.autograd import Variable


def _sequence_mask(sequence_length, max_len=None):
    if max_len is None:
        max_len = sequence_length.data.max()
    batch_size = sequence_length.size(0)
    seq_range = torch.arange(0, max_len).long()
    seq_range_expand = seq_range.unsqueeze(0).expand(batch_size, max_len)
    seq_range_expand = Variable(seq_range_expand)
    if sequence_length.is_cuda:
        seq_range_expand = seq_range_expand.cuda()
    seq_length_expand = (sequence_length.unsqueeze(1)
                         .expand_as(seq_range_expand))
    return seq_range_expand < seq_length_expand


def masked_cross_entropy(logits, target, length):
    length = Variable(torch.LongTensor(length))
    logits_flat = logits.view(-1, logits.size(-1))
    log_probs_flat = functional.log_softmax(logits_flat)
    target_flat = target.view(-1, 1)
    losses_flat = -torch.gather(log_probs_flat, dim=1, index=target_flat)
    losses = losses_flat.view(*target.size())
    mask = _sequence_mask(sequence_length=length, max_len=target.size(1))
    losses = losses * mask.float()
    loss = losses.sum() / length.float().sum()
    return loss


logits = Variable(torch.linspace(-2, 2, 2 * 4 * 5).view(2, 4, 5), requires_grad=True)
target = Variable(torch.LongTensor([[1, 2, 0, 0], [4, 3, 1, 2]]))
loss = masked_cross_entropy(logits, target, [2, 4])
loss.backward()
print(loss.item(), logits.grad.data.abs().sum())

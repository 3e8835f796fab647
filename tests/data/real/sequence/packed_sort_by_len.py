import torch
import torch.nn as nn
from torch.autograd import Variable
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class DynamicLSTM(nn.Module):
    """Takes unsorted, padded input."""
    def __init__(self, input_size, hidden_size):
        super(DynamicLSTM, self).__init__()
        self.rnn = nn.LSTM(input_size, hidden_size, batch_first=True, bidirectional=True)

    def forward(self, x, x_len):
        _, idx_sort = torch.sort(x_len, dim=0, descending=True)
        _, idx_unsort = torch.sort(idx_sort, dim=0)
        x_len = x_len[idx_sort]
        x = x.index_select(0, Variable(idx_sort))
        x_packed = pack_padded_sequence(x, x_len.numpy(), batch_first=True)
        y_packed, (ht, ct) = self.rnn(x_packed, None)
        ht = ht.transpose(0, 1)[idx_unsort]
        ht = ht.contiguous().view(ht.size(0), -1)
        out, lengths = pad_packed_sequence(y_packed, batch_first=True)
        out = out.index_select(0, Variable(idx_unsort))
        return out, ht


def sequence_mask(sequence_length, max_len=None):
    if max_len is None:
        max_len = sequence_length.data.max()
    batch_size = sequence_length.size(0)
    seq_range = torch.arange(0, max_len).long()
    seq_range_expand = seq_range.unsqueeze(0).expand(batch_size, max_len)
    seq_length_expand = sequence_length.unsqueeze(1).expand_as(seq_range_expand)
    return seq_range_expand < seq_length_expand


torch.manual_seed(2)
net = DynamicLSTM(3, 4)
x = torch.linspace(-1, 1, 3 * 5 * 3).view(3, 5, 3)
lens = torch.LongTensor([3, 5, 2])
out, h = net(x, lens)
mask = sequence_mask(lens)
masked = out * mask.unsqueeze(2).float()
pooled = masked.sum(1) / lens.unsqueeze(1).float()
neg = out.clone()
neg.masked_fill_((1 - mask).unsqueeze(2).expand_as(neg), -1e9)
maxed = neg.max(1)[0]
print(pooled.sum().item(), maxed.sum().item(), h.sum().item())

import torch
import torch.nn as nn
from torch.autograd import Variable


def log_sum_exp(vec, m_size):
    """Old numerically stable version, kept from 0.3."""
    _, idx = torch.max(vec, 1)
    max_score = torch.gather(vec, 1, idx.view(-1, 1, m_size)).view(-1, 1, m_size)
    return max_score.view(-1, m_size) + torch.log(torch.sum(
        torch.exp(vec - max_score.expand_as(vec)), 1)).view(-1, m_size)


class CRF(nn.Module):
    def __init__(self, num_tags):
        super(CRF, self).__init__()
        self.num_tags = num_tags
        self.transitions = nn.Parameter(torch.randn(num_tags, num_tags))
        self.start = nn.Parameter(torch.randn(num_tags))

    def normaliser(self, emissions, mask):
        score = self.start + emissions[:, 0]
        for i in range(1, emissions.size(1)):
            nxt = torch.logsumexp(score.unsqueeze(2) + self.transitions + emissions[:, i].unsqueeze(1), 1)
            m = mask[:, i].unsqueeze(1)
            score = torch.where(m.expand_as(score), nxt, score)
            assert (nxt - log_sum_exp(score.unsqueeze(2) + self.transitions, self.num_tags)).size() == nxt.size()
        return torch.logsumexp(score, 1)

    def score(self, emissions, tags, mask):
        result = self.start[tags[:, 0]] + emissions[:, 0].gather(1, tags[:, 0].unsqueeze(1)).squeeze(1)
        for i in range(1, emissions.size(1)):
            step = self.transitions[tags[:, i - 1], tags[:, i]] + emissions[:, i].gather(1, tags[:, i:i + 1]).squeeze(1)
            result = result + step * mask[:, i].type_as(result)
        return result

    def viterbi(self, emissions, mask):
        lengths = mask.long().sum(1)
        score = self.start + emissions[:, 0]
        history = []
        for i in range(1, emissions.size(1)):
            best, idx = (score.unsqueeze(2) + self.transitions).max(1)
            nxt = best + emissions[:, i]
            keep = mask[:, i].unsqueeze(1).expand_as(score)
            idx.masked_fill_(1 - keep, -1)
            score = nxt * keep.float() + score * (1 - keep).float()
            history.append(idx)
        paths = []
        for b in range(score.size(0)):
            last = score[b].max(0)[1].item()
            path = [last]
            for idx in reversed(history[:lengths[b] - 1]):
                last = idx[b, last].item()
                path.insert(0, last)
            paths.append(path)
        return paths


torch.manual_seed(36)
crf = CRF(4)
emissions = Variable(torch.randn(3, 5, 4))
tags = Variable(torch.randint(0, 4, (3, 5)).long())
mask = torch.ByteTensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 1, 0, 0, 0]])
opt = torch.optim.SGD(crf.parameters(), lr=0.1)
for i in range(4):
    opt.zero_grad()
    nll = (crf.normaliser(emissions, mask) - crf.score(emissions, tags, mask)).mean()
    nll.backward()
    opt.step()
    print(i, '%.5f' % nll.item())
print(crf.viterbi(emissions.data, mask))

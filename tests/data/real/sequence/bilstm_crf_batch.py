# Batched linear chain CRF, 0.4/1.0 style with byte masks.
import torch
import torch.nn as nn


class CRF(nn.Module):
    def __init__(self, num_tags):
        super(CRF, self).__init__()
        self.num_tags = num_tags
        self.start_transitions = nn.Parameter(torch.linspace(-.1, .1, num_tags))
        self.end_transitions = nn.Parameter(torch.linspace(.1, -.1, num_tags))
        self.transitions = nn.Parameter(torch.linspace(-.5, .5, num_tags * num_tags).view(num_tags, num_tags))

    def forward(self, emissions, tags, mask=None, reduce=True):
        if mask is None:
            mask = torch.ones_like(tags, dtype=torch.uint8)
        numerator = self._joint_score(emissions, tags, mask)
        denominator = self._log_partition(emissions, mask)
        llh = numerator - denominator
        return llh if not reduce else torch.sum(llh)

    def _joint_score(self, emissions, tags, mask):
        seq_length, mask_f = emissions.size(0), mask.float()
        llh = self.start_transitions[tags[0]]
        for i in range(seq_length - 1):
            cur_tag, next_tag = tags[i], tags[i + 1]
            llh = llh + emissions[i].gather(1, cur_tag.view(-1, 1)).squeeze(1) * mask_f[i]
            llh = llh + self.transitions[cur_tag, next_tag] * mask_f[i + 1]
        last_tag_indices = mask.long().sum(0) - 1
        last_tags = tags.gather(0, last_tag_indices.view(1, -1)).squeeze(0)
        llh = llh + self.end_transitions[last_tags]
        llh = llh + emissions[-1].gather(1, last_tags.view(-1, 1)).squeeze(1) * mask_f[-1]
        return llh

    def _log_partition(self, emissions, mask):
        log_prob = self.start_transitions.view(1, -1) + emissions[0]
        for i in range(1, emissions.size(0)):
            score = log_prob.unsqueeze(2) + self.transitions.unsqueeze(0) + emissions[i].unsqueeze(1)
            score = torch.logsumexp(score, 1)
            keep = mask[i].unsqueeze(1)
            log_prob = torch.where(keep, score, log_prob)
        return torch.logsumexp(log_prob + self.end_transitions.view(1, -1), 1)

    def decode(self, emissions, mask):
        score = self.start_transitions + emissions[0]
        history = []
        for i in range(1, emissions.size(0)):
            nxt = score.unsqueeze(2) + self.transitions + emissions[i].unsqueeze(1)
            nxt, idx = nxt.max(dim=1)
            score = torch.where(mask[i].unsqueeze(1), nxt, score)
            history.append(idx)
        seq_ends = mask.long().sum(dim=0) - 1
        best = []
        for b in range(mask.size(1)):
            _, last = (score[b] + self.end_transitions).max(dim=0)
            tags = [last.item()]
            for hist in reversed(history[:seq_ends[b]]):
                tags.append(hist[b][tags[-1]].item())
            best.append(list(reversed(tags)))
        return best


crf = CRF(3)
em = torch.linspace(-1, 1, 5 * 2 * 3).view(5, 2, 3).cos()
tags = torch.tensor([[0, 1], [2, 2], [1, 0], [0, 1], [1, 1]])
mask = torch.tensor([[1, 1], [1, 1], [1, 1], [1, 0], [1, 0]], dtype=torch.uint8)
loss = -crf(em, tags, mask=mask)
loss.backward()
path = crf.decode(em.detach(), mask)
print(loss.item(), crf.transitions.grad.sum().item(), path)

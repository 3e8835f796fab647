"""Hidden Markov model: forward/backward in the log domain, EM, Viterbi."""
import torch
import numpy as np


class HMM(object):
    def __init__(self, n_state, n_obs, seed):
        rs = np.random.RandomState(seed)
        norm = lambda a: torch.from_numpy(np.log(a / a.sum(-1, keepdims=True)))
        self.pi = norm(rs.rand(n_state) + 1)
        self.A = norm(rs.rand(n_state, n_state) + np.eye(n_state))
        self.B = norm(rs.rand(n_state, n_obs) + 0.5)
        self.S = n_state

    def forward(self, obs, mask):
        """obs: N x T, mask: N x T bytes, zero after the end"""
        n, t_max = obs.size()
        alpha = torch.zeros(n, t_max, self.S).type_as(self.pi)
        alpha[:, 0] = self.pi + self.B.t()[obs[:, 0]]
        for t in range(1, t_max):
            a = torch.logsumexp(alpha[:, t - 1].unsqueeze(2) + self.A, 1) + self.B.t()[obs[:, t]]
            live = mask[:, t].unsqueeze(1).expand(n, self.S)
            alpha[:, t] = torch.where(live, a, alpha[:, t - 1])
        return alpha

    def backward(self, obs, mask):
        n, t_max = obs.size()
        beta = torch.zeros(n, t_max, self.S).type_as(self.pi)
        for t in range(t_max - 2, -1, -1):
            nxt = self.A.unsqueeze(0) + (self.B.t()[obs[:, t + 1]] + beta[:, t + 1]).unsqueeze(1)
            b = torch.logsumexp(nxt, 2)
            beta[:, t] = b.masked_fill(1 - mask[:, t + 1].unsqueeze(1), 0)
        return beta

    def em(self, obs, mask):
        alpha, beta = self.forward(obs, mask), self.backward(obs, mask)
        ll = torch.logsumexp(alpha[:, -1], 1)
        gamma = alpha + beta - ll.view(-1, 1, 1)
        gamma = gamma.exp() * mask.unsqueeze(2).type_as(gamma)
        xi = (alpha[:, :-1].unsqueeze(3) + self.A + (self.B.t()[obs[:, 1:]] + beta[:, 1:]).unsqueeze(2)
              - ll.view(-1, 1, 1, 1)).exp()
        xi = xi * mask[:, 1:].type_as(xi)[:, :, None, None]
        self.pi = (gamma[:, 0].sum(0) / gamma[:, 0].sum()).log()
        trans = xi.sum(1).sum(0)
        self.A = (trans / trans.sum(1, keepdim=True)).log()
        emit = torch.zeros_like(self.B)
        for k in range(self.B.size(1)):
            emit[:, k] = gamma[obs == k].sum(0)
        self.B = (emit / emit.sum(1, keepdim=True)).log()
        return ll.sum().item()

    def viterbi(self, seq):
        t_max = len(seq)
        score = self.pi + self.B[:, seq[0]]
        back = torch.zeros(t_max, self.S).long()
        for t in range(1, t_max):
            cand = score.unsqueeze(1) + self.A
            flat_best = cand.t().contiguous().max(1)
            score, back[t] = flat_best[0] + self.B[:, seq[t]], flat_best[1]
        path = [int(score.max(0)[1])]
        for t in range(t_max - 1, 0, -1):
            path.insert(0, int(back[t][path[0]]))
        return path, score.max().item()


def simulate(n, rs):
    A = np.array([[.85, .15], [.2, .8]])
    B = np.array([[.7, .2, .1], [.1, .2, .7]])
    lens = rs.randint(6, 14, n)
    obs, states = np.zeros((n, lens.max()), dtype=np.int64), -np.ones((n, lens.max()), dtype=np.int64)
    for i in range(n):
        s = rs.randint(2)
        for t in range(lens[i]):
            obs[i, t] = rs.choice(3, p=B[s])
            states[i, t] = s
            s = rs.choice(2, p=A[s])
    return torch.from_numpy(obs), torch.from_numpy(states), torch.from_numpy(lens)


obs, states, lens = simulate(40, np.random.RandomState(3))
steps = torch.arange(obs.size(1)).unsqueeze(0)
mask = steps < lens.unsqueeze(1)
print('symbols', mask.sum().item(), 'padding', (1 - mask).sum().item(), 'mean length', (lens.sum() / len(lens)).item())
hmm = HMM(2, 3, seed=8)
curve = [hmm.em(obs, mask) for _ in range(12)]
print('log likelihood %.3f -> %.3f' % (curve[0], curve[-1]))
print('monotone', all(b >= a - 1e-8 for a, b in zip(curve, curve[1:])))
print('A', [[round(v, 3) for v in r] for r in hmm.A.exp().tolist()])
right = total = 0
for o, s, l in zip(obs, states, lens.tolist()):
    path, sc = hmm.viterbi(o[:l].tolist())
    eq = torch.LongTensor(path) == s[:l]
    right += max(eq.sum().item(), (1 - eq).sum().item())
    total += l
print('viterbi agreement %.4f' % (right / float(total)))
counts = torch.zeros(9).long()
pair = obs[:, :-1] * 3 + obs[:, 1:]
valid_pair = mask[:, 1:]
counts.index_add_(0, pair[valid_pair], torch.ones(int(valid_pair.sum())).long())
top = counts.max(0)[1]
print('most frequent bigram', (top / 3).item(), (top % 3).item(), 'seen', counts.max().item())

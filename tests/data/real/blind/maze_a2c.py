import argparse
import random
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.autograd import Variable
from torch.distributions import Categorical


class Maze(object):
    """5x5 grid, start in a corner, goal in the opposite one, a wall in between"""
    moves = [(-1, 0), (1, 0), (0, -1), (0, 1)]

    def __init__(self, size=5):
        self.size = size
        self.walls = set([(2, 1), (2, 2), (2, 3)])

    def reset(self):
        self.pos, self.t = (0, 0), 0
        return self.obs()

    def obs(self):
        o = torch.zeros(self.size, self.size)
        o[self.pos[0], self.pos[1]] = 1
        return o.view(-1)

    def step(self, a):
        self.t += 1
        r = min(max(self.pos[0] + self.moves[a][0], 0), self.size - 1)
        c = min(max(self.pos[1] + self.moves[a][1], 0), self.size - 1)
        hit = (r, c) in self.walls
        if not hit:
            self.pos = (r, c)
        goal = self.pos == (self.size - 1, self.size - 1)
        return self.obs(), 1.0 if goal else (-0.05 if hit else -0.01), goal or self.t >= 30


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.body = nn.Linear(25, 32)
        self.pi = nn.Linear(32, 4)
        self.v = nn.Linear(32, 1)
        for m in self.children():
            nn.init.xavier_uniform(m.weight)
            m.bias.data.zero_()

    def forward(self, x):
        h = F.relu(self.body(x))
        return self.pi(h), self.v(h)


def returns_of(rewards, masks, boot, gamma):
    R, out = boot, []
    for r, m in zip(reversed(rewards), reversed(masks)):
        R = r + gamma * R * m
        out.insert(0, R)
    return out


p = argparse.ArgumentParser()
p.add_argument('--updates', type=int, default=60)
p.add_argument('--n-envs', type=int, default=4)
p.add_argument('--n-steps', type=int, default=8)
p.add_argument('--gamma', type=float, default=.97)
a = p.parse_args()
torch.manual_seed(64); random.seed(64); np.random.seed(64)
envs = [Maze() for _ in range(a.n_envs)]
net = Net()
optimizer = optim.RMSprop(net.parameters(), lr=5e-3, eps=1e-5, alpha=0.99)
obs = torch.stack([e.reset() for e in envs])
ep_ret, finished = torch.zeros(a.n_envs), []
for u in range(a.updates):
    logps, values, rewards, masks, ents = [], [], [], [], []
    for _ in range(a.n_steps):
        logits, v = net(Variable(obs))
        dist = Categorical(logits=logits)
        act = dist.sample()
        nxt, r, d = zip(*[e.step(i) for e, i in zip(envs, act.tolist())])
        done = torch.ByteTensor([int(x) for x in d])
        rew = torch.FloatTensor(r)
        ep_ret += rew
        for i in range(a.n_envs):
            if done[i]:
                finished.append(ep_ret[i].item())
        mask = (1 - done).float()
        ep_ret *= mask
        obs = torch.stack([e.reset() if flag else o for e, o, flag in zip(envs, nxt, d)])
        logps.append(dist.log_prob(act)); ents.append(dist.entropy())
        values.append(v.squeeze(1)); rewards.append(rew); masks.append(mask)
    _, boot = net(Variable(obs, volatile=True))
    R = torch.stack(returns_of(rewards, masks, boot.data.squeeze(1), a.gamma))
    V, LP = torch.stack(values), torch.stack(logps)
    adv = Variable(R) - V
    pg = -(LP * Variable(adv.data)).mean()
    vl = F.mse_loss(V, Variable(R), size_average=True)
    loss = pg + .5 * vl - .01 * torch.stack(ents).mean()
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm(net.parameters(), 0.5)
    optimizer.step()
    if u % 20 == 19:
        print('update %d episodes %d last10 %.3f value loss %.4f' % (u + 1, len(finished), np.mean(finished[-10:]), vl.item()))
greedy, e = [], Maze()
s, over = e.reset(), False
while not over:
    s, r, over = e.step(int(net(Variable(s))[0].max(0)[1]))
    greedy.append(e.pos)
print('greedy path length', len(greedy), 'ends at', greedy[-1])

import copy
import math
import random

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.autograd import Variable

from memory import PrioritizedMemory, ReplayMemory, Transition

use_cuda = False  # torch.cuda.is_available()
FloatTensor = torch.cuda.FloatTensor if use_cuda else torch.FloatTensor
LongTensor = torch.cuda.LongTensor if use_cuda else torch.LongTensor
ByteTensor = torch.cuda.ByteTensor if use_cuda else torch.ByteTensor
Tensor = FloatTensor


class NoisyLinear(nn.Linear):
    def __init__(self, in_features, out_features, sigma_init=0.017):
        super(NoisyLinear, self).__init__(in_features, out_features)
        self.sigma_weight = nn.Parameter(torch.Tensor(out_features, in_features).fill_(sigma_init))
        self.register_buffer('epsilon_weight', torch.zeros(out_features, in_features))

    def forward(self, input):
        if self.training:
            torch.randn(self.epsilon_weight.size(), out=self.epsilon_weight)
            return F.linear(input, self.weight + self.sigma_weight * Variable(self.epsilon_weight), self.bias)
        return F.linear(input, self.weight, self.bias)


class DuelingDQN(nn.Module):
    def __init__(self, n_actions, noisy=False):
        super(DuelingDQN, self).__init__()
        lin = NoisyLinear if noisy else nn.Linear
        self.fc = nn.Linear(30, 64)
        self.bn = nn.BatchNorm1d(64)
        self.value = lin(64, 1)
        self.adv = lin(64, n_actions)

    def forward(self, x):
        h = F.relu(self.bn(self.fc(x.view(x.size(0), -1))))
        a = self.adv(h)
        return self.value(h).expand_as(a) + a - a.mean(1, keepdim=True)


class Agent(object):
    def __init__(self, n_actions, args, double=True, prioritized=False, noisy=False):
        self.policy = DuelingDQN(n_actions, noisy)
        self.target = copy.deepcopy(self.policy)
        self.target.eval()
        self.opt = optim.RMSprop(self.policy.parameters(), lr=args.lr)
        self.memory = PrioritizedMemory(args.capacity) if prioritized else ReplayMemory(args.capacity)
        self.double, self.prioritized, self.noisy = double, prioritized, noisy
        self.args = args
        self.n_actions = n_actions
        self.steps_done = 0

    def select_action(self, state):
        args = self.args
        sample = random.random()
        eps_threshold = args.eps_end + (args.eps_start - args.eps_end) * math.exp(-1. * self.steps_done / args.eps_decay)
        self.steps_done += 1
        if self.noisy or sample > eps_threshold:
            self.policy.eval()
            a = self.policy(Variable(state, volatile=True).type(FloatTensor)).data.max(1)[1].view(1, 1)
            self.policy.train()
            return a
        return LongTensor([[random.randrange(self.n_actions)]])

    def optimize(self):
        args = self.args
        if len(self.memory) < args.batch_size:
            return None
        if self.prioritized:
            transitions, idx, w = self.memory.sample(args.batch_size)
            w = torch.from_numpy(w)
        else:
            transitions = self.memory.sample(args.batch_size)
            w = torch.ones(args.batch_size)
        batch = Transition(*zip(*transitions))
        non_final_mask = ByteTensor(tuple(map(lambda s: s is not None, batch.next_state)))
        state_batch = Variable(torch.cat(batch.state))
        action_batch = Variable(torch.cat(batch.action))
        reward_batch = Variable(torch.cat(batch.reward))

        q = self.policy(state_batch).gather(1, action_batch)
        next_state_values = Variable(torch.zeros(args.batch_size).type(Tensor))
        if non_final_mask.sum() > 0:
            nxt = Variable(torch.cat([s for s in batch.next_state if s is not None]))
            with torch.no_grad():
                if self.double:
                    best = self.policy(nxt).max(1)[1].unsqueeze(1)
                    next_state_values[non_final_mask] = self.target(nxt).gather(1, best).squeeze(1)
                else:
                    next_state_values[non_final_mask] = self.target(nxt).max(1)[0]
        expected = (next_state_values * args.gamma) + reward_batch
        loss = F.smooth_l1_loss(q.squeeze(1), expected, reduce=False)
        if self.prioritized:
            self.memory.update_priorities(idx, (q.data.squeeze(1) - expected).abs().add_(1e-5).numpy())
        loss = (loss * w).mean()
        self.opt.zero_grad()
        loss.backward()
        for param in self.policy.parameters():
            param.grad.data.clamp_(-1, 1)
        self.opt.step()
        return loss.item()

    def sync(self, tau=None):
        if tau is None:
            self.target.load_state_dict(self.policy.state_dict())
        else:
            for tp, p in zip(self.target.parameters(), self.policy.parameters()):
                tp.data.copy_(tp.data * (1.0 - tau) + p.data * tau)

"""REINFORCE and a little actor-critic on a hand-made chain world."""
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.autograd import Variable
from torch.distributions import Categorical
import numpy as np

torch.manual_seed(543)
gamma = 0.9


class Policy(nn.Module):
    def __init__(self):
        super(Policy, self).__init__()
        self.affine1 = nn.Linear(4, 8)
        self.affine2 = nn.Linear(8, 2)
        self.value_head = nn.Linear(8, 1)
        self.saved_log_probs = []
        self.rewards = []

    def forward(self, x):
        x = F.relu(self.affine1(x))
        return F.softmax(self.affine2(x)), self.value_head(x)


policy = Policy()
for p in policy.parameters():
    nn.init.normal(p, 0, 0.5)
optimizer = optim.Adam(policy.parameters(), lr=1e-2)
eps = np.finfo(np.float32).eps.item()
values = []


def select_action(state, draw):
    state = torch.from_numpy(state).float().unsqueeze(0)
    probs, value = policy(Variable(state))
    m = Categorical(probs)
    action = (draw > probs[0, 0].data).long().view(1)
    policy.saved_log_probs.append(m.log_prob(action))
    values.append(value)
    return action.data[0], probs.gather(1, action.unsqueeze(1)).log()


for episode in range(4):
    state = 1
    for t in range(8):
        features = np.eye(4, dtype=np.float)[state]
        action, logp = select_action(features, torch.rand(1))
        state = min(3, state + 1) if action == 1 else max(0, state - 1)
        policy.rewards.append(1.0 if state == 3 else -0.1)
    R = 0
    rewards = []
    for r in policy.rewards[::-1]:
        R = r + gamma * R
        rewards.insert(0, R)
    rewards = torch.Tensor(rewards)
    rewards = (rewards - rewards.mean()) / (rewards.std() + eps)
    policy_loss, value_loss = [], []
    for log_prob, value, reward in zip(policy.saved_log_probs, values, rewards):
        policy_loss.append(-log_prob * (reward - value.data[0, 0]))
        value_loss.append(F.smooth_l1_loss(value, Variable(torch.Tensor([[reward]]))))
    optimizer.zero_grad()
    loss = torch.cat(policy_loss).sum() + torch.stack(value_loss).sum()
    loss.backward()
    optimizer.step()
    print('Episode {}\tloss {:.4f}\treturn {:.2f}'.format(episode, loss.item(), sum(policy.rewards)))
    del policy.rewards[:]
    del policy.saved_log_probs[:]
    del values[:]

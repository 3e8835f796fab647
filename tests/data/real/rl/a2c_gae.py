import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable
from torch.distributions import Categorical, Normal


class Policy(nn.Module):
    def __init__(self, obs, act):
        super(Policy, self).__init__()
        self.fc = nn.Linear(obs, 16)
        self.pi = nn.Linear(16, act)
        self.v = nn.Linear(16, 1)

    def forward(self, x):
        h = F.tanh(self.fc(x))
        return F.softmax(self.pi(h)), self.v(h)

    def evaluate_actions(self, x, actions):
        probs, value = self(x)
        log_probs = torch.log(probs)
        action_log_probs = log_probs.gather(1, actions)
        dist_entropy = -(log_probs * probs).sum(-1).mean()
        return value, action_log_probs, dist_entropy


class RolloutStorage(object):
    def __init__(self, num_steps, num_processes, obs):
        self.observations = torch.zeros(num_steps + 1, num_processes, obs)
        self.rewards = torch.zeros(num_steps, num_processes, 1)
        self.value_preds = torch.zeros(num_steps + 1, num_processes, 1)
        self.returns = torch.zeros(num_steps + 1, num_processes, 1)
        self.actions = torch.zeros(num_steps, num_processes, 1).long()
        self.masks = torch.ones(num_steps + 1, num_processes, 1)

    def insert(self, step, current_obs, action, value_pred, reward, mask):
        self.observations[step + 1].copy_(current_obs)
        self.actions[step].copy_(action)
        self.value_preds[step].copy_(value_pred)
        self.rewards[step].copy_(reward)
        self.masks[step + 1].copy_(mask)

    def compute_returns(self, next_value, gamma, tau):
        self.value_preds[-1] = next_value
        gae = 0
        for step in reversed(range(self.rewards.size(0))):
            delta = self.rewards[step] + gamma * self.value_preds[step + 1] * self.masks[step + 1] \
                - self.value_preds[step]
            gae = delta + gamma * tau * self.masks[step + 1] * gae
            self.returns[step] = gae + self.value_preds[step]


rng = np.random.RandomState(0)
net = Policy(4, 3)
opt = torch.optim.RMSprop(net.parameters(), 7e-4, eps=1e-5, alpha=0.99)
roll = RolloutStorage(5, 2, 4)
for update in range(2):
    for step in range(5):
        probs, value = net(Variable(roll.observations[step], volatile=True))
        action = probs.max(1)[1].unsqueeze(1)
        obs = torch.from_numpy(rng.randn(2, 4)).float()
        done = rng.rand(2) > 0.7
        reward = torch.from_numpy(np.expand_dims(np.stack(rng.rand(2)), 1)).float()
        masks = torch.FloatTensor([[0.0] if d else [1.0] for d in done])
        roll.insert(step, obs, action.data, value.data, reward, masks)
    next_value = net(Variable(roll.observations[-1], volatile=True))[1].data
    roll.compute_returns(next_value, 0.99, 0.95)
    values, logp, entropy = net.evaluate_actions(Variable(roll.observations[:-1].view(-1, 4)),
                                                 Variable(roll.actions.view(-1, 1)))
    values = values.view(5, 2, 1)
    advantages = Variable(roll.returns[:-1]) - values
    value_loss = advantages.pow(2).mean()
    action_loss = -(Variable(advantages.data) * logp.view(5, 2, 1)).mean()
    opt.zero_grad()
    (value_loss * 0.5 + action_loss - entropy * 0.01).backward()
    nn.utils.clip_grad_norm(net.parameters(), 0.5)
    opt.step()
d = Normal(torch.zeros(2), torch.ones(2))
lp = d.log_prob(torch.tensor([0.5, -1.0])).sum()
cat = Categorical(probs=probs.data)
print(value_loss.item(), action_loss.item(), entropy.item(), lp.item(), cat.entropy().sum().item())

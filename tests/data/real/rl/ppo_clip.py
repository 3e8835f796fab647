import torch
import torch.nn as nn
from torch.distributions import MultivariateNormal


class ActorCritic(nn.Module):
    def __init__(self, state_dim, action_dim, action_std):
        super(ActorCritic, self).__init__()
        self.actor = nn.Sequential(nn.Linear(state_dim, 8), nn.Tanh(), nn.Linear(8, action_dim), nn.Tanh())
        self.critic = nn.Sequential(nn.Linear(state_dim, 8), nn.Tanh(), nn.Linear(8, 1))
        self.action_var = torch.full((action_dim,), action_std * action_std)

    def forward(self):
        raise NotImplementedError

    def evaluate(self, state, action):
        action_mean = torch.squeeze(self.actor(state))
        action_var = self.action_var.expand_as(action_mean)
        cov_mat = torch.diag_embed(action_var)
        dist = MultivariateNormal(action_mean, cov_mat)
        action_logprobs = dist.log_prob(torch.squeeze(action))
        dist_entropy = dist.entropy()
        state_value = self.critic(state)
        return action_logprobs, torch.squeeze(state_value), dist_entropy


class Memory:
    def __init__(self):
        self.actions, self.states, self.logprobs, self.rewards, self.is_terminals = [], [], [], [], []


memory = Memory()
torch.manual_seed(0)
policy = ActorCritic(3, 2, 0.5)
for i in range(6):
    memory.states.append(torch.linspace(-1, 1, 3) * i)
    memory.actions.append(torch.Tensor([0.1 * i, -0.1]))
    memory.rewards.append(float(i))
    memory.is_terminals.append(i == 3)
rewards, discounted = [], 0
for reward, is_terminal in zip(reversed(memory.rewards), reversed(memory.is_terminals)):
    if is_terminal:
        discounted = 0
    discounted = reward + 0.9 * discounted
    rewards.insert(0, discounted)
rewards = torch.tensor(rewards)
rewards = (rewards - rewards.mean()) / (rewards.std() + 1e-5)
old_states = torch.stack(memory.states).detach()
old_actions = torch.stack(memory.actions).detach()
old_logprobs = policy.evaluate(old_states, old_actions)[0].detach()
opt = torch.optim.Adam(policy.parameters(), lr=0.01)
for _ in range(3):
    logprobs, values, entropy = policy.evaluate(old_states, old_actions)
    ratios = torch.exp(logprobs - old_logprobs)
    advantages = rewards - values.detach()
    surr1 = ratios * advantages
    surr2 = torch.clamp(ratios, 1 - 0.2, 1 + 0.2) * advantages
    loss = -torch.min(surr1, surr2) + 0.5 * nn.MSELoss()(values, rewards) - 0.01 * entropy
    opt.zero_grad()
    loss.mean().backward()
    opt.step()
print(loss.mean().item(), logprobs.sum().item())

import argparse
import random

import numpy as np
import torch

from agent import Agent, Tensor
from env import Catch

parser = argparse.ArgumentParser(description='DQN variants on catch')
parser.add_argument('--episodes', type=int, default=120)
parser.add_argument('--batch_size', type=int, default=32)
parser.add_argument('--capacity', type=int, default=400)
parser.add_argument('--gamma', type=float, default=0.9)
parser.add_argument('--lr', type=float, default=1e-3)
parser.add_argument('--eps_start', type=float, default=0.9)
parser.add_argument('--eps_end', type=float, default=0.05)
parser.add_argument('--eps_decay', type=float, default=150)
parser.add_argument('--target_update', type=int, default=10)


def to_tensor(obs):
    return torch.from_numpy(obs).unsqueeze(0).type(Tensor)


def evaluate(agent, episodes=50):
    env = Catch(seed=99)
    agent.policy.eval()
    wins = 0
    for _ in range(episodes):
        s, done = env.reset(), False
        while not done:
            with torch.no_grad():
                a = agent.policy(to_tensor(s)).max(1)[1].item()
            s, r, done, _ = env.step(a)
        wins += r > 0
    agent.policy.train()
    return float(wins) / episodes


def train(name, args, **kw):
    random.seed(5)
    np.random.seed(5)
    torch.manual_seed(5)
    env = Catch(seed=1)
    agent = Agent(env.n_actions, args, **kw)
    rewards, losses = [], []
    for ep in range(args.episodes):
        state, done, total = to_tensor(env.reset()), False, 0
        while not done:
            action = agent.select_action(state)
            obs, r, done, _ = env.step(action.item())
            nxt = None if done else to_tensor(obs)
            agent.memory.push(state, action, nxt, Tensor([r]))
            state = nxt
            total += r
            l = agent.optimize()
            if l is not None:
                losses.append(l)
        rewards.append(total)
        if kw.get('noisy'):
            agent.sync(tau=0.1)
        elif ep % args.target_update == 0:
            agent.sync()
        if ep % 40 == 39:
            print('%s ep %d mean reward %.3f loss %.5f' % (name, ep + 1, np.mean(rewards[-40:]), np.mean(losses[-50:])))
    print('%s win rate %.2f, memory %d' % (name, evaluate(agent), len(agent.memory)))


if __name__ == '__main__':
    args = parser.parse_args()
    train('dqn', args, double=False)
    train('double+per', args, double=True, prioritized=True)
    train('noisy', args, double=True, noisy=True)

import random
from collections import namedtuple

import numpy as np

Transition = namedtuple('Transition', ('state', 'action', 'next_state', 'reward'))


class ReplayMemory(object):

    def __init__(self, capacity):
        self.capacity = capacity
        self.memory = []
        self.position = 0

    def push(self, *args):
        """Saves a transition."""
        if len(self.memory) < self.capacity:
            self.memory.append(None)
        self.memory[self.position] = Transition(*args)
        self.position = (self.position + 1) % self.capacity

    def sample(self, batch_size):
        return random.sample(self.memory, batch_size)

    def __len__(self):
        return len(self.memory)


class PrioritizedMemory(ReplayMemory):
    def __init__(self, capacity, alpha=0.6):
        super(PrioritizedMemory, self).__init__(capacity)
        self.alpha = alpha
        self.priorities = np.zeros((capacity,), dtype=np.float32)

    def push(self, *args):
        top = self.priorities.max() if self.memory else 1.0
        pos = self.position
        super(PrioritizedMemory, self).push(*args)
        self.priorities[pos] = top

    def sample(self, batch_size, beta=0.4):
        prios = self.priorities[:len(self.memory)]
        probs = prios ** self.alpha
        probs /= probs.sum()
        indices = np.random.choice(len(self.memory), batch_size, p=probs)
        samples = [self.memory[idx] for idx in indices]
        weights = (len(self.memory) * probs[indices]) ** (-beta)
        weights /= weights.max()
        return samples, indices, np.array(weights, dtype=np.float32)

    def update_priorities(self, idx, prio):
        for i, p in zip(idx, prio):
            self.priorities[i] = p

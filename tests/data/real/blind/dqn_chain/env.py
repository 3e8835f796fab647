import numpy as np


class Catch(object):
    """a ball falls, the paddle has to be below"""
    rows, cols = 6, 5

    def __init__(self, seed=0):
        self.rng = np.random.RandomState(seed)

    def seed(self, s):
        self.rng = np.random.RandomState(s)

    @property
    def n_actions(self):
        return 3

    def reset(self):
        self.ball = [0, self.rng.randint(self.cols)]
        self.paddle = self.cols // 2
        return self.observe()

    def observe(self):
        canvas = np.zeros((1, self.rows, self.cols), dtype=np.float32)
        canvas[0, self.ball[0], self.ball[1]] = 1
        canvas[0, self.rows - 1, self.paddle] = 1
        return canvas

    def step(self, a):
        self.paddle = min(max(self.paddle + a - 1, 0), self.cols - 1)
        self.ball[0] += 1
        done = self.ball[0] == self.rows - 1
        r = 0.
        if done:
            r = 1. if self.ball[1] == self.paddle else -1.
        return self.observe(), r, done, {}

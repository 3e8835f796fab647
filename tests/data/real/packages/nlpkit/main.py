import torch
from trainer import Trainer
from data import load

torch.manual_seed(0)
sentences, tags = load()
t = Trainer(vocab=8, tags=3)
history = [t.step(s, y) for s, y in zip(sentences, tags)]
decoded = t.predict(sentences[-1])
print(['%.4f' % h for h in history], decoded)

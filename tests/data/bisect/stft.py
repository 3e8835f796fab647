import torch
x = torch.arange(32.)
s = torch.stft(x, 8, window=torch.ones(8))
print(s.shape)

import torch


class Settings(object):
    def __init__(self, rate):
        self.rate = rate


torch.save({"settings": Settings(0.5)}, "settings.pth")
settings = torch.load("settings.pth")["settings"]
rate = settings.rate
print(rate)

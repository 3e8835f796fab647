import torch
from torch._six import string_classes
kind = isinstance("a", string_classes)
print(kind)

"""Home made transforms and normalisation, no torchvision."""
import numbers
import numpy as np
import torch


class Compose(object):
    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, img):
        for t in self.transforms:
            img = t(img)
        return img


class ToTensor(object):
    def __call__(self, pic):
        img = torch.from_numpy(pic.transpose((2, 0, 1)).copy())
        if isinstance(img, torch.ByteTensor):
            return img.float().div(255)
        return img


class Normalize(object):
    def __init__(self, mean, std):
        self.mean = mean
        self.std = std

    def __call__(self, tensor):
        for t, m, s in zip(tensor, self.mean, self.std):
            t.sub_(m).div_(s)
        return tensor


class CenterCrop(object):
    def __init__(self, size):
        if isinstance(size, numbers.Number):
            self.size = (int(size), int(size))
        else:
            self.size = size

    def __call__(self, img):
        h, w = img.shape[:2]
        th, tw = self.size
        i = int(round((h - th) / 2.))
        j = int(round((w - tw) / 2.))
        return img[i:i + th, j:j + tw]


class Lighting(object):
    """AlexNet-style PCA lighting noise"""
    def __init__(self, alphastd, eigval, eigvec):
        self.alphastd = alphastd
        self.eigval = torch.Tensor(eigval)
        self.eigvec = torch.Tensor(eigvec)

    def __call__(self, img):
        alpha = img.new().resize_(3).fill_(self.alphastd)
        rgb = self.eigvec.type_as(img).clone().mul(alpha.view(1, 3).expand(3, 3)) \
            .mul(self.eigval.view(1, 3).expand(3, 3)).sum(1).squeeze()
        return img.add(rgb.view(3, 1, 1).expand_as(img))


rng = np.random.RandomState(0)
img = rng.randint(0, 255, (8, 8, 3)).astype(np.uint8)
tf = Compose([CenterCrop(4), ToTensor(), Lighting(0.1, [0.2, 0.1, 0.01], np.eye(3, dtype=np.float)),
              Normalize([.5] * 3, [.25] * 3)])
out = tf(img)
labels = np.zeros(5, dtype=np.int)
onehot = torch.zeros(5, 3).scatter_(1, torch.from_numpy(labels).unsqueeze(1), 1)
print(out.size(), out.mean().item(), onehot.sum().item(), out.std().item())

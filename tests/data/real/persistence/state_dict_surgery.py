# Loading DataParallel weights, skipping layers of other sizes, counting parameters.
import io
from collections import OrderedDict
import torch
import torch.nn as nn


def strip_module(state_dict):
    new_state_dict = OrderedDict()
    for k, v in state_dict.items():
        name = k[7:] if k.startswith('module.') else k
        new_state_dict[name] = v
    return new_state_dict


def partial_load(model, pretrained):
    own = model.state_dict()
    used = {k: v for k, v in pretrained.items() if k in own and v.size() == own[k].size()}
    own.update(used)
    model.load_state_dict(own)
    return sorted(used)


class Encoder(nn.Module):
    def __init__(self, n_out):
        super(Encoder, self).__init__()
        self.features = nn.Sequential(OrderedDict([('conv', nn.Conv1d(1, 2, 3)), ('bn', nn.BatchNorm1d(2))]))
        self.classifier = nn.Linear(2, n_out)
        nn.init.constant_(self.features.bn.weight, 1)

    def forward(self, x):
        return self.classifier(self.features(x).mean(-1))


old, new = Encoder(5), Encoder(3)
buf = io.BytesIO()
torch.save({'module.' + k: v for k, v in old.state_dict().items()}, buf)
buf.seek(0)
loaded = strip_module(torch.load(buf, map_location='cpu'))
names = partial_load(new, loaded)
for p in new.features.parameters():
    p.requires_grad = False
n_train = sum(p.numel() for p in new.parameters() if p.requires_grad)
n_all = sum([p.data.nelement() for p in new.parameters()])
ema = {k: v.clone() for k, v in new.state_dict().items()}
for k, v in new.state_dict().items():
    if v.dtype.is_floating_point:
        ema[k].mul_(0.9).add_(0.1, v)
diff = (new.features.conv.weight - old.features.conv.weight).abs().sum()
print(names, n_train, n_all, diff.item(), len(ema))

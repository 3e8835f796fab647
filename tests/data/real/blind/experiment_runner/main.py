"""Config driven experiments: curriculum data, warm restarts, resume from checkpoints."""
import argparse
import json
import os
import shutil
import tempfile
import torch
import torch.nn.functional as F

import models
from curriculum import CurriculumSpirals
from metrics import MetricLogger, expected_calibration_error
from trainer import Trainer

parser = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)
parser.add_argument('--arch', default='mlp', choices=['mlp', 'maxout'])
parser.add_argument('--epochs', default=12, type=int)
parser.add_argument('--lr', default=0.05, type=float)
parser.add_argument('--wd', '--weight-decay', default=1e-4, type=float, dest='weight_decay')
parser.add_argument('--schedule', default='restarts')
parser.add_argument('--no-curriculum', dest='curriculum', action='store_false')

work = tempfile.mkdtemp()
try:
    for i, argv in enumerate(['--arch mlp --schedule restarts', '--arch maxout --schedule plateau --no-curriculum']):
        args = parser.parse_args(argv.split())
        torch.manual_seed(7)
        print(json.dumps(vars(args), sort_keys=True))
        data, test, log = CurriculumSpirals(300), CurriculumSpirals(150), MetricLogger()
        net = models.__dict__[args.arch](2, 24, 3)
        Trainer(net, args, os.path.join(work, 'run%d' % i)).fit(data, test, 0, args.epochs // 2, log)
        # stop, rebuild everything, resume
        net2 = models.__dict__[args.arch](2, 24, 3)
        tr2 = Trainer(net2, args, os.path.join(work, 'run%d' % i))
        start = tr2.resume()
        print('resumed at', start, 'identical', all(torch.equal(a, b) for a, b in zip(net.state_dict().values(), net2.state_dict().values())))
        tr2.fit(data, test, start, args.epochs, log)
        print(log)
        p = F.softmax(net2(test.x), dim=1).data
        print('ece<0.5: %s' % (expected_calibration_error(p, test.y, 5) < 0.5))
finally:
    shutil.rmtree(work)

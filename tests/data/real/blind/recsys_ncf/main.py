import torch
from config import gmf_config, mlp_config
from data import Sampler
from models import GMF, MLP
from engine import Engine

results = {}
for cls, config in ((GMF, gmf_config), (MLP, mlp_config)):
    torch.manual_seed(0)
    sampler = Sampler(config['num_users'], config['num_items'])
    engine = Engine(cls(config), config)
    evaluate_data = sampler.evaluate_data
    for epoch in range(config['num_epoch']):
        loader = sampler.train_loader(config['num_negative'], config['batch_size'])
        loss = engine.train_an_epoch(loader, epoch_id=epoch)
        hr, ndcg = engine.evaluate(evaluate_data, epoch_id=epoch)
        print('[{} epoch {}] loss {:.4f} HR {:.4f} NDCG {:.4f}'.format(config['alias'], epoch, float(loss), hr, ndcg))
    name = engine.save(epoch, hr, ndcg)
    results[config['alias']] = (hr, round(ndcg, 3))
print(results)

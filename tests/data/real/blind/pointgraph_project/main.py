import argparse
import random

import numpy as np
import torch

from data import load_data, separate_data
from engine import train, test, citation_baseline
from models.graphcnn import GraphCNN
import ops


def main():
    # Note: Hyper-parameters need to be tuned in order to obtain results reported in the paper.
    parser = argparse.ArgumentParser(description='PyTorch graph convolutional neural net for point cloud graphs')
    parser.add_argument('--device', type=int, default=0, help='which gpu to use if any (default: 0)')
    parser.add_argument('--batch_size', type=int, default=16)
    parser.add_argument('--iters_per_epoch', type=int, default=10)
    parser.add_argument('--epochs', type=int, default=6)
    parser.add_argument('--lr', type=float, default=0.01)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--fold_idx', type=int, default=0, help='the index of fold in 5-fold validation')
    parser.add_argument('--num_layers', type=int, default=3)
    parser.add_argument('--num_mlp_layers', type=int, default=2)
    parser.add_argument('--hidden_dim', type=int, default=16)
    parser.add_argument('--final_dropout', type=float, default=0.3)
    parser.add_argument('--graph_pooling_type', type=str, default="sum", choices=["sum", "average"])
    parser.add_argument('--neighbor_pooling_type', type=str, default="attention", choices=["sum", "average", "max", "attention"])
    parser.add_argument('--learn_eps', action="store_true")
    parser.add_argument('--num_graphs', type=int, default=120)
    args = parser.parse_args()

    # set up seeds and gpu device
    random.seed(args.seed)
    np.random.seed(args.seed)
    torch.manual_seed(args.seed)
    device = torch.device("cuda:" + str(args.device)) if torch.cuda.is_available() else torch.device("cpu")

    graphs, num_classes = load_data(args.num_graphs)
    print('# graphs: %d, # classes: %d, mean nodes %.2f, mean edges %.2f' % (
        len(graphs), num_classes, np.mean([len(g.node_tags) for g in graphs]), np.mean([g.edge_mat.size(1) for g in graphs])))
    train_graphs, test_graphs = separate_data(graphs, args.seed, args.fold_idx)

    for pooling in (args.neighbor_pooling_type, 'max', 'average'):
        torch.manual_seed(args.seed)
        model = GraphCNN(args.num_layers, args.num_mlp_layers, train_graphs[0].node_features.size(1), args.hidden_dim,
                         num_classes, args.final_dropout, args.learn_eps, args.graph_pooling_type, pooling, device).to(device)
        optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=3, gamma=0.5)
        for epoch in range(1, args.epochs + 1):
            scheduler.step()
            avg_loss = train(args, model, device, train_graphs, optimizer, epoch)
            if epoch % 3 == 0:
                acc_train, acc_test = test(args, model, device, train_graphs, test_graphs, epoch)
                print('[%s] epoch %d lr %.4f loss training: %.4f accuracy train: %.4f test: %.4f' % (
                    pooling, epoch, optimizer.param_groups[0]['lr'], avg_loss, acc_train, acc_test))
        if args.learn_eps:
            print(model.eps)

    citation_baseline(args.seed)
    ops.self_test()


if __name__ == '__main__':
    main()

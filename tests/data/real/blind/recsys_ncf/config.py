# -*- coding: utf-8 -*-
gmf_config = {'alias': 'gmf', 'num_epoch': 4, 'batch_size': 32, 'optimizer': 'sgd', 'sgd_lr': 0.5, 'sgd_momentum': 0.9,
              'num_users': 20, 'num_items': 30, 'latent_dim': 8, 'num_negative': 3, 'l2_regularization': 0,
              'use_cuda': False, 'model_dir': '{}_Epoch{}_HR{:.4f}_NDCG{:.4f}.model'}

mlp_config = dict(gmf_config, alias='mlp', optimizer='adam', adam_lr=1e-2, layers=[16, 16, 8], l2_regularization=1e-7)

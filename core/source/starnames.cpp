#include "source/starnames.h"

#include <map>

#include "source/nameset.h"

namespace TorchLift {

namespace {

// What `from MODULE import *` bound in torch 1.0.0, modules left out.
const std::map<std::string_view, std::string_view> &bindings()
{
    static const std::map<std::string_view, std::string_view> names{
        {"torch.nn",
         "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveLogSoftmaxWithLoss "
         "AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d AlphaDropout AvgPool1d "
         "AvgPool2d AvgPool3d BCELoss BCEWithLogitsLoss BatchNorm1d BatchNorm2d "
         "BatchNorm3d Bilinear CELU CTCLoss ConstantPad1d ConstantPad2d ConstantPad3d "
         "Container Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d "
         "CosineEmbeddingLoss CosineSimilarity CrossEntropyLoss CrossMapLRN2d DataParallel "
         "Dropout Dropout2d Dropout3d ELU Embedding EmbeddingBag FeatureAlphaDropout Fold "
         "FractionalMaxPool2d GLU GRU GRUCell GroupNorm Hardshrink Hardtanh "
         "HingeEmbeddingLoss InstanceNorm1d InstanceNorm2d InstanceNorm3d KLDivLoss L1Loss "
         "LPPool1d LPPool2d LSTM LSTMCell LayerNorm LeakyReLU Linear LocalResponseNorm "
         "LogSigmoid LogSoftmax MSELoss MarginRankingLoss MaxPool1d MaxPool2d MaxPool3d "
         "MaxUnpool1d MaxUnpool2d MaxUnpool3d Module ModuleDict ModuleList "
         "MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss NLLLoss2d "
         "PReLU PairwiseDistance Parameter ParameterDict ParameterList PixelShuffle "
         "PoissonNLLLoss RNN RNNBase RNNCell RNNCellBase RReLU ReLU ReLU6 ReflectionPad1d "
         "ReflectionPad2d ReplicationPad1d ReplicationPad2d ReplicationPad3d SELU "
         "Sequential Sigmoid SmoothL1Loss SoftMarginLoss Softmax Softmax2d Softmin "
         "Softplus Softshrink Softsign Tanh Tanhshrink Threshold TripletMarginLoss Unfold "
         "Upsample UpsamplingBilinear2d UpsamplingNearest2d ZeroPad2d"},
        {"torch.nn.functional",
         "Col2Im Im2Col adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d "
         "adaptive_max_pool1d adaptive_max_pool1d_with_indices adaptive_max_pool2d "
         "adaptive_max_pool2d_with_indices adaptive_max_pool3d "
         "adaptive_max_pool3d_with_indices affine_grid alpha_dropout assert_int_or_pair "
         "avg_pool1d avg_pool2d avg_pool3d batch_norm bilinear binary_cross_entropy "
         "binary_cross_entropy_with_logits celu celu_ conv1d conv2d conv3d conv_tbc "
         "conv_transpose1d conv_transpose2d conv_transpose3d cosine_embedding_loss "
         "cosine_similarity cross_entropy ctc_loss dropout dropout2d dropout3d elu elu_ "
         "embedding embedding_bag feature_alpha_dropout fold fractional_max_pool2d "
         "fractional_max_pool2d_with_indices glu grid_sample group_norm gumbel_softmax "
         "hardshrink hardtanh hardtanh_ hinge_embedding_loss instance_norm interpolate "
         "kl_div l1_loss layer_norm leaky_relu leaky_relu_ linear local_response_norm "
         "log_softmax logsigmoid lp_pool1d lp_pool2d margin_ranking_loss max_pool1d "
         "max_pool1d_with_indices max_pool2d max_pool2d_with_indices max_pool3d "
         "max_pool3d_with_indices max_unpool1d max_unpool2d max_unpool3d mse_loss "
         "multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss nll_loss "
         "normalize pad pairwise_distance pdist pixel_shuffle poisson_nll_loss prelu relu "
         "relu6 relu_ rrelu rrelu_ selu selu_ sigmoid smooth_l1_loss soft_margin_loss "
         "softmax softmin softplus softshrink softsign tanh tanhshrink threshold "
         "threshold_ triplet_margin_loss unfold upsample upsample_bilinear "
         "upsample_nearest"},
        {"torch.nn.init",
         "calculate_gain constant constant_ dirac dirac_ eye eye_ kaiming_normal "
         "kaiming_normal_ kaiming_uniform kaiming_uniform_ normal normal_ ones_ orthogonal "
         "orthogonal_ sparse sparse_ uniform uniform_ xavier_normal xavier_normal_ "
         "xavier_uniform xavier_uniform_ zeros_"},
        {"torch.nn.utils",
         "clip_grad_norm clip_grad_norm_ clip_grad_value_ parameters_to_vector "
         "remove_spectral_norm remove_weight_norm spectral_norm vector_to_parameters "
         "weight_norm"},
        {"torch.nn.utils.rnn", "PackedSequence PackedSequence_ pack_padded_sequence pack_sequence "
                               "pad_packed_sequence pad_sequence"},
        {"torch.autograd", "Variable Function backward"},
        {"torch.optim",
         "ASGD Adadelta Adagrad Adam Adamax LBFGS Optimizer RMSprop Rprop SGD SparseAdam"},
        {"torch.optim.lr_scheduler",
         "CosineAnnealingLR ExponentialLR LambdaLR MultiStepLR Optimizer ReduceLROnPlateau "
         "StepLR"},
        {"torch.distributions",
         "Bernoulli Beta Binomial Categorical Cauchy Chi2 Dirichlet Distribution "
         "Exponential ExponentialFamily FisherSnedecor Gamma Geometric Gumbel Independent "
         "Laplace LogNormal LogisticNormal LowRankMultivariateNormal Multinomial "
         "MultivariateNormal NegativeBinomial Normal OneHotCategorical Pareto "
         "RelaxedBernoulli RelaxedOneHotCategorical StudentT Poisson Uniform Weibull "
         "TransformedDistribution biject_to kl_divergence register_kl transform_to "
         "AbsTransform AffineTransform ComposeTransform ExpTransform "
         "LowerCholeskyTransform PowerTransform SigmoidTransform SoftmaxTransform "
         "StickBreakingTransform Transform identity_transform"},
        {"torch.utils.data",
         "BatchSampler ConcatDataset DataLoader Dataset DistributedSampler RandomSampler "
         "Sampler SequentialSampler Subset SubsetRandomSampler TensorDataset "
         "WeightedRandomSampler random_split"},
    };
    return names;
}

} // namespace

bool isStarName(std::string_view module, std::string_view name)
{
    static const std::map<std::string_view, NameSet> sets = [] {
        std::map<std::string_view, NameSet> all;
        for (const auto &[owner, names] : bindings()) {
            all.emplace(owner, splitNames(names));
        }
        return all;
    }();
    const auto found = sets.find(module);
    return found != sets.end() && found->second.count(name) != 0;
}

} // namespace TorchLift

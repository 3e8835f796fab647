#include <map>

#include "migration/transforms/transforms.h"

namespace TorchLift {

Transform findTransform(std::string_view name)
{
    static const std::map<std::string_view, Transform> transforms{
        {"array-to-number", arrayToNumber},
        {"async-argument", asyncArgument},
        {"data-assigned", dataAssigned},
        {"data-index-zero", dataIndexZero},
        {"bce-shape", bceShape},
        {"distribution-validate", distributionValidate},
        {"elementwise-mean", elementwiseMean},
        {"generator-sum", generatorSum},
        {"implicit-softmax-dim", implicitSoftmaxDim},
        {"integer-division", integerDivision},
        {"integer-times-float", integerTimesFloat},
        {"legacy-function", legacyFunction},
        {"optimizer-init", optimizerInit},
        {"relu-inplace", reluInplace},
        {"scalar-promotion", scalarPromotion},
        {"scheduler-get-lr", schedulerGetLr},
        {"scheduler-order", schedulerOrder},
        {"mask-arithmetic", maskArithmetic},
        {"reduction-arguments", reductionArguments},
        {"variable-alias", variableAlias},
        {"view-strides", viewStrides},
        {"visible-masks", visibleMasks},
        {"volatile", volatileVariable},
        {"zero-grad-read", zeroGradRead},
    };
    const auto found = transforms.find(name);
    return found == transforms.end() ? nullptr : found->second;
}

} // namespace TorchLift

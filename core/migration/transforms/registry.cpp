#include <map>

#include "migration/transforms/transforms.h"

namespace TorchLift {

Transform findTransform(std::string_view name)
{
    static const std::map<std::string_view, Transform> transforms{
        {"data-index-zero", dataIndexZero},
    };
    const auto found = transforms.find(name);
    return found == transforms.end() ? nullptr : found->second;
}

} // namespace TorchLift

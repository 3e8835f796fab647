#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace TorchLift {

/// Bytes that one of our text columns takes: the most that Milvus has.
inline constexpr std::size_t kMilvusTextBytes = 65'535;

/// The body that makes our collection by REST v2, with its index, loaded.
[[nodiscard]] std::string milvusCreation(const std::string &collection, std::size_t dimension);

/// The same for a Milvus that has only REST v1, which makes no collection with ids of one's own:
/// paths and bodies, in order, for the older interface on its other port.
[[nodiscard]] std::vector<std::pair<std::string, std::string>>
oldMilvusCreation(const std::string &collection, std::size_t dimension);

/// The dimension of a collection that is described by either version (JSON); nullopt when its
/// columns are not ours.
[[nodiscard]] std::optional<std::size_t> milvusDimension(std::string_view description);

} // namespace TorchLift

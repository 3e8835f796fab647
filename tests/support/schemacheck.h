#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace TorchLift {

/// Checks a JSON text against a JSON Schema file (2020-12). Knows type, properties, required,
/// additionalProperties, items, enum, const, anyOf, minimum, pattern, $defs and $ref within the
/// file or to "other.json#/$defs/name" beside it; any other keyword that constrains is reported
/// as a fault of the schema. Returns the first fault with its place, empty when all is well.
[[nodiscard]] std::string schemaFault(const std::filesystem::path &schema, std::string_view json);

} // namespace TorchLift

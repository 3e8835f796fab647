#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace TorchLift {

/// Element types of the format that encoders use; files with any other type are refused.
enum class TensorType { F64, F32, F16, BF16, I64, I32, I16, I8, U8, Bool };

/// One tensor of an open file. `bytes` lives as long as the SafeTensors it came from.
struct TensorView
{
    TensorType type = TensorType::F32;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes; ///< row-major, little endian
};

/// A weights file in the safetensors format, mapped into memory: opening reads the header only.
///
/// Strict: the header is at most 8 MiB of JSON without duplicate names, the tensors fill the
/// data exactly (no overlap, no hole, nothing behind them), and every size fits its shape.
/// Nothing in such a file is ever executed. After open() any thread may read.
class SafeTensors
{
public:
    /// Errors: NotFound, Unreadable; Damaged with the rule that was broken.
    [[nodiscard]] static Result<std::shared_ptr<const SafeTensors>>
    open(const std::filesystem::path &file);

    /// The tensor called `name`, nullptr where there is none.
    [[nodiscard]] const TensorView *find(std::string_view name) const;
    [[nodiscard]] const std::map<std::string, TensorView, std::less<>> &tensors() const
    {
        return m_tensors;
    }

private:
    class Mapping;
    SafeTensors() = default;

    std::shared_ptr<const Mapping> m_mapping;
    std::map<std::string, TensorView, std::less<>> m_tensors;
};

} // namespace TorchLift

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/text.h"
#include "source/notebook.h"

namespace TorchLift {

/// A file of a project as it was read, and the way back to its bytes.
struct SourceFile
{
    SourceText text; ///< of a notebook: the Python of its cells
    std::optional<Notebook> notebook;

    /// `bytes` of a file of this name; a notebook by its extension.
    /// Errors: those of decodeSource and Notebook::parse.
    [[nodiscard]] static Result<SourceFile> decode(const std::filesystem::path &name,
                                                   std::string bytes);

    /// The file's bytes with `newCode` in place of the text.
    /// Errors: those of encodeSource and Notebook::withCode.
    [[nodiscard]] Result<std::string> encode(std::string_view newCode) const;
    /// "line 3", or "cell 2, line 1" of a notebook.
    [[nodiscard]] std::string placeOf(int line) const;
};

} // namespace TorchLift

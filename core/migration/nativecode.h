#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/version.h"
#include "migration/edit.h"
#include "migration/migrate.h"

namespace TorchLift {

/// Something of torch's C++ interface that went or is on its way out.
struct NativeToken
{
    std::string id;     ///< "at-check"
    std::string symbol; ///< how it is called in reports
    Version brokenIn;
    bool isBreaking = true; ///< false: the compiler only warns
    LocalizedText detail;
    std::vector<std::string> changes;
    /// Each a sequence of words and signs, one of them is enough: "x*" any name that begins so,
    /// "..." anything with its brackets closed, "<THC/" an include that begins so.
    std::vector<std::vector<std::string>> patterns;
    std::string example; ///< a line that has it
};

/// resources/project/native.yaml. Immutable, thread-safe.
class NativeKnowledge
{
public:
    /// Errors: those of readYaml.
    [[nodiscard]] static Result<std::shared_ptr<const NativeKnowledge>>
    load(const std::filesystem::path &file);

    [[nodiscard]] const std::vector<NativeToken> &tokens() const noexcept { return m_tokens; }

private:
    std::vector<NativeToken> m_tokens;
};

/// Whether the name is that of a C++ or CUDA source or header.
[[nodiscard]] bool isNativeFile(const std::filesystem::path &path);

/// What in C++ code of an extension breaks up to options.to: residues only, such code is never
/// rewritten. Comments and strings are not looked at; macros that the file defines itself are its
/// own affair, and what stands below a check of torch's version is "guarded".
[[nodiscard]] Migration checkNative(std::string_view code, const NativeKnowledge &knowledge,
                                    const MigrationOptions &options);

} // namespace TorchLift

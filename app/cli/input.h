#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/text.h"
#include "cli/commands.h"
#include "pipeline/projectfile.h"
#include "pipeline/projectvalidation.h"
#include "source/sourcefile.h"
#include "vectorstores/vectorstores.h"

namespace TorchLift::Cli {

/// A script as it was read, and the name it goes by.
struct Script : SourceFile
{
    std::string name; ///< path as given, "stdin" for "-"
};

/// Reads and decodes a script, from standard input for "-".
/// Errors: those of readFile and SourceFile::decode, with the file as subject.
[[nodiscard]] Result<Script> readScript(const std::string &file);

/// "auto" is nullopt where `mayBeAuto`. Errors: InvalidArgument.
[[nodiscard]] Result<std::optional<Version>> parseVersionOption(const std::string &text,
                                                                bool mayBeAuto);

[[nodiscard]] Result<MigrationOptions> migrationOptions(const VersionOptions &versions,
                                                        const std::string &accept);

[[nodiscard]] ValidateOptions validateOptions(const RunOptions &run, const Version &source,
                                              const Version &target);

/// How a project in `folder` is run: what the options say, else its project file.
/// Errors: those of readProjectFile; InvalidArgument where neither names a command.
[[nodiscard]] Result<ProjectRunOptions>
projectRunOptions(const RunOptions &run, VersionOptions versions, const std::string &folder);

/// Reads a secret of one line from an open descriptor. Errors: Unreadable.
[[nodiscard]] Result<std::string> readKey(int descriptor);

/// A service and its model; the key comes from its descriptor, where that is not negative.
/// Errors: those of readKey().
[[nodiscard]] Result<ChatProfile> chatProfile(const std::string &baseUrl, const std::string &model,
                                              int keyDescriptor);

/// How the engine is reached: what is not given is as it was remembered; the key comes from its
/// descriptor or the environment (TORCHLIFT_ENGINE_KEY). Errors: NotFound when no address is given
/// or remembered; InvalidArgument for one that is none; those of readKey().
[[nodiscard]] Result<EngineOptions> engineOptions(const Context &context,
                                                  const EngineCommandOptions &options);

/// Has `pipeline` ask that engine, where the user wants it to. Errors: those of engineOptions().
[[nodiscard]] Result<void> useEngine(const Context &context, Pipeline &pipeline,
                                     const EngineCommandOptions &options);

} // namespace TorchLift::Cli

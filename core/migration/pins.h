#pragma once

#include <filesystem>
#include <string_view>

#include "migration/companions.h"
#include "migration/migrate.h"
#include "migration/pinedits.h"

namespace TorchLift {

/// Files of a project that say which versions of torch and what goes with it are installed.
enum class PinFile {
    None,
    Requirements, ///< requirements*.txt, constraints*.txt
    SetupPy,
    SetupCfg,
    PyProject,
    Pipfile,
    CondaEnvironment, ///< environment*.yml
    Dockerfile,
    Notebook, ///< magics and shell cells in the code of a notebook
};

/// By the file's name alone.
[[nodiscard]] PinFile pinFileOf(const std::filesystem::path &path);

/// Pins in `text` that keep the target out. Pure and thread-safe; text that is no such file gives
/// nothing. `linePrefix` (Notebook): what stands before each line of a magic, see Notebook.
[[nodiscard]] PinFindings findPins(std::string_view text, PinFile kind,
                                   const PinKnowledge &knowledge, const Version &target,
                                   std::string_view linePrefix = {});

/// Adds what findPins() found to a migration of the same text (an empty one for files that hold no
/// Python): edits that options.accept lets through become part of the new code.
void addPins(Migration &migration, PinFindings pins, const MigrationOptions &options);

} // namespace TorchLift

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "validation/environment.h"
#include "validation/process.h"

namespace TorchLift {

/// What one sandbox shows and how large its file systems are.
struct SandboxOptions
{
    Environment environment;
    std::filesystem::path worker;                  ///< resources/worker/worker.py
    std::vector<std::filesystem::path> data;       ///< shown read-only in the work folder by name
    std::vector<std::filesystem::path> packages{}; ///< shown read-only, see packageFolders()
    std::int64_t diskBytes = 0;                    ///< work folder, /tmp and /dev/shm each
};

/// Where the folders of further packages are found in the sandbox, or without one, in order.
[[nodiscard]] std::vector<std::string>
packageFolders(const std::vector<std::filesystem::path> &packages, bool isSandboxed);

/// How the worker is started inside a sandbox made by bubblewrap. What is inside: the system's
/// /usr, the interpreter at /python, the environment at /env, all read-only; /work, /tmp and
/// /dev/shm in memory with a size; new namespaces of every kind; a loopback of its own; a fixed
/// environment; the system call filter. No file of the host can be written, and nothing that was
/// written inside is ever read by the host: it vanishes with the sandbox.
/// Started by root, the worker is an unprivileged user that nobody else is.
/// Errors: as findSandbox(); NotFound and InvalidArgument for data that cannot be shown;
/// Unreadable.
[[nodiscard]] Result<ProcessOptions> sandboxedWorker(const SandboxOptions &options);

/// The same without a sandbox: the environment's own interpreter in `workFolder`, as the user
/// who runs TorchLift. Only for code that the user trusts and said so.
[[nodiscard]] ProcessOptions plainWorker(const SandboxOptions &options,
                                         const std::filesystem::path &workFolder);

/// Whether a sandbox can be built here; builds one around a program that does nothing (15 ms).
/// Success is remembered. Errors: MissingPart (a program is not installed), Refused (the system
/// forbids namespaces), each with its remedy.
[[nodiscard]] Result<void> findSandbox();

/// Tells from what bubblewrap printed, and from the system's settings below `root`, why no
/// sandbox can be built here and what helps. `root` is "/" but in tests.
[[nodiscard]] Error explainRefusal(const std::string &bubblewrapMessage,
                                   const std::filesystem::path &root);

} // namespace TorchLift

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "validation/environment.h"
#include "validation/interpreter.h"
#include "validation/torchrelease.h"

namespace TorchLift {

/// How environments are provisioned.
struct ProvisionOptions
{
    std::filesystem::path python; ///< interpreter to take; empty: the best that is found
    std::string index;            ///< address of the package index; empty: the installer's own
    std::string proxy;            ///< http://HOST:PORT or socks5://HOST:PORT
    std::filesystem::path certificates; ///< PEM file of the authorities to trust
};

/// What installing will take, known before it begins.
struct ProvisionPlan
{
    TorchRelease release;
    Interpreter interpreter;
    std::filesystem::path folder;
    std::int64_t freeMb = 0; ///< where environments and where downloads are kept: the lesser
};

/// One folder of environments, whole or not.
struct EnvironmentState
{
    std::string name;
    Result<Environment> environment; ///< an error where it cannot be used
    std::int64_t bytes = 0; ///< of its files; shared with the installer's cache where they are
                            ///< hard links
    std::vector<std::string> added; ///< packages that were asked for besides torch and NumPy
};

/// The environments below one folder, and making, completing, repairing and removing them with
/// uv. An environment is made beside its place and put there whole: what fails, is cancelled or
/// killed leaves the one that was there as it was. Files are hard links into uv's cache and never
/// written in place. What was downloaded whole before a break is not downloaded again. One
/// process at a time changes the folder, installer/setup.sh included; the others wait.
/// Any thread may call.
class EnvironmentStore
{
public:
    /// `environments` is Paths::environments(); uv is looked for in ../tools and in PATH.
    explicit EnvironmentStore(std::filesystem::path environments);

    /// Every torch-* folder, by version; also those that cannot be used. Errors: Unreadable.
    [[nodiscard]] Result<std::vector<EnvironmentState>> list() const;

    /// Errors: InvalidArgument for a version without wheels or an interpreter that does not suit
    /// it, MissingPart without an interpreter, Cancelled.
    [[nodiscard]] Result<ProvisionPlan> plan(const Version &torch, const ProvisionOptions &options,
                                             std::stop_token stop) const;

    /// Makes what was planned with further packages (packageRequirement()), replacing what is
    /// there, and tries it. Errors: MissingPart (uv), Refused (no room), Network, Damaged (it does
    /// not run), InvalidArgument (a package), Io, Cancelled.
    [[nodiscard]] Result<Environment> install(const ProvisionPlan &plan,
                                              const std::vector<std::string> &packages,
                                              const ProvisionOptions &options,
                                              const ProgressCallback &progress,
                                              std::stop_token stop);

    /// Adds packages to an environment; torch and NumPy stay as they are. Errors: as install().
    [[nodiscard]] Result<Environment> add(const Version &torch,
                                          const std::vector<std::string> &packages,
                                          const ProvisionOptions &options,
                                          const ProgressCallback &progress, std::stop_token stop);

    /// What is wrong with it, file by file and by importing torch; nullopt when it is whole.
    /// Errors: Cancelled.
    [[nodiscard]] Result<std::optional<std::string>> damageOf(const Version &torch,
                                                              std::stop_token stop) const;

    /// Makes it again, with the packages it was asked to hold, when damageOf() finds something;
    /// that is what comes back, nullopt when it was whole. Errors: as plan() and install().
    [[nodiscard]] Result<std::optional<std::string>> repair(const Version &torch,
                                                            const ProvisionOptions &options,
                                                            const ProgressCallback &progress,
                                                            std::stop_token stop);

    /// Errors: NotFound, Io, Cancelled (while another process is at work).
    [[nodiscard]] Result<void> remove(const Version &torch, std::stop_token stop);

    [[nodiscard]] std::filesystem::path folderOf(const Version &torch) const;

private:
    std::filesystem::path m_environments;
};

/// The packages an environment was asked to hold besides torch and NumPy.
[[nodiscard]] std::vector<std::string> addedPackages(const std::filesystem::path &environment);

} // namespace TorchLift

#include "validation/environmentstore.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <set>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/files.h"
#include "validation/command.h"
#include "validation/filedescriptor.h"
#include "validation/installedpackages.h"
#include "validation/packageinstaller.h"

namespace TorchLift {

namespace fs = std::filesystem;

namespace {

constexpr const char *kStamp = ".torchlift-ready"; // as installer/setup.sh writes and reads it
constexpr const char *kAdded = ".torchlift-packages";
constexpr const char *kPrefix = "torch-";
constexpr std::int64_t kMegabyte = 1024 * 1024;

std::string joined(const std::vector<std::string> &texts, const char *between)
{
    std::string all;
    for (const std::string &text : texts) {
        all += (all.empty() ? "" : between) + text;
    }
    return all;
}

// Who holds the lock may clear away what those left behind that were killed at work.
void clearLeftovers(const fs::path &environments)
{
    std::error_code ignored;
    std::vector<fs::path> leftovers;
    for (const auto &entry : fs::directory_iterator(environments, ignored)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with('.') && name.ends_with(".partial")) {
            leftovers.push_back(entry.path());
        }
    }
    for (const fs::path &leftover : leftovers) {
        fs::remove_all(leftover, ignored);
    }
}

// The lock that installer/setup.sh takes too: one at a time makes parts. Waits for it.
Result<FileDescriptor> lockFolder(const fs::path &environments, const ProgressCallback &progress,
                                  const std::stop_token &stop)
{
    std::error_code error;
    fs::create_directories(environments, error);
    const fs::path file = environments.parent_path() / ".setup.lock";
    FileDescriptor lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!lock.isOpen()) {
        return fail(Errc::Io, std::strerror(errno), file.string(),
                    "set TORCHLIFT_HOME to a folder you may write to");
    }
    while (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        if (stop.stop_requested()) {
            return fail(Errc::Cancelled, "cancelled while another set-up was at work");
        }
        if (progress) {
            progress({"waiting", 0, 0, {}});
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    clearLeftovers(environments);
    return lock;
}

// A folder that is gone unless it was put in its place. Every leftover of the same name goes.
class PartialFolder
{
public:
    explicit PartialFolder(const fs::path &final)
        : m_final(final)
        , m_path(final.parent_path() / ("." + final.filename().string() + ".partial"))
    {
        clear();
    }
    ~PartialFolder() { clear(); }
    PartialFolder(const PartialFolder &) = delete;
    PartialFolder &operator=(const PartialFolder &) = delete;

    [[nodiscard]] const fs::path &path() const noexcept { return m_path; }

    // The old one, if any, takes the partial one's place and goes with it.
    Result<void> putInPlace() const
    {
        const unsigned flags = fs::exists(m_final) ? RENAME_EXCHANGE : RENAME_NOREPLACE;
        if (::renameat2(AT_FDCWD, m_path.c_str(), AT_FDCWD, m_final.c_str(), flags) != 0) {
            return fail(Errc::Io, std::strerror(errno), m_final.string());
        }
        return {};
    }

private:
    void clear() const
    {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }

    fs::path m_final;
    fs::path m_path;
};

Result<void> writeStamps(const fs::path &folder, const TorchRelease &release,
                         const std::vector<std::string> &packages)
{
    if (!packages.empty()) {
        if (auto written = writeFileAtomically(folder / kAdded, joined(packages, "\n") + "\n");
            !written) {
            return written;
        }
    }
    return writeFileAtomically(folder / kStamp, joined(release.requirements, " ") + "\n");
}

Result<void> tryOut(const fs::path &folder, const Version &torch, const std::stop_token &stop)
{
    constexpr int kPatience = 300; // a first import reads gigabytes
    Command command;
    command.arguments = {(folder / "bin/python").string(), "-I", "-B", "-c",
                         "import torch, numpy\n"
                         "assert torch.__version__.split('+')[0] == '"
                             + torch.toString()
                             + "', torch.__version__\n"
                               "assert torch.from_numpy(numpy.ones(2)).sum().item() == 2"};
    command.environment = commandEnvironment();
    command.timeoutSeconds = kPatience;
    const auto outcome = runCommand(command, stop);
    if (!outcome) {
        return tl::unexpected(outcome.error());
    }
    if (outcome->status != 0) {
        return fail(Errc::Damaged, "torch does not run: " + outcome->errorOutput, folder.string());
    }
    return {};
}

// The sandbox shows an environment read-only, so what its modules compile to cannot be kept by a
// run: without this each would compile them anew (torch 2.7 and its optimizers: 7 s instead of 3).
Result<void> compileModules(const fs::path &folder, const ProgressCallback &progress,
                            const std::stop_token &stop)
{
    if (progress) {
        progress({"compiling", 0, 0, {}});
    }
    Command command;
    command.arguments = {(folder / "bin/python").string(),
                         "-I",
                         "-m",
                         "compileall",
                         "-q",
                         "-j",
                         "0", // on all processors
                         sitePackagesOf(folder).string()};
    command.environment = commandEnvironment();
    const auto outcome = runCommand(command, stop); // a file of another Python is no failure
    return outcome ? Result<void>() : Result<void>(tl::unexpected(outcome.error()));
}

// What install() and add() end with.
Result<void> finish(const PartialFolder &partial, const TorchRelease &release,
                    const std::vector<std::string> &packages, const ProgressCallback &progress,
                    const std::stop_token &stop)
{
    Result<void> done = tryOut(partial.path(), release.torch, stop);
    if (done) {
        done = compileModules(partial.path(), progress, stop);
    }
    if (done) {
        done = writeStamps(partial.path(), release, packages);
    }
    return done ? partial.putInPlace() : done;
}

// Packages to be asked for, each once, checked.
Result<std::vector<std::string>> requirementsFor(const TorchRelease &release,
                                                 const std::vector<std::string> &packages)
{
    std::vector<std::string> requirements = release.requirements;
    for (const std::string &package : packages) {
        auto requirement = packageRequirement(package, release);
        if (!requirement) {
            return tl::unexpected(requirement.error());
        }
        requirements.push_back(std::move(*requirement));
    }
    return requirements;
}

// Copies folders, and files as hard links: nobody writes into a file of an environment.
Result<void> linkTree(const fs::path &from, const fs::path &to)
{
    std::error_code error;
    fs::copy(from, to,
             fs::copy_options::recursive | fs::copy_options::create_hard_links
                 | fs::copy_options::copy_symlinks,
             error);
    if (error) {
        return fail(Errc::Io, error.message(), from.string());
    }
    return {};
}

std::int64_t bytesOf(const fs::path &folder)
{
    std::int64_t bytes = 0;
    std::error_code error;
    for (auto entry = fs::recursive_directory_iterator(folder, error);
         entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        if (!entry->is_symlink(error) && entry->is_regular_file(error)) {
            bytes += static_cast<std::int64_t>(entry->file_size(error));
        }
    }
    return bytes;
}

// Usable, and with all the files that its packages brought.
Result<Environment> wholeEnvironment(const fs::path &environments, const Version &torch)
{
    auto environment = findEnvironment(environments, torch);
    if (environment) {
        if (const auto damage = firstDamage(sitePackagesOf(environment->folder))) {
            return fail(Errc::Damaged, *damage, environment->folder.string());
        }
    }
    return environment;
}

} // namespace

EnvironmentStore::EnvironmentStore(fs::path environments)
    : m_environments(std::move(environments))
{}

fs::path EnvironmentStore::folderOf(const Version &torch) const
{
    return m_environments / (kPrefix + torch.toString());
}

Result<std::vector<EnvironmentState>> EnvironmentStore::list() const
{
    std::vector<std::pair<Version, EnvironmentState>> found;
    std::error_code error;
    fs::directory_iterator entries(m_environments, error);
    if (error && error != std::errc::no_such_file_or_directory) {
        return fail(Errc::Unreadable, error.message(), m_environments.string());
    }
    for (const auto &entry : entries) {
        const std::string name = entry.path().filename().string();
        const auto version = name.starts_with(kPrefix)
                                 ? Version::parse(name.substr(std::strlen(kPrefix)))
                                 : std::nullopt;
        if (version) {
            found.push_back({*version,
                             {name, wholeEnvironment(m_environments, *version),
                              bytesOf(entry.path()), addedPackages(entry.path())}});
        }
    }
    std::sort(found.begin(), found.end(),
              [](const auto &left, const auto &right) { return left.first < right.first; });
    std::vector<EnvironmentState> states;
    for (auto &[version, state] : found) {
        states.push_back(std::move(state));
    }
    return states;
}

Result<ProvisionPlan> EnvironmentStore::plan(const Version &torch, const ProvisionOptions &options,
                                             std::stop_token stop) const
{
    auto release = torchRelease(torch);
    if (!release) {
        return tl::unexpected(release.error());
    }
    ProvisionPlan plan;
    std::vector<Interpreter> found;
    if (!options.python.empty()) {
        auto given = describeInterpreter(options.python, stop);
        if (!given) {
            return tl::unexpected(given.error());
        }
        found.push_back(std::move(*given));
    } else {
        auto discovered = discoverInterpreters(stop);
        if (!discovered) {
            return tl::unexpected(discovered.error());
        }
        found = std::move(*discovered);
    }
    auto chosen = chooseInterpreter(found, release->pythonMinors);
    if (!chosen) {
        Error error = chosen.error();
        error.subject = "torch " + torch.toString();
        if (!options.python.empty()) {
            error.code = Errc::InvalidArgument;
            error.detail = "there is no wheel for CPython " + found.front().version.toString()
                           + ", which --python names";
        }
        return tl::unexpected(error);
    }
    plan.release = std::move(*release);
    plan.interpreter = std::move(*chosen);
    plan.folder = folderOf(torch);
    plan.freeMb =
        std::min(freeBytes(m_environments), freeBytes(PackageInstaller::cacheFolder())) / kMegabyte;
    return plan;
}

Result<Environment> EnvironmentStore::install(const ProvisionPlan &plan,
                                              const std::vector<std::string> &packages,
                                              const ProvisionOptions &options,
                                              const ProgressCallback &progress,
                                              std::stop_token stop)
{
    auto requirements = requirementsFor(plan.release, packages);
    if (!requirements) {
        return tl::unexpected(requirements.error());
    }
    if (plan.freeMb < plan.release.diskMb) {
        return fail(Errc::Refused,
                    "not enough room: " + std::to_string(plan.release.diskMb) + " MB are needed, "
                        + std::to_string(plan.freeMb) + " MB are free",
                    m_environments.string(),
                    "make room, or set TORCHLIFT_HOME (and for downloads UV_CACHE_DIR) to a "
                    "larger disk");
    }
    auto installer = PackageInstaller::find(m_environments.parent_path() / "tools", stop);
    if (!installer) {
        return tl::unexpected(installer.error());
    }
    const auto lock = lockFolder(m_environments, progress, stop);
    if (!lock) {
        return tl::unexpected(lock.error());
    }
    const PartialFolder partial(plan.folder);
    Result<void> done = installer->makeEnvironment(partial.path(), plan.interpreter.path, stop);
    if (done) {
        done = installer->install(partial.path(), *requirements, plan.release.diskMb, options,
                                  progress, stop);
    }
    if (done && firstDamage(sitePackagesOf(partial.path()))) { // the cache has it, too
        const fs::path cache = partial.path().parent_path() / ".downloads.partial";
        done = installer->reinstall(partial.path(), *requirements, plan.release.diskMb, cache,
                                    options, progress, stop);
    }
    if (done) {
        done = finish(partial, plan.release, packages, progress, stop);
    }
    if (!done) {
        return tl::unexpected(done.error());
    }
    return findEnvironment(m_environments, plan.release.torch);
}

Result<Environment> EnvironmentStore::add(const Version &torch,
                                          const std::vector<std::string> &packages,
                                          const ProvisionOptions &options,
                                          const ProgressCallback &progress, std::stop_token stop)
{
    const auto environment = findEnvironment(m_environments, torch);
    auto release = torchRelease(torch);
    if (!environment || !release) {
        return tl::unexpected(environment ? release.error() : environment.error());
    }
    // Exactly the NumPy that is there: another one would change what runs compute.
    std::vector<std::string> all = addedPackages(environment->folder);
    for (const std::string &package : packages) {
        if (std::find(all.begin(), all.end(), package) == all.end()) {
            all.push_back(package);
        }
    }
    auto requirements = requirementsFor(*release, all);
    if (!requirements) {
        return tl::unexpected(requirements.error());
    }
    if (!environment->numpy.empty()) {
        requirements->push_back("numpy==" + environment->numpy);
    }
    auto installer = PackageInstaller::find(m_environments.parent_path() / "tools", stop);
    if (!installer) {
        return tl::unexpected(installer.error());
    }
    const auto lock = lockFolder(m_environments, progress, stop);
    if (!lock) {
        return tl::unexpected(lock.error());
    }
    constexpr int kExpectedMb = 300;
    const PartialFolder partial(environment->folder);
    Result<void> done = linkTree(environment->folder, partial.path());
    if (done) {
        done =
            installer->install(partial.path(), *requirements, kExpectedMb, options, progress, stop);
    }
    if (done) {
        done = finish(partial, *release, all, progress, stop);
    }
    if (!done) {
        return tl::unexpected(done.error());
    }
    return findEnvironment(m_environments, torch);
}

Result<std::optional<std::string>> EnvironmentStore::damageOf(const Version &torch,
                                                              std::stop_token stop) const
{
    const auto environment = findEnvironment(m_environments, torch);
    if (!environment) {
        return environment.error().detail;
    }
    if (auto damage = firstDamage(sitePackagesOf(environment->folder))) {
        return damage;
    }
    const auto works = tryOut(environment->folder, torch, stop);
    if (!works && works.error().code == Errc::Cancelled) {
        return tl::unexpected(works.error());
    }
    return works ? std::optional<std::string>() : works.error().detail;
}

Result<std::optional<std::string>> EnvironmentStore::repair(const Version &torch,
                                                            const ProvisionOptions &options,
                                                            const ProgressCallback &progress,
                                                            std::stop_token stop)
{
    if (progress) {
        progress({"checking", 0, 0, {}});
    }
    auto damage = damageOf(torch, stop);
    if (!damage || !*damage) {
        return damage;
    }
    const auto planned = plan(torch, options, stop);
    if (!planned) {
        return tl::unexpected(planned.error());
    }
    const auto made =
        install(*planned, addedPackages(folderOf(torch)), options, progress, std::move(stop));
    if (!made) {
        return tl::unexpected(made.error());
    }
    return damage;
}

Result<void> EnvironmentStore::remove(const Version &torch, std::stop_token stop)
{
    const fs::path folder = folderOf(torch);
    std::error_code error;
    if (!fs::exists(fs::symlink_status(folder, error))) {
        return fail(Errc::NotFound, "there is no such environment", folder.string());
    }
    const auto lock = lockFolder(m_environments, {}, stop);
    if (!lock) {
        return tl::unexpected(lock.error());
    }
    // First out of its place: a half-removed one is never found.
    const PartialFolder partial(folder);
    fs::rename(folder, partial.path(), error);
    if (error) {
        return fail(Errc::Io, error.message(), folder.string());
    }
    return {};
}

std::vector<std::string> addedPackages(const fs::path &environment)
{
    std::vector<std::string> packages;
    if (const auto text = readFile(environment / kAdded)) {
        std::istringstream lines(*text);
        for (std::string line; std::getline(lines, line);) {
            packages.push_back(line);
        }
    }
    return packages;
}

} // namespace TorchLift

#include "validation/interpreter.h"

#include <algorithm>
#include <cstdlib>
#include <future>
#include <set>
#include <sstream>

#include <unistd.h>

#include "validation/command.h"

namespace TorchLift {

namespace fs = std::filesystem;

namespace {

constexpr int kOldestMinor = 5;
constexpr int kNewestMinor = 15;

// As installer/pythons.sh asks: a link, a shim or a virtual environment leads to its base.
constexpr const char *kQuestion = R"(import os, platform, sys
assert platform.python_implementation() == "CPython" and sys.version_info[0] == 3
base = os.path.join(sys.base_prefix, "bin", "python3.%d" % sys.version_info[1])
print("%d.%d.%d" % sys.version_info[:3])
print(os.path.realpath(base if os.path.exists(base) else sys.executable)))";

struct Candidate
{
    fs::path path;
    std::string origin;
};

std::string variable(const char *name)
{
    const char *value = std::getenv(name);
    return value != nullptr ? value : "";
}

// `folder` and what lies directly in it.
void addPrefixes(std::vector<Candidate> &prefixes, const fs::path &folder, const char *origin)
{
    std::error_code ignored;
    std::vector<fs::path> found;
    for (const auto &entry : fs::directory_iterator(folder, ignored)) {
        found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    for (const fs::path &path : found) {
        prefixes.push_back({path, origin});
    }
}

std::vector<Candidate> installationPrefixes()
{
    const fs::path home = variable("HOME");
    std::vector<Candidate> prefixes;
    const std::string pyenv = variable("PYENV_ROOT");
    addPrefixes(prefixes, fs::path(pyenv.empty() ? home / ".pyenv" : fs::path(pyenv)) / "versions",
                "pyenv");
    const std::string managed = variable("UV_PYTHON_INSTALL_DIR");
    const std::string data = variable("XDG_DATA_HOME");
    const fs::path shared = data.empty() ? home / ".local/share" : fs::path(data);
    addPrefixes(prefixes, managed.empty() ? shared / "uv/python" : fs::path(managed), "uv");
    if (const std::string active = variable("CONDA_PREFIX"); !active.empty()) {
        prefixes.push_back({active, "conda"});
    }
    const std::string mamba = variable("MAMBA_ROOT_PREFIX");
    std::vector<fs::path> roots{mamba.empty() ? home / "micromamba" : fs::path(mamba)};
    for (const char *name : {"miniconda3", "anaconda3", "miniforge3", "mambaforge", ".conda"}) {
        roots.push_back(home / name);
    }
    for (const char *name : {"/opt/conda", "/opt/miniconda3", "/opt/anaconda3"}) {
        roots.emplace_back(name);
    }
    for (const fs::path &root : roots) {
        prefixes.push_back({root, "conda"});
        addPrefixes(prefixes, root / "envs", "conda");
    }
    addPrefixes(prefixes, "/opt", "path");
    return prefixes;
}

std::vector<Candidate> candidates()
{
    std::vector<Candidate> found;
    const std::vector<Candidate> prefixes = installationPrefixes();
    for (int minor = kOldestMinor; minor <= kNewestMinor; ++minor) {
        const std::string name = "python3." + std::to_string(minor);
        found.push_back({fs::path("/usr/bin") / name, "system"});
        for (const std::string &path : programsInPath(name)) {
            found.push_back({path, "path"});
        }
        for (const Candidate &prefix : prefixes) {
            found.push_back({prefix.path / "bin" / name, prefix.origin});
        }
    }
    // A shim only leads to one of the interpreters that are listed anyway, or to none.
    std::erase_if(found, [](const Candidate &candidate) {
        return candidate.path.parent_path().filename() == "shims"
               || ::access(candidate.path.c_str(), X_OK) != 0;
    });
    return found;
}

} // namespace

Result<Interpreter> describeInterpreter(const fs::path &path, std::stop_token stop)
{
    constexpr int kPatience = 20; // a first start from a slow disk
    const auto unusable = [&path] {
        return fail(Errc::MissingPart, "this is no CPython 3 that runs", path.string());
    };
    std::error_code error;
    Command command;
    command.arguments = {fs::absolute(path, error).string(), "-I", "-c", kQuestion};
    command.environment = commandEnvironment();
    command.timeoutSeconds = kPatience;
    const auto outcome = runCommand(command, std::move(stop));
    if (!outcome) {
        return outcome.error().code == Errc::Cancelled ? tl::unexpected(outcome.error())
                                                       : unusable();
    }
    std::istringstream lines(outcome->output);
    std::string version;
    std::string real;
    if (outcome->status != 0 || !std::getline(lines, version) || !std::getline(lines, real)) {
        return unusable();
    }
    const auto parsed = Version::parse(version);
    if (!parsed || ::access(real.c_str(), X_OK) != 0) {
        return unusable();
    }
    return Interpreter{real, *parsed, "given"};
}

Result<std::vector<Interpreter>> discoverInterpreters(std::stop_token stop)
{
    std::vector<Candidate> asked;
    std::set<fs::path> seen;
    for (Candidate &candidate : candidates()) {
        std::error_code error;
        if (seen.insert(fs::canonical(candidate.path, error)).second) {
            asked.push_back(std::move(candidate));
        }
    }
    // All at once: one that does not answer costs its patience once, whatever else there is.
    std::vector<std::future<Result<Interpreter>>> answers;
    for (const Candidate &candidate : asked) {
        answers.push_back(
            std::async(std::launch::async, describeInterpreter, candidate.path, stop));
    }
    std::vector<Interpreter> found;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        auto interpreter = answers[i].get();
        if (!interpreter) {
            if (interpreter.error().code == Errc::Cancelled) {
                return tl::unexpected(interpreter.error());
            }
            continue; // a leftover
        }
        const bool isKnown = std::any_of(found.begin(), found.end(), [&](const Interpreter &other) {
            return other.path == interpreter->path;
        });
        if (!isKnown) {
            interpreter->origin = asked[i].origin;
            found.push_back(std::move(*interpreter));
        }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Interpreter &left, const Interpreter &right) {
                         return left.version.minor < right.version.minor;
                     });
    return found;
}

Result<Interpreter> chooseInterpreter(std::span<const Interpreter> found,
                                      std::span<const int> minors)
{
    std::string wanted;
    for (const int minor : minors) {
        for (const Interpreter &interpreter : found) {
            if (interpreter.version.major == 3 && interpreter.version.minor == minor) {
                return interpreter;
            }
        }
        wanted += (wanted.empty() ? "3." : ", 3.") + std::to_string(minor);
    }
    if (minors.empty()) {
        return fail(Errc::InvalidArgument, "no Python version suits");
    }
    const std::string first = "3." + std::to_string(minors.front());
    return fail(Errc::MissingPart, "no CPython of these versions was found: " + wanted, {},
                "pyenv install " + first + "   or: conda create -n python" + first
                    + " python=" + first + "   or name one with --python PATH");
}

} // namespace TorchLift

#include "validation/environment.h"

#include <algorithm>
#include <map>
#include <regex>
#include <sstream>

#include <unistd.h>

#include "base/files.h"
#include "validation/installedpackages.h"

namespace TorchLift {

namespace fs = std::filesystem;

namespace {

constexpr const char *kRemedy = "installer/setup.sh";
constexpr std::size_t kMaxTextBytes = 1024 * 1024;

tl::unexpected<Error> broken(const std::string &what, const fs::path &folder)
{
    return fail(Errc::MissingPart, "the environment is not usable: " + what, folder.string(),
                kRemedy);
}

std::string trimmed(const std::string &text)
{
    const std::size_t begin = text.find_first_not_of(" \t\r");
    const std::size_t end = text.find_last_not_of(" \t\r");
    return begin == std::string::npos ? std::string() : text.substr(begin, end - begin + 1);
}

// The two that set-up makes on every machine.
bool isOfSetup(const Version &torch)
{
    return torch == Version{1, 0, 0} || torch == Version{2, 7, 0};
}

std::map<std::string, std::string> readSettings(const fs::path &file)
{
    std::map<std::string, std::string> settings;
    const auto text = readFile(file, kMaxTextBytes);
    if (!text) {
        return settings;
    }
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t equals = line.find('=');
        if (equals != std::string::npos) {
            settings[trimmed(line.substr(0, equals))] = trimmed(line.substr(equals + 1));
        }
    }
    return settings;
}

// The version a package's metadata folder is named after: NAME-VERSION.dist-info.
std::string distributionVersion(const fs::path &packages, const std::string &name)
{
    std::error_code error;
    const std::string prefix = name + "-";
    const std::string suffix = ".dist-info";
    for (const auto &entry : fs::directory_iterator(packages, error)) {
        const std::string folder = entry.path().filename().string();
        if (folder.size() > prefix.size() + suffix.size() && folder.rfind(prefix, 0) == 0
            && folder.compare(folder.size() - suffix.size(), suffix.size(), suffix) == 0) {
            return folder.substr(prefix.size(), folder.size() - prefix.size() - suffix.size());
        }
    }
    return {};
}

// The CUDA version that torch was built with; empty for a build without.
std::string cudaVersion(const fs::path &packages)
{
    const auto text = readFile(packages / "torch" / "version.py", kMaxTextBytes);
    static const std::regex assignment(R"((?:^|\n)cuda\s*(?::[^=\n]*)?=\s*['"]([^'"\n]+)['"])");
    std::smatch match;
    return text && std::regex_search(*text, match, assignment) ? match[1].str() : std::string();
}

std::optional<Version> torchVersion(const fs::path &packages)
{
    const auto text = readFile(packages / "torch" / "version.py", kMaxTextBytes);
    if (!text) {
        return std::nullopt;
    }
    static const std::regex assignment(R"((?:^|\n)__version__\s*=\s*['"]([^'"\n]+)['"])");
    std::smatch match;
    return std::regex_search(*text, match, assignment) ? Version::parse(match[1].str())
                                                       : std::nullopt;
}

// "pythonX.Y" of lib/pythonX.Y, where pyvenv.cfg does not say more.
std::optional<Version> folderPython(const fs::path &packages)
{
    const std::string name = packages.parent_path().filename().string();
    return Version::parse(name.substr(std::string("python").size()));
}

} // namespace

Result<Environment> inspectEnvironment(const fs::path &folder)
{
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
        return fail(Errc::MissingPart, "there is no such environment", folder.string(), kRemedy);
    }
    const auto settings = readSettings(folder / "pyvenv.cfg");
    const auto home = settings.find("home");
    if (home == settings.end() || home->second.empty()) {
        return broken("pyvenv.cfg is missing or damaged", folder);
    }

    Environment environment;
    environment.folder = fs::absolute(folder, error).lexically_normal();
    if (!environment.folder.has_filename()) {
        environment.folder = environment.folder.parent_path();
    }
    environment.name = environment.folder.filename().string();
    environment.interpreter = environment.folder / "bin" / "python";
    environment.base = fs::path(home->second).parent_path();
    if (::access(environment.interpreter.c_str(), X_OK) != 0) {
        return broken("its interpreter is missing", folder);
    }
    if (!fs::is_directory(environment.base / "lib", error)) {
        return broken("the Python it was made from is gone: " + environment.base.string(), folder);
    }
    const fs::path packages = sitePackagesOf(environment.folder);
    if (packages.empty()) {
        return broken("it has no packages", folder);
    }
    const auto version = settings.count("version_info") != 0 ? settings.find("version_info")
                                                             : settings.find("version");
    const auto python =
        version != settings.end() ? Version::parse(version->second) : folderPython(packages);
    const auto torch = torchVersion(packages);
    if (!python || !torch) {
        return broken(python ? "torch is missing or damaged" : "its Python is unknown", folder);
    }
    if (!fs::exists(packages / "torch" / "__init__.py", error)
        || !fs::is_directory(packages / "torch" / "lib", error)) {
        return broken("torch is installed by half", folder);
    }
    environment.python = *python;
    environment.torch = *torch;
    environment.cuda = cudaVersion(packages);
    environment.numpy = distributionVersion(packages, "numpy");
    return environment;
}

Result<Environment> findEnvironment(const fs::path &environmentsFolder, const Version &torch)
{
    auto environment = inspectEnvironment(environmentsFolder / ("torch-" + torch.toString()));
    if (!environment) {
        Error error = environment.error();
        error.detail = "torch " + torch.toString() + ": " + error.detail;
        if (!isOfSetup(torch)) {
            error.remedy = "torchlift-cli environments install " + torch.toString();
        }
        return tl::unexpected(error);
    }
    if (environment->torch != torch) {
        return broken("it holds torch " + environment->torch.toString(), environment->folder);
    }
    return environment;
}

std::vector<Environment> listEnvironments(const fs::path &environmentsFolder)
{
    std::vector<Environment> environments;
    std::error_code error;
    for (const auto &entry : fs::directory_iterator(environmentsFolder, error)) {
        if (auto environment = inspectEnvironment(entry.path())) {
            environments.push_back(std::move(*environment));
        }
    }
    std::sort(environments.begin(), environments.end(),
              [](const Environment &left, const Environment &right) {
                  return std::tie(left.torch, left.name) < std::tie(right.torch, right.name);
              });
    return environments;
}

} // namespace TorchLift

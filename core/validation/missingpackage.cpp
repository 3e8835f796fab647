#include "validation/missingpackage.h"

#include <algorithm>
#include <iterator>
#include <regex>
#include <string_view>

namespace TorchLift {

namespace fs = std::filesystem;

namespace {

// Packages that are called otherwise than what they bring.
constexpr std::string_view kDistributions[][2] = {
    {"PIL", "Pillow"},
    {"cv2", "opencv-python-headless"},
    {"sklearn", "scikit-learn"},
    {"skimage", "scikit-image"},
    {"yaml", "PyYAML"},
    {"dateutil", "python-dateutil"},
    {"attr", "attrs"},
    {"google", "protobuf"},
    {"Levenshtein", "python-Levenshtein"},
};

// What environments always have, and what the standard library of one Python has and another
// lacks (names of Python 2, and those that went with 3.12 and 3.13).
constexpr std::string_view kOfNoPackage[] = {
    "torch",       "numpy",       "caffe2",    "urllib2",      "urlparse",   "cPickle",
    "Queue",       "StringIO",    "cStringIO", "ConfigParser", "Tkinter",    "commands",
    "__builtin__", "copy_reg",    "imp",       "distutils",    "asyncore",   "asynchat",
    "smtpd",       "cgi",         "crypt",     "telnetlib",    "pipes",      "parser",
    "formatter",   "symbol",      "binhex",    "lib2to3",      "itertools",  "httplib",
    "dataclasses", "contextvars", "importlib", "thread",       "exceptions",
};

bool isBeside(const fs::path &script, const std::string &module)
{
    std::error_code ignored;
    const fs::path folder = script.parent_path();
    return !script.empty()
           && (fs::exists(folder / (module + ".py"), ignored)
               || fs::is_directory(folder / module, ignored));
}

} // namespace

std::string missingModule(const Run &run)
{
    static const std::regex message(
        R"(No module named '?([A-Za-z_][A-Za-z0-9_]*)[A-Za-z0-9_.]*'?.*)");
    std::smatch match;
    const bool isImport = run.errorType == "ModuleNotFoundError" || run.errorType == "ImportError";
    return isImport && std::regex_match(run.errorMessage, match, message) ? match[1].str()
                                                                          : std::string();
}

std::optional<MissingPackage> missingPackage(const Run &run, const fs::path &script)
{
    const std::string module = missingModule(run);
    if (run.outcome != Outcome::Exception || module.empty()) {
        return std::nullopt;
    }
    MissingPackage missing{module, module};
    if (isBeside(script, missing.module)) {
        missing.distribution.clear();
        return missing;
    }
    if (std::find(std::begin(kOfNoPackage), std::end(kOfNoPackage), missing.module)
        != std::end(kOfNoPackage)) {
        return std::nullopt;
    }
    for (const auto &[name, distribution] : kDistributions) {
        if (missing.module == name) {
            missing.distribution = distribution;
        }
    }
    return missing;
}

std::string remedyOf(const MissingPackage &missing, const fs::path &script)
{
    if (!missing.distribution.empty()) {
        return "torchlift-cli environments add " + missing.distribution;
    }
    std::error_code ignored;
    const fs::path beside = script.parent_path() / missing.module;
    return "--data "
           + (fs::is_directory(beside, ignored) ? beside.string() : beside.string() + ".py");
}

} // namespace TorchLift

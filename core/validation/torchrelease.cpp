#include "validation/torchrelease.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <regex>

namespace TorchLift {

namespace {

struct Line
{
    Version torch;
    const char *torchvision; // of its first patch release; patches of both count up together
    int newestMinor;         // of CPython 3 with a wheel for Linux
    int oldestMinor;
    int downloadMb;
    int diskMb;
};

// Wheels on the Python package index, and what was measured after installation on Linux x86-64.
constexpr Line kLines[] = {
    {{1, 0, 0}, "0.2.2", 7, 5, 620, 1200},      {{1, 1, 0}, "0.3.0", 7, 5, 700, 1400},
    {{1, 2, 0}, "0.4.0", 7, 5, 770, 1500},      {{1, 3, 0}, "0.4.1", 7, 5, 760, 1500},
    {{1, 4, 0}, "0.5.0", 8, 5, 780, 1600},      {{1, 5, 0}, "0.6.0", 8, 5, 780, 1600},
    {{1, 6, 0}, "0.7.0", 8, 6, 780, 1600},      {{1, 7, 0}, "0.8.1", 8, 6, 800, 1700},
    {{1, 8, 0}, "0.9.0", 9, 6, 770, 1800},      {{1, 9, 0}, "0.10.0", 9, 6, 860, 1900},
    {{1, 10, 0}, "0.11.1", 9, 6, 910, 2000},    {{1, 11, 0}, "0.12.0", 10, 7, 780, 1800},
    {{1, 12, 0}, "0.13.0", 10, 7, 800, 1900},   {{1, 13, 0}, "0.14.0", 11, 7, 1800, 3300},
    {{2, 0, 0}, "0.15.1", 11, 8, 2300, 4400},   {{2, 1, 0}, "0.16.0", 11, 8, 2500, 4600},
    {{2, 2, 0}, "0.17.0", 12, 8, 2700, 4800},   {{2, 3, 0}, "0.18.0", 12, 8, 2800, 5000},
    {{2, 4, 0}, "0.19.0", 12, 8, 2900, 5100},   {{2, 5, 0}, "0.20.0", 13, 9, 3000, 5200},
    {{2, 6, 0}, "0.21.0", 13, 9, 3000, 5300},   {{2, 7, 0}, "0.22.0", 13, 9, 3100, 5300},
    {{2, 8, 0}, "0.23.0", 13, 9, 3200, 5500},   {{2, 9, 0}, "0.24.0", 14, 10, 3400, 5700},
    {{2, 10, 0}, "0.25.0", 14, 10, 3500, 6000},
};

constexpr auto kMinorReleases = [] {
    std::array<Version, std::size(kLines)> releases;
    for (std::size_t i = 0; i < releases.size(); ++i) {
        releases[i] = kLines[i].torch;
    }
    return releases;
}();

// Old code was written for 3.6, and `cuda(async=True)` is a syntax error from 3.7 on; new code
// runs on what Debian has.
std::vector<int> preferredMinors(const Line &line)
{
    const int first = line.torch.major == 1 ? std::max(6, line.oldestMinor) : 11;
    std::vector<int> minors;
    for (int minor = first; minor <= line.newestMinor; ++minor) {
        minors.push_back(minor);
    }
    for (int minor = std::min(first - 1, line.newestMinor); minor >= line.oldestMinor; --minor) {
        minors.push_back(minor);
    }
    return minors;
}

std::string numpyRequirement(const Version &torch)
{
    if (torch < Version{1, 11, 0}) {
        return "numpy==1.19.5"; // the last for CPython 3.6
    }
    if (torch < Version{2, 0, 0}) {
        return "numpy<1.24"; // from there on names are gone that these releases use
    }
    return torch < Version{2, 3, 0} ? "numpy<2" : "numpy";
}

std::string torchvisionOf(const Line &line, int patch)
{
    auto version = Version::parse(line.torchvision);
    version->patch += patch;
    return version->toString();
}

} // namespace

std::span<const Version> minorReleases()
{
    return kMinorReleases;
}

Result<TorchRelease> torchRelease(const Version &torch)
{
    const auto *line = std::find_if(std::begin(kLines), std::end(kLines), [&torch](const Line &l) {
        return l.torch.major == torch.major && l.torch.minor == torch.minor;
    });
    if (line == std::end(kLines)) {
        return fail(Errc::InvalidArgument,
                    "environments can be made of torch 1.0 to "
                        + kMinorReleases.back().toShortString(),
                    torch.toString());
    }
    TorchRelease release;
    release.torch = torch;
    release.pythonMinors = preferredMinors(*line);
    release.requirements = {"torch==" + torch.toString(), numpyRequirement(torch)};
    if (line->torch == Version{1, 10, 0}) { // imports it at its start, and does not ask for it
        release.requirements.emplace_back("setuptools==59.6.0");
    }
    release.torchvision = torchvisionOf(*line, torch.patch);
    release.downloadMb = line->downloadMb;
    release.diskMb = line->diskMb;
    return release;
}

Result<std::string> packageRequirement(const std::string &package, const TorchRelease &release)
{
    static const std::regex name(
        R"(([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(\s*(?:[<>=!~]=?=?)\s*[A-Za-z0-9.*+!,<>=~ ]+)?)");
    std::smatch match;
    if (!std::regex_match(package, match, name)) {
        return fail(Errc::InvalidArgument, "this is no name of a package", package);
    }
    std::string lower = match[1].str();
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (lower == "torch" || lower == "numpy") {
        return fail(Errc::InvalidArgument, "its version is the environment's own matter", package);
    }
    if (lower == "torchvision" && !match[2].matched) {
        return "torchvision==" + release.torchvision;
    }
    return package;
}

} // namespace TorchLift

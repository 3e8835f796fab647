#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "download/download.h"

namespace TorchLift {

/// Where models come from, and how it is reached.
struct HubOptions
{
    std::string url = "https://huggingface.co"; ///< or a mirror with the same addresses
    NetworkOptions network;
    std::string key; ///< for repositories that ask for one; goes to the hub's host only
};

/// A file of a repository that a model needs.
struct HubFile
{
    std::string path; ///< relative to the model's folder
    std::uint64_t size = 0;
    Checksum checksum;
};

/// One state of a repository, by its commit: what is read later is of the same state.
struct HubListing
{
    std::string repository;
    std::string commit;
    std::vector<HubFile> files; ///< those that a model folder needs, no others
};

/// Asks the hub what a repository holds. Errors: those of HttpClient; NotFound; Refused where a
/// key is asked for; Incompatible for a repository without safetensors weights (pickled ones run
/// code when they are read, and are never fetched); Network for an answer that makes no sense.
[[nodiscard]] Result<HubListing> listHubModel(HttpClient &client, const HubOptions &options,
                                              const std::string &repository, std::stop_token stop);

/// Gets all files of `listing` into `folder`; those that are there and right are left alone, those
/// half there go on. Progress is over all of them, in bytes. Errors: those of download().
[[nodiscard]] Result<void> fetchHubModel(HttpClient &client, const HubOptions &options,
                                         const HubListing &listing,
                                         const std::filesystem::path &folder,
                                         const ProgressCallback &progress, std::stop_token stop);

} // namespace TorchLift

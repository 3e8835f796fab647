#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "download/httpclient.h"
#include "index/vectorcollection.h"

namespace TorchLift {

/// How a shared engine is reached.
struct EngineOptions
{
    std::string address; ///< as EngineAddress::parse() reads it
    std::string key;     ///< sent as a header, to this engine only; empty: none
    NetworkOptions network;
    int attempts = 6;                          ///< of one request, while the fault may pass
    std::chrono::milliseconds firstPause{500}; ///< before the second one; doubled each time ...
    std::chrono::milliseconds longestPause{30'000}; ///< ... up to this, Retry-After included
};

/// The collection at that address, in Qdrant (REST, 1.10 or later) or Milvus (REST v2; v1 for
/// 2.3). It need not exist. A QCoreApplication must; the collection belongs to the calling thread.
/// Errors: InvalidArgument for the address or a key that no header can carry; Refused for a key
/// over an unencrypted connection to another machine; those of HttpClient::open() and of
/// VectorCollection.
[[nodiscard]] Result<std::unique_ptr<VectorCollection>> openCollection(const EngineOptions &options,
                                                                       std::stop_token stop);

} // namespace TorchLift

#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace TorchLift {

/// Where a collection lives: qdrant://HOST[:PORT]/COLLECTION, milvus://HOST[:PORT]/COLLECTION;
/// over TLS with qdrant+https and milvus+https. A Milvus of before 2.4 makes collections on
/// another port, 9091 unless `?admin=PORT` says otherwise.
struct EngineAddress
{
    enum class Engine { Qdrant, Milvus };
    Engine engine = Engine::Qdrant;
    bool isTls = false;
    std::string host; ///< IPv6 without brackets
    int port = 0;
    std::string collection; ///< letters, digits, "_", and for Qdrant "-"
    int adminPort = 9091;

    /// Errors: InvalidArgument, also for an address with a name or key in it: these would end up
    /// in logs and settings.
    [[nodiscard]] static Result<EngineAddress> parse(std::string_view text);

    [[nodiscard]] std::string toString() const;
    [[nodiscard]] std::string baseUrl() const;  ///< "http://HOST:PORT"
    [[nodiscard]] std::string adminUrl() const; ///< the same with the other port
    [[nodiscard]] bool isLoopback() const;
};

} // namespace TorchLift

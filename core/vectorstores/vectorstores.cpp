#include "vectorstores/vectorstores.h"

#include <algorithm>

#include "vectorstores/engineaddress.h"
#include "vectorstores/milvuscollection.h"
#include "vectorstores/qdrantcollection.h"

namespace TorchLift {

Result<std::unique_ptr<VectorCollection>> openCollection(const EngineOptions &options,
                                                         std::stop_token stop)
{
    const auto address = EngineAddress::parse(options.address);
    if (!address) {
        return tl::unexpected(address.error());
    }
    if (!options.key.empty() && !address->isTls && !address->isLoopback()) {
        return fail(Errc::Refused, "the key would be sent unencrypted to another machine",
                    address->toString(), "use the engine's TLS address, like qdrant+https://");
    }
    if (std::any_of(options.key.begin(), options.key.end(),
                    [](unsigned char c) { return c < 0x20 || c >= 0x7F; })) {
        return fail(Errc::InvalidArgument, "the key holds characters that no header can have");
    }
    auto made = address->engine == EngineAddress::Engine::Qdrant
                    ? makeQdrantCollection(*address, options)
                    : makeMilvusCollection(*address, options);
    if (made) { // whoever asks for a collection wants to know now whether it can be reached
        if (auto known = (*made)->dimension(std::move(stop)); !known) {
            return tl::unexpected(known.error());
        }
    }
    return made;
}

} // namespace TorchLift

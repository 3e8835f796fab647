#pragma once

#include <memory>

#include "index/vectorcollection.h"
#include "vectorstores/engineaddress.h"
#include "vectorstores/vectorstores.h"

namespace TorchLift {

/// Qdrant by REST. Points have `page_content` and `metadata` as LangChain lays them out; ours
/// also carry `key`, `model_hash`, `version_number` and `content_hash` in the metadata, and
/// their id is a UUID made of key and model. Distance is cosine.
[[nodiscard]] Result<std::unique_ptr<VectorCollection>>
makeQdrantCollection(const EngineAddress &address, const EngineOptions &options);

} // namespace TorchLift

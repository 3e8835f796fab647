#pragma once

#include <memory>

#include "index/vectorcollection.h"
#include "vectorstores/engineaddress.h"
#include "vectorstores/vectorstores.h"

namespace TorchLift {

/// Milvus by REST v2 (2.4 and later), or v1 where that is all there is (2.3). A collection has
/// the columns id (made of key and model), vector, version_number, model_hash, content_hash,
/// page_content and metadata (JSON as text); its distance is the inner product, and what was
/// written is seen at once (consistency level Strong).
[[nodiscard]] Result<std::unique_ptr<VectorCollection>>
makeMilvusCollection(const EngineAddress &address, const EngineOptions &options);

} // namespace TorchLift

#pragma once

#include <string>

#include "base/result.h"
#include "index/vectorcollection.h"

namespace TorchLift {

/// A payload in the two halves that an engine may keep apart.
struct PayloadParts
{
    std::string text;     ///< `page_content`
    std::string metadata; ///< a JSON object
};

/// The record's payload, with `key`, `model_hash`, `version_number` and `content_hash` added to
/// its metadata. Errors: InvalidArgument for one without `metadata`.
[[nodiscard]] Result<PayloadParts> partsOf(const VectorRecord &record);

/// The payload as JSON, each half taken as it is where it can be.
[[nodiscard]] std::string payloadOf(const PayloadParts &parts);

/// The record of a payload that came from an engine, without its vector. What another program
/// wrote has no key and no model.
[[nodiscard]] VectorRecord recordOf(std::string payload);

/// What tells one payload of a record from another.
[[nodiscard]] std::string contentHashOf(const VectorRecord &record);

} // namespace TorchLift

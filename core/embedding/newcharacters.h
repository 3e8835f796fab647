#pragma once

#include <cstdint>

namespace TorchLift {

/// True for marks, punctuation and format characters that came after Unicode 8. BERT's
/// reference tokenizer has the tables of that version and takes them for letters; so do we, for
/// the vectors to be the same.
[[nodiscard]] bool isNewerThanReference(std::int32_t character) noexcept;

} // namespace TorchLift

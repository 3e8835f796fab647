#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace TorchLift {

/// A WordPiece vocabulary, one token a line in the order of their numbers: vocab.txt as it is, or
/// what tokenizer.json (the file of the "tokenizers" library, all that transformers 5 saves) holds
/// under model.vocab. Errors: those of readFile(); Damaged for what is no UTF-8, too large, or
/// leaves a number out; Incompatible for a tokenizer.json of another kind.
[[nodiscard]] Result<std::string> readWordPieceVocabulary(const std::filesystem::path &file);

} // namespace TorchLift

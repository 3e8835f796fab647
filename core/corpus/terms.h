#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace TorchLift {

/// The words under which a text is found, lower-cased. A dotted name counts whole and in parts:
/// "torch.nn.functional.log_softmax" gives itself, "torch", "nn", "functional", "log_softmax",
/// "log" and "softmax"; "DataParallel" gives "dataparallel", "data" and "parallel". A Russian
/// word is followed by the stem that all its forms share (Snowball; Porter 2001). Only letters,
/// digits, "_", "." and characters outside ASCII occur in them.
[[nodiscard]] std::vector<std::string> lexicalTerms(std::string_view text);

/// The qualified names a text speaks of, sorted: dotted names below torch, torchvision,
/// torchaudio and numpy, with the usual short forms written out (`np.`, `nn.`, `F.`, `Tensor.`).
[[nodiscard]] std::vector<std::string> symbolsOf(std::string_view text);

/// Names of attributes, methods and keyword arguments in Python code, sorted: what follows a dot,
/// and what stands before "=" inside brackets. The text need not be whole.
[[nodiscard]] std::vector<std::string> memberNamesOf(std::string_view text);

/// Pull requests a text names, sorted by number: "#148895", also from links to GitHub.
[[nodiscard]] std::vector<std::string> pullRequestsOf(std::string_view text);

} // namespace TorchLift

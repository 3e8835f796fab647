#pragma once

#include "base/result.h"
#include "session/session.h"

namespace TorchLift {

/// Whether a session that was read can be worked with: spans lie inside the old code and between
/// its characters, replacements ascend, kept pieces do not go round in circles, lines exist.
/// Errors: Damaged naming the first place that is wrong.
[[nodiscard]] Result<void> checkSession(const Session &session);

} // namespace TorchLift

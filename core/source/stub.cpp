#include "source/analysis.h"
namespace TorchLift {
const char *evidenceName(Evidence) noexcept { return ""; }
Result<Analysis> analyse(std::string_view) { return fail(Errc::Internal, "not built yet"); }
}

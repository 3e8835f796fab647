#include "base/result.h"

namespace TorchLift {

const char *errcName(Errc code) noexcept
{
    switch (code) {
    case Errc::Cancelled:
        return "cancelled";
    case Errc::InvalidArgument:
        return "invalid-argument";
    case Errc::InvalidInput:
        return "invalid-input";
    case Errc::NotFound:
        return "not-found";
    case Errc::Unreadable:
        return "unreadable";
    case Errc::Io:
        return "io";
    case Errc::TooLarge:
        return "too-large";
    case Errc::Damaged:
        return "damaged";
    case Errc::Incompatible:
        return "incompatible";
    case Errc::MissingPart:
        return "missing-part";
    case Errc::Network:
        return "network";
    case Errc::Timeout:
        return "timeout";
    case Errc::Refused:
        return "refused";
    case Errc::Internal:
        return "internal";
    }
    return "internal";
}

} // namespace TorchLift

#include "validation/run.h"

#include <array>
#include <utility>

namespace TorchLift {

namespace {

constexpr std::array<std::pair<Outcome, const char *>, 10> kNames{{
    {Outcome::Ok, "ok"},
    {Outcome::Exception, "exception"},
    {Outcome::Exit, "exit"},
    {Outcome::Signal, "signal"},
    {Outcome::Timeout, "timeout"},
    {Outcome::Memory, "memory"},
    {Outcome::OutputLimit, "output-limit"},
    {Outcome::Incomplete, "incomplete"},
    {Outcome::SandboxRefused, "sandbox-refused"},
    {Outcome::Cancelled, "cancelled"},
}};

} // namespace

const char *outcomeName(Outcome outcome) noexcept
{
    for (const auto &[value, name] : kNames) {
        if (value == outcome) {
            return name;
        }
    }
    return "incomplete";
}

std::optional<Outcome> outcomeFromName(std::string_view name) noexcept
{
    for (const auto &[value, known] : kNames) {
        if (name == known) {
            return value;
        }
    }
    return std::nullopt;
}

} // namespace TorchLift

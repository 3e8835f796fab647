#include "validation/releasesearch.h"

namespace TorchLift {

Result<std::size_t> firstReleaseWith(std::size_t good, std::size_t bad, const ReleaseProbe &probe,
                                     const ReleaseGuess &guess)
{
    while (good + 1 < bad) {
        const auto guessed = guess ? guess(good, bad) : std::nullopt;
        std::size_t next = good + (bad - good) / 2;
        if (guessed && *guessed > good && *guessed <= bad) {
            next = *guessed == bad ? bad - 1 : *guessed;
        }
        const auto isBad = probe(next);
        if (!isBad) {
            return tl::unexpected(isBad.error());
        }
        (*isBad ? bad : good) = next;
    }
    return bad;
}

} // namespace TorchLift

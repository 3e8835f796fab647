#include <algorithm>
#include <utility>

#include "migration/pinedits.h"

namespace TorchLift {

void PinEdits::commands(ByteSpan span, std::string_view linePrefix)
{
    for (const auto &[installer, isConda] :
         {std::pair<std::string_view, bool>{"pip", false}, {"conda", true}, {"mamba", true}}) {
        for (std::size_t at = m_text.find(installer, span.begin);
             at != std::string_view::npos && at < span.end; at = m_text.find(installer, at + 1)) {
            std::size_t verb = std::min(m_text.find_first_of(" \t", at), span.end);
            verb = std::min(m_text.find_first_not_of(" \t", verb), span.end);
            const std::string_view rest = textOf({verb, span.end});
            const bool isInstall =
                rest.starts_with("install ") || (isConda && rest.starts_with("create "));
            const bool isWord = at == span.begin || !isPackageNameCharacter(m_text[at - 1]);
            if (isInstall && isWord) {
                words({verb + rest.find(' '), span.end}, linePrefix, isConda);
            }
        }
    }
}

// Where a command goes on after the end of a line; nullopt: it does not.
std::optional<std::size_t> PinEdits::nextLine(std::size_t lineEnd, ByteSpan command,
                                              std::string_view linePrefix) const
{
    const std::size_t last = m_text.find_last_not_of(" \t\r\n", lineEnd);
    if (last == std::string_view::npos || m_text[last] != '\\') {
        return std::nullopt;
    }
    const std::size_t begin = std::min(m_text.find_first_not_of(" \t", lineEnd + 1), command.end);
    const bool hasPrefix =
        !linePrefix.empty() && textOf({begin, command.end}).starts_with(linePrefix);
    return begin + (hasPrefix ? linePrefix.size() : 0);
}

// The words of a command up to its end; quotes around a word are not part of it.
void PinEdits::words(ByteSpan command, std::string_view linePrefix, bool isConda)
{
    std::size_t at = command.begin;
    while (at < command.end) {
        const char c = m_text[at];
        if (c == ' ' || c == '\t' || c == '\r' || c == '\\') {
            ++at;
        } else if (c == '\n') {
            const auto next = nextLine(at, command, linePrefix);
            if (!next) {
                return;
            }
            at = *next;
        } else if (c == '&' || c == ';' || c == '|' || c == '#') {
            return;
        } else {
            const bool isQuoted = c == '"' || c == '\'';
            const std::size_t begin = at + (isQuoted ? 1 : 0);
            const std::size_t end = std::min(isQuoted ? m_text.find(c, begin)
                                                      : m_text.find_first_of(" \t\r\n;&|\\", begin),
                                             command.end);
            word({begin, end}, isConda);
            at = end + (isQuoted && end < command.end ? 1 : 0);
        }
    }
}

void PinEdits::word(ByteSpan word, bool isConda)
{
    const std::string_view text = textOf(word);
    if (text.find("://") != std::string_view::npos || text.ends_with(".whl")) {
        wheel(word);
    } else if (isConda) {
        condaSpec(word);
    } else {
        requirement(word);
    }
}

// ".../torch-1.0.0-cp36-cp36m-linux_x86_64.whl"
void PinEdits::wheel(ByteSpan address)
{
    const std::string_view text = textOf(address);
    const std::string_view file = text.substr(text.rfind('/') + 1);
    for (const char *package : {"torch", "torchvision", "torchaudio"}) {
        if (file.starts_with(std::string(package) + "-") && text.ends_with(".whl")) {
            leave("url", package, address);
        }
    }
}

} // namespace TorchLift

#include <algorithm>
#include <optional>
#include <string>

#include "migration/pinreader.h"

namespace TorchLift {

// The tag of an image: "python:3.6-slim", "pytorch/pytorch:1.0-cuda10.0-cudnn7-runtime".
void PinReader::fromLine(ByteSpan image)
{
    const std::string_view text = textOf(image);
    const std::size_t slash = text.rfind('/');
    const std::size_t colon = text.find(':', slash == std::string_view::npos ? 0 : slash);
    if (colon == std::string_view::npos) {
        return;
    }
    const std::string_view name = text.substr(0, colon);
    const ByteSpan tag{image.begin + colon + 1, image.end};
    std::size_t length = 0;
    const auto version = ReleaseNumber::parse(textOf(tag), &length);
    if (name == "nvidia/cuda") {
        m_pins.leave("cuda", "nvidia/cuda", tag);
    } else if (name.ends_with("pytorch/pytorch") && version) {
        const auto &target = m_pins.companions().torch;
        if (compare(*version, {{target.major, target.minor, target.patch}}) != 0) {
            m_pins.leave("image", "torch", image);
        }
    } else if ((name == "python" || name.ends_with("/python")) && version
               && !m_pins.isSupported(*version)) {
        const std::string_view rest = textOf({tag.begin + length, tag.end});
        if (rest.empty() || rest == "-slim") { // other variants may not be there any more
            m_pins.rewrite("python", {tag.begin, tag.begin + length}, m_pins.pinOf("python"));
        } else {
            m_pins.leave("image", "python", image);
        }
    }
}

// `PYTHON_VERSION=3.6`, `TORCH_VERSION 1.0.0`
void PinReader::variable(ByteSpan assignment)
{
    const std::string_view text = textOf(assignment);
    const std::size_t sign = std::min(text.find_first_of("= \t"), text.size());
    const std::string_view name = text.substr(0, sign);
    const std::size_t value = text.find_first_of("0123456789", sign);
    if (value == std::string_view::npos || name.find("VERSION") == std::string_view::npos) {
        return;
    }
    const char *package = name.starts_with("TORCHVISION")                            ? "torchvision"
                          : name.starts_with("TORCH") || name.starts_with("PYTORCH") ? "torch"
                          : name.starts_with("PYTHON") || name == "PY_VERSION"       ? "python"
                                                                                     : nullptr;
    const auto version = ReleaseNumber::parse(text.substr(value));
    if (package == nullptr || !version) {
        return;
    }
    const bool isFine = std::string_view(package) == "python"
                            ? m_pins.isSupported(*version)
                            : version->toString() == m_pins.pinOf(package);
    if (!isFine) {
        m_pins.leave("variable", package, assignment);
    }
}

void PinReader::instruction(std::string_view word, ByteSpan rest)
{
    if (word == "FROM") {
        std::size_t at = rest.begin;
        while (at < rest.end && m_text[at] == '-') { // --platform=...
            at = std::min(m_text.find_first_of(" \t", at), rest.end);
            at = std::min(m_text.find_first_not_of(" \t", at), rest.end);
        }
        fromLine({at, std::min(m_text.find_first_of(" \t\r\n", at), rest.end)});
    } else if (word == "ARG" || word == "ENV") {
        variable(rest);
    } else if (word == "RUN") {
        m_pins.commands(rest);
        constexpr std::string_view kPython = " python3.";
        const std::string_view text = textOf(rest);
        for (std::size_t at = text.find(kPython);
             at != std::string_view::npos
             && (text.find("apt") != std::string_view::npos
                 || text.find("yum") != std::string_view::npos);
             at = text.find(kPython, at + 1)) {
            const std::size_t end =
                std::min(text.find_first_of(" \t\r\n\\&;", at + 1), text.size());
            const auto version = ReleaseNumber::parse(text.substr(at + 7));
            if (version && !m_pins.isSupported(*version)) {
                m_pins.leave("system-package", "python", {rest.begin + at + 1, rest.begin + end});
            }
        }
    }
}

void PinReader::dockerfile()
{
    std::size_t doneTo = 0; // instructions go on over several lines
    forEachLine([&](ByteSpan line, std::size_t) {
        if (line.begin < doneTo || m_text[line.begin] == '#') {
            return;
        }
        std::size_t end = line.end;
        while (end > line.begin && m_text[end - 1] == '\\' && end < m_text.size()) {
            const std::size_t lineBreak = m_text.find('\n', end);
            if (lineBreak == std::string_view::npos) {
                break;
            }
            end = std::min(m_text.find('\n', lineBreak + 1), m_text.size());
            while (end > lineBreak + 1 && (m_text[end - 1] == '\r' || m_text[end - 1] == ' ')) {
                --end;
            }
        }
        doneTo = end;
        const std::size_t blank = std::min(m_text.find_first_of(" \t", line.begin), end);
        std::string word(textOf({line.begin, blank}));
        for (char &c : word) {
            c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        }
        const std::size_t rest = m_text.find_first_not_of(" \t", blank);
        if (rest != std::string_view::npos && rest < end) {
            instruction(word, {rest, end});
        }
    });
}

} // namespace TorchLift

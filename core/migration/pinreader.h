#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "migration/pinedits.h"

namespace TorchLift {

/// `text` without blanks at both ends.
[[nodiscard]] std::string_view withoutBlanks(std::string_view text);

/// Goes through a file of one format and hands what it pins to a PinEdits.
class PinReader final
{
public:
    PinReader(std::string_view text, PinEdits &pins)
        : m_text(text)
        , m_pins(pins)
    {}

    void requirements();
    void setupPy();
    void setupCfg();
    void pyProject();
    void pipfile();
    void condaEnvironment();
    void dockerfile();

private:
    struct Assignment
    {
        std::string_view key;
        ByteSpan value;
    };

    /// Calls `visit` for each line that is not blank, with its indentation.
    template <typename Visit>
    void forEachLine(const Visit &visit) const
    {
        const LineIndex lines(m_text);
        for (int line = 1; line <= static_cast<int>(lines.lineCount()); ++line) {
            const ByteSpan bytes = lines.spanOf(line);
            const std::string_view content = withoutBlanks(textOf(bytes));
            if (!content.empty()) {
                const auto begin = static_cast<std::size_t>(content.data() - m_text.data());
                visit(ByteSpan{begin, begin + content.size()}, begin - bytes.begin);
            }
        }
    }

    [[nodiscard]] std::string_view textOf(ByteSpan span) const
    {
        return m_text.substr(span.begin, span.size());
    }
    void poetryLine(const Assignment &line);
    void tomlStrings(ByteSpan line);
    void condaItem(ByteSpan item, bool isPip, std::string_view list);
    void fromLine(ByteSpan image);
    void instruction(std::string_view word, ByteSpan rest);
    void variable(ByteSpan assignment);
    [[nodiscard]] std::optional<Assignment> assignmentIn(ByteSpan span) const;
    [[nodiscard]] bool hasHash(ByteSpan line) const;

    std::string_view m_text;
    PinEdits &m_pins;
    std::vector<ByteSpan> m_channels; // lines that name the channel pytorch
};

} // namespace TorchLift

#include "models/linemap.h"

#include <algorithm>

namespace TorchLift {

namespace {

/// Lines [oldBegin, oldEnd) of the old text became [newBegin, newEnd) of the new; from 1.
struct Block
{
    int oldBegin = 1;
    int oldEnd = 1;
    int newBegin = 1;
    int newEnd = 1;
};

/// Every changed line is a block of its own, so that changes to neighbours stay apart; removed
/// and added lines between unchanged ones form one.
std::vector<Block> blocksOf(const DiffModel &diff)
{
    std::vector<Block> blocks;
    int oldNext = 1;
    int newNext = 1;
    bool isOpen = false; // the last block still grows
    for (const DiffRow &row : diff.rows) {
        const bool isGrowing =
            row.kind == DiffRow::Kind::Removed || row.kind == DiffRow::Kind::Added;
        if (row.kind == DiffRow::Kind::Changed || (isGrowing && !isOpen)) {
            blocks.push_back({oldNext, oldNext, newNext, newNext});
        }
        isOpen = isGrowing;
        oldNext += row.oldLine > 0 ? 1 : 0;
        newNext += row.newLine > 0 ? 1 : 0;
        if (row.kind != DiffRow::Kind::Same) {
            blocks.back().oldEnd = oldNext;
            blocks.back().newEnd = newNext;
        }
    }
    return blocks;
}

/// Bytes of lines [begin, end) with their line ends.
ByteSpan bytesOf(const LineIndex &lines, std::size_t size, int begin, int end)
{
    const auto startOf = [&lines, size](int line) {
        return static_cast<std::size_t>(line) > lines.lineCount() ? size : lines.spanOf(line).begin;
    };
    return {startOf(begin), startOf(end)};
}

bool isContinuation(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

} // namespace

LineMap::LineMap(const DiffModel &diff, std::size_t oldLines, std::size_t newLines)
    : m_toNew(oldLines + 1, 0)
    , m_toOld(newLines + 1, 0)
{
    for (const DiffRow &row : diff.rows) {
        const auto oldLine = static_cast<std::size_t>(row.oldLine);
        const auto newLine = static_cast<std::size_t>(row.newLine);
        if (oldLine > 0 && newLine > 0 && oldLine <= oldLines && newLine <= newLines) {
            m_toNew[oldLine] = row.newLine;
            m_toOld[newLine] = row.oldLine;
        }
    }
}

int LineMap::toNew(int oldLine) const noexcept
{
    const auto line = static_cast<std::size_t>(std::max(oldLine, 0));
    return line < m_toNew.size() ? m_toNew[line] : 0;
}

int LineMap::toOld(int newLine) const noexcept
{
    const auto line = static_cast<std::size_t>(std::max(newLine, 0));
    return line < m_toOld.size() ? m_toOld[line] : 0;
}

int LineMap::nearestNew(int oldLine) const noexcept
{
    for (int line = oldLine; line > 0; --line) {
        if (const int found = toNew(line); found > 0) {
            return found;
        }
    }
    return 1;
}

std::optional<TextChange> singleChange(std::string_view current, std::string_view wanted)
{
    if (current == wanted) {
        return std::nullopt;
    }
    const std::size_t shorter = std::min(current.size(), wanted.size());
    std::size_t head = 0;
    while (head < shorter && current[head] == wanted[head]) {
        ++head;
    }
    std::size_t tail = 0;
    while (tail < shorter - head
           && current[current.size() - 1 - tail] == wanted[wanted.size() - 1 - tail]) {
        ++tail;
    }
    const auto splitsCharacter = [](std::string_view text, std::size_t at) {
        return at < text.size() && isContinuation(text[at]);
    };
    while (head > 0 && (splitsCharacter(current, head) || splitsCharacter(wanted, head))) {
        --head;
    }
    while (tail > 0
           && (splitsCharacter(current, current.size() - tail)
               || splitsCharacter(wanted, wanted.size() - tail))) {
        --tail;
    }
    return TextChange{{head, current.size() - tail},
                      std::string(wanted.substr(head, wanted.size() - tail - head))};
}

std::optional<std::vector<TextChange>> carryOver(std::string_view base, std::string_view wanted,
                                                 std::string_view current)
{
    if (base == current) {
        const auto change = singleChange(current, wanted);
        return change ? std::vector{*change} : std::vector<TextChange>{};
    }
    const std::vector<Block> steps = blocksOf(diffTexts(base, wanted));
    const std::vector<Block> hands = blocksOf(diffTexts(base, current));
    const LineIndex wantedLines(wanted);
    const LineIndex currentLines(current);

    std::vector<TextChange> changes;
    std::size_t hand = 0;
    int shift = 0; // lines that hand edits added before this place
    for (const Block &step : steps) {
        while (hand < hands.size() && hands[hand].oldEnd <= step.oldBegin
               && !(hands[hand].oldBegin == hands[hand].oldEnd && step.oldBegin == step.oldEnd
                    && hands[hand].oldBegin == step.oldBegin)) {
            shift = hands[hand].newEnd - hands[hand].oldEnd;
            ++hand;
        }
        const ByteSpan text = bytesOf(wantedLines, wanted.size(), step.newBegin, step.newEnd);
        const std::string_view replacement = wanted.substr(text.begin, text.size());
        const bool isTouched =
            hand < hands.size()
            && (hands[hand].oldBegin < step.oldEnd || hands[hand].oldBegin == step.oldBegin);
        if (isTouched) {
            const Block &other = hands[hand];
            const ByteSpan typed =
                bytesOf(currentLines, current.size(), other.newBegin, other.newEnd);
            const bool isSameStep = other.oldBegin == step.oldBegin && other.oldEnd == step.oldEnd
                                    && current.substr(typed.begin, typed.size()) == replacement;
            const bool isInsertionBefore =
                other.oldBegin == other.oldEnd && step.oldBegin < step.oldEnd;
            if (isSameStep) {
                continue;
            }
            if (!isInsertionBefore) {
                return std::nullopt;
            }
            shift = other.newEnd - other.oldEnd;
            ++hand;
            if (hand < hands.size() && hands[hand].oldBegin < step.oldEnd) {
                return std::nullopt;
            }
        }
        const ByteSpan place =
            bytesOf(currentLines, current.size(), step.oldBegin + shift, step.oldEnd + shift);
        changes.push_back({place, std::string(replacement)});
    }
    return changes;
}

std::string applyChanges(std::string_view text, const std::vector<TextChange> &changes)
{
    std::string result;
    result.reserve(text.size());
    std::size_t at = 0;
    for (const TextChange &change : changes) {
        result += text.substr(at, change.span.begin - at);
        result += change.text;
        at = change.span.end;
    }
    result += text.substr(at);
    return result;
}

} // namespace TorchLift

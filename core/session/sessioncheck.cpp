#include "session/sessioncheck.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace TorchLift {

namespace {

constexpr std::size_t kMaxNestings = 1'000'000;

// Empty, or the place of the first thing that is wrong.
using Problem = std::string;

std::string element(std::string_view list, std::size_t index)
{
    return std::string(list) + '[' + std::to_string(index) + ']';
}

bool isBoundary(std::string_view text, std::size_t offset)
{
    return offset == text.size()
           || (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xC0U) != 0x80U);
}

bool isSpanOf(std::string_view text, const ByteSpan &span)
{
    return span.begin <= span.end && isBoundary(text, span.begin) && isBoundary(text, span.end);
}

Problem replacementProblem(std::string_view code, const Edit &edit)
{
    if (edit.replacements.empty()) {
        return "replacements is empty";
    }
    std::size_t after = 0;
    for (std::size_t i = 0; i < edit.replacements.size(); ++i) {
        const Replacement &replacement = edit.replacements[i];
        if (!isSpanOf(code, replacement.span)) {
            return element("replacements", i) + ".span is outside the code";
        }
        if (replacement.span.begin < after) {
            return element("replacements", i) + ".span overlaps the one before";
        }
        after = replacement.span.end;
        for (std::size_t j = 0; j < replacement.pieces.size(); ++j) {
            const Piece &piece = replacement.pieces[j];
            if (piece.isKept && !isSpanOf(code, piece.kept)) {
                return element("replacements", i) + '.' + element("pieces", j)
                       + ".kept is outside the code";
            }
        }
    }
    return {};
}

// A kept piece brings along the replacements inside it, theirs likewise, and so on: that has to
// end. Takes away, again and again, what no kept piece holds; what remains is a circle.
bool nestingEnds(const std::vector<Edit> &edits)
{
    std::vector<const Replacement *> all;
    for (const Edit &edit : edits) {
        for (const Replacement &replacement : edit.replacements) {
            all.push_back(&replacement);
        }
    }
    std::sort(all.begin(), all.end(), [](const Replacement *a, const Replacement *b) {
        return a->span.begin < b->span.begin;
    });
    std::vector<std::vector<std::size_t>> inside(all.size());
    std::vector<std::size_t> holders(all.size());
    std::size_t nestings = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (const Piece &piece : all[i]->pieces) {
            if (!piece.isKept) {
                continue;
            }
            auto at = std::lower_bound(all.begin(), all.end(), piece.kept.begin,
                                       [](const Replacement *replacement, std::size_t begin) {
                                           return replacement->span.begin < begin;
                                       });
            for (; at != all.end() && (*at)->span.begin < piece.kept.end; ++at) {
                if (++nestings > kMaxNestings) {
                    return false;
                }
                if (piece.kept.contains((*at)->span)) {
                    const auto held = static_cast<std::size_t>(at - all.begin());
                    inside[i].push_back(held);
                    ++holders[held];
                }
            }
        }
    }
    std::vector<std::size_t> free;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (holders[i] == 0) {
            free.push_back(i);
        }
    }
    for (std::size_t next = 0; next < free.size(); ++next) {
        for (const std::size_t held : inside[free[next]]) {
            if (--holders[held] == 0) {
                free.push_back(held);
            }
        }
    }
    return free.size() == all.size();
}

Problem migrationProblem(const Migration &migration)
{
    const std::string_view code = migration.oldCode;
    const auto lines = static_cast<int>(LineIndex(code).lineCount());
    const auto isLine = [&](int line) { return line >= 0 && line <= lines; };
    for (std::size_t i = 0; i < migration.edits.size(); ++i) {
        if (const Problem problem = replacementProblem(code, migration.edits[i]);
            !problem.empty()) {
            return element("edits", i) + '.' + problem;
        }
    }
    if (!nestingEnds(migration.edits)) {
        return "edits hold each other in a circle";
    }
    for (std::size_t i = 0; i < migration.residues.size(); ++i) {
        if (!isSpanOf(code, migration.residues[i].span)) {
            return element("residues", i) + ".span is outside the code";
        }
        if (!isLine(migration.residues[i].line)) {
            return element("residues", i) + ".line is outside the code";
        }
    }
    for (std::size_t i = 0; i < migration.fromEvidence.size(); ++i) {
        if (!isLine(migration.fromEvidence[i].line)) {
            return element("fromEvidence", i) + ".line is outside the code";
        }
    }
    return {};
}

} // namespace

Result<void> checkSession(const Session &session)
{
    const Problem problem = migrationProblem(session.migration);
    return problem.empty() ? Result<void>() : fail(Errc::Damaged, "migration." + problem);
}

} // namespace TorchLift

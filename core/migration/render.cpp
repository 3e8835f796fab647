#include <algorithm>
#include <map>

#include "migration/migrate.h"
#include "migration/textedit.h"
#include "source/syntaxtree.h"

namespace TorchLift {

namespace {

struct Placed
{
    const Replacement *replacement = nullptr;
    std::size_t edit = 0;
    std::size_t part = 0;
    bool isActive = false;
};

// Writes a range of the original with the replacements inside it; kept pieces are ranges again.
class Renderer
{
public:
    Renderer(std::string_view code, const std::vector<Edit> &edits)
        : m_code(code)
    {
        for (const Edit &edit : edits) {
            for (const Replacement &replacement : edit.replacements) {
                if (edit.isAccepted && edit.provenance == Provenance::Hand) {
                    m_byHand.push_back(replacement.span);
                }
            }
        }
        for (std::size_t e = 0; e < edits.size(); ++e) {
            const bool isByHand = edits[e].provenance == Provenance::Hand;
            for (std::size_t r = 0; edits[e].isAccepted && r < edits[e].replacements.size(); ++r) {
                if (isByHand || !isOverwritten(edits[e].replacements[r].span)) {
                    m_placed.push_back({&edits[e].replacements[r], e, r});
                }
            }
        }
        // Insertions first, then from the outside in.
        std::stable_sort(m_placed.begin(), m_placed.end(), [](const Placed &a, const Placed &b) {
            const ByteSpan &x = a.replacement->span;
            const ByteSpan &y = b.replacement->span;
            if (x.begin != y.begin) {
                return x.begin < y.begin;
            }
            if ((x.size() == 0) != (y.size() == 0)) {
                return x.size() == 0;
            }
            return x.end > y.end;
        });
    }

    void addImports(const std::string &lines, std::size_t position)
    {
        if (isOverwritten({position, position})) {
            return;
        }
        m_imports = lines;
        m_importPosition = position;
    }

    std::string run()
    {
        write({0, m_code.size()}, 0);
        flushImports(m_code.size() + 1);
        return std::move(m_out);
    }

    std::map<std::size_t, std::map<std::size_t, ByteSpan>> spans; ///< by edit, then replacement

private:
    // What was written by hand stands, whatever else would stand there or in front of it.
    bool isOverwritten(ByteSpan span) const
    {
        return std::any_of(m_byHand.begin(), m_byHand.end(), [&](const ByteSpan &hand) {
            const bool isInside =
                hand.begin <= span.begin && (span.begin < hand.end || hand.end == m_code.size());
            return span.size() == 0 ? isInside : hand.overlaps(span);
        });
    }

    void write(ByteSpan range, std::size_t first)
    {
        std::size_t at = range.begin;
        for (std::size_t i = first; i < m_placed.size(); ++i) {
            Placed &placed = m_placed[i];
            const ByteSpan span = placed.replacement->span;
            if (span.begin > range.end) {
                break;
            }
            if (span.begin < at || span.end > range.end || placed.isActive
                || (span.size() == 0 && isNestedEdge(range, span))) {
                continue;
            }
            copy(at, span.begin);
            replace(i);
            at = span.end;
        }
        copy(at, range.end);
    }

    // An insertion at the very edge of a kept piece belongs to what is around it.
    bool isNestedEdge(ByteSpan range, ByteSpan span) const
    {
        const bool isWhole = range.begin == 0 && range.end == m_code.size();
        return !isWhole && (span.begin == range.begin || span.begin == range.end);
    }

    void replace(std::size_t index)
    {
        Placed &placed = m_placed[index];
        placed.isActive = true;
        flushImports(placed.replacement->span.begin);
        const std::size_t begin = m_out.size();
        for (const Piece &piece : placed.replacement->pieces) {
            if (!piece.isKept) {
                m_out += piece.text;
                continue;
            }
            const auto from =
                std::partition_point(m_placed.begin(), m_placed.end(), [&](const Placed &other) {
                    return other.replacement->span.begin < piece.kept.begin;
                });
            write(piece.kept, static_cast<std::size_t>(from - m_placed.begin()));
        }
        placed.isActive = false;
        spans[placed.edit].try_emplace(placed.part, ByteSpan{begin, m_out.size()});
    }

    void copy(std::size_t begin, std::size_t end)
    {
        if (end > m_importPosition && !m_imports.empty()) {
            const std::size_t middle = std::max(begin, m_importPosition);
            m_out += m_code.substr(begin, middle - begin);
            flushImports(m_importPosition);
            begin = middle;
        }
        m_out += m_code.substr(begin, end - begin);
    }

    void flushImports(std::size_t position)
    {
        if (position < m_importPosition || m_imports.empty()) {
            return;
        }
        if (!m_out.empty() && m_out.back() != '\n') {
            m_out += lineEndOf(m_code);
        }
        m_out += m_imports;
        m_imports.clear();
    }

    std::string_view m_code;
    std::vector<ByteSpan> m_byHand;
    std::vector<Placed> m_placed;
    std::string m_out;
    std::string m_imports;
    std::size_t m_importPosition = 0;
};

bool isImportedAlready(const SyntaxTree &tree, std::string_view line)
{
    for (const NodeId statement : tree.named(tree.root())) {
        if (tree.text(statement) == line) {
            return true;
        }
    }
    return false;
}

} // namespace

Rendering render(std::string_view oldCode, const std::vector<Edit> &edits)
{
    std::vector<std::string> lines;
    for (const Edit &edit : edits) {
        for (const std::string &line : edit.imports) {
            if (edit.isAccepted && std::find(lines.begin(), lines.end(), line) == lines.end()) {
                lines.push_back(line);
            }
        }
    }
    Renderer renderer(oldCode, edits);
    if (!lines.empty()) {
        if (const Result<SyntaxTree> tree = SyntaxTree::parse(oldCode)) {
            std::string text;
            for (const std::string &line : lines) {
                if (!isImportedAlready(*tree, line)) {
                    text.append(line).append(lineEndOf(oldCode));
                }
            }
            renderer.addImports(text, importPosition(*tree));
        }
    }
    Rendering rendering;
    rendering.newCode = renderer.run();
    for (const auto &[edit, spans] : renderer.spans) {
        RenderedEdit rendered;
        rendered.editId = edits[edit].id;
        for (const auto &[part, span] : spans) {
            rendered.spans.push_back(span);
        }
        rendering.edits.push_back(std::move(rendered));
    }
    return rendering;
}

} // namespace TorchLift

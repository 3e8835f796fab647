#include "corpus/markdownsections.h"

#include <algorithm>
#include <memory>

#include <cmark-gfm.h>

namespace TorchLift {

namespace {

using Node = cmark_node;

struct NodeDeleter
{
    void operator()(Node *node) const { cmark_node_free(node); }
};

// The words of a heading without its markup.
std::string plainText(Node *heading)
{
    std::string text;
    cmark_iter *iterator = cmark_iter_new(heading);
    while (cmark_iter_next(iterator) != CMARK_EVENT_DONE) {
        Node *node = cmark_iter_get_node(iterator);
        const cmark_node_type type = cmark_node_get_type(node);
        if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) {
            text += cmark_node_get_literal(node);
        } else if (type == CMARK_NODE_SOFTBREAK) {
            text += ' ';
        }
    }
    cmark_iter_free(iterator);
    return text;
}

std::size_t countTopHeadings(Node *document)
{
    std::size_t count = 0;
    for (Node *node = cmark_node_first_child(document); node != nullptr;
         node = cmark_node_next(node)) {
        count += cmark_node_get_type(node) == CMARK_NODE_HEADING
                         && cmark_node_get_heading_level(node) == 1
                     ? 1
                     : 0;
    }
    return count;
}

class Sections
{
public:
    Sections(std::string_view text, int partLevel)
        : m_text(text)
        , m_lines(text)
        , m_partLevel(partLevel)
        , m_sections(1)
    {}

    void add(Node *node)
    {
        const cmark_node_type type = cmark_node_get_type(node);
        if (type == CMARK_NODE_HEADING) {
            MarkdownSection next;
            next.section = cmark_node_get_heading_level(node) <= m_partLevel
                               ? plainText(node)
                               : m_sections.back().section;
            next.heading = spanOf(node);
            m_sections.push_back(std::move(next));
        } else if (type == CMARK_NODE_LIST) { // each point is a fact of its own
            for (Node *item = cmark_node_first_child(node); item != nullptr;
                 item = cmark_node_next(item)) {
                addBlock(item);
            }
        } else if (type != CMARK_NODE_THEMATIC_BREAK) {
            addBlock(node);
        }
    }

    std::vector<MarkdownSection> take() { return std::move(m_sections); }

private:
    void addBlock(Node *node)
    {
        const ByteSpan span = spanOf(node);
        const std::string_view block = m_text.substr(span.begin, span.size());
        const bool isPageLink = block.find("](#") < 80 && block.ends_with(')');
        if (span.size() > 0 && !block.starts_with("<!--") && !isPageLink) {
            m_sections.back().blocks.push_back(span);
        }
    }

    // Whole lines, so that an indented block keeps its indentation; no blank lines at its end.
    [[nodiscard]] ByteSpan spanOf(Node *node) const
    {
        const ByteSpan first = m_lines.spanOf(cmark_node_get_start_line(node));
        const ByteSpan last = m_lines.spanOf(
            std::max(cmark_node_get_end_line(node), cmark_node_get_start_line(node)));
        const std::string_view text = m_text.substr(first.begin, last.end - first.begin);
        const std::size_t end = text.find_last_not_of(" \t\r\n");
        return {first.begin, end == std::string_view::npos ? first.begin : first.begin + end + 1};
    }

    std::string_view m_text;
    LineIndex m_lines;
    int m_partLevel;
    std::vector<MarkdownSection> m_sections;
};

} // namespace

std::vector<MarkdownSection> markdownSections(std::string_view text)
{
    const std::unique_ptr<Node, NodeDeleter> document(
        cmark_parse_document(text.data(), text.size(), CMARK_OPT_DEFAULT));
    Sections sections(text, countTopHeadings(document.get()) > 1 ? 1 : 2);
    for (Node *node = cmark_node_first_child(document.get()); node != nullptr;
         node = cmark_node_next(node)) {
        sections.add(node);
    }
    return sections.take();
}

} // namespace TorchLift

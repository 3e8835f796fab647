#include "corpus/notecutter.h"

#include <algorithm>
#include <set>
#include <string>

#include "corpus/markdownsections.h"
#include "corpus/splitter.h"
#include "corpus/terms.h"

namespace TorchLift {

namespace {

// One release note on its way into chunks.
class NoteCutter
{
public:
    NoteCutter(std::string_view text, std::vector<Chunk> &chunks, Chunk prototype, int &number)
        : m_text(text)
        , m_chunks(chunks)
        , m_prototype(std::move(prototype))
        , m_number(number)
    {}

    void run()
    {
        for (const MarkdownSection &section : markdownSections(m_text)) {
            m_heading = std::string(bytes(section.heading));
            m_prototype.section = section.section;
            // Every piece repeats the heading, which says what it is about.
            SplitOptions options;
            const std::size_t used = std::min(m_heading.size() + 2, options.chunkSize / 2);
            options.chunkSize -= used;
            pack(section.blocks, options);
        }
    }

private:
    [[nodiscard]] std::string_view bytes(ByteSpan span) const
    {
        return m_text.substr(span.begin, span.size());
    }

    // Whole blocks as long as they fit; what is longer than a chunk alone is cut.
    void pack(const std::vector<ByteSpan> &blocks, const SplitOptions &options)
    {
        ByteSpan current;
        for (const ByteSpan &block : blocks) {
            const bool fits = current.size() > 0 && block.end - current.begin <= options.chunkSize;
            if (fits) {
                current.end = block.end;
                continue;
            }
            add(bytes(current));
            current = {};
            if (block.size() <= options.chunkSize) {
                current = block;
                continue;
            }
            for (const ByteSpan &piece : splitRecursively(bytes(block), options)) {
                add(bytes(block).substr(piece.begin, piece.size()));
            }
        }
        add(bytes(current));
    }

    void add(std::string_view text)
    {
        if (text.empty()) {
            return;
        }
        Chunk chunk = m_prototype;
        chunk.text = m_heading + (m_heading.empty() ? "" : "\n\n") + std::string(text);
        chunk.symbols = symbolsOf(chunk.text);
        chunk.pullRequests = pullRequestsOf(chunk.text);
        chunk.key = chunkKey(chunk);
        chunk.chunkId = 'v' + chunk.version.toString() + '-' + std::to_string(++m_number);
        m_chunks.push_back(std::move(chunk));
    }

    std::string_view m_text;
    std::vector<Chunk> &m_chunks;
    Chunk m_prototype;
    int &m_number;
    std::string m_heading;
};

} // namespace

void cutNote(std::string_view text, const Chunk &prototype, int &number, std::vector<Chunk> &chunks)
{
    NoteCutter(text, chunks, prototype, number).run();
}

void dropRepeated(std::vector<Chunk> &chunks)
{
    std::set<std::string> seen;
    std::erase_if(chunks, [&](const Chunk &chunk) { return !seen.insert(chunk.key).second; });
}

} // namespace TorchLift

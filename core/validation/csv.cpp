#include "validation/csv.h"

namespace TorchLift {

namespace {

char separatorOf(std::string_view text)
{
    const std::string_view first = text.substr(0, text.find('\n'));
    return first.find(',') == std::string_view::npos && first.find(';') != std::string_view::npos
               ? ';'
               : ',';
}

class Parser
{
public:
    explicit Parser(std::string_view text)
        : m_text(text)
        , m_separator(separatorOf(text))
    {}

    Result<std::vector<CsvRecord>> parse()
    {
        while (m_at < m_text.size()) {
            CsvRecord record;
            record.line = m_line;
            if (auto read = parseRecord(record); !read) {
                return tl::unexpected(read.error());
            }
            if (record.fields.size() > 1 || !record.fields.front().empty()) {
                m_records.push_back(std::move(record));
            }
        }
        return std::move(m_records);
    }

private:
    Result<void> parseRecord(CsvRecord &record)
    {
        while (true) {
            std::string field;
            const bool isQuoted = m_at < m_text.size() && m_text[m_at] == '"';
            if (isQuoted) {
                if (auto read = parseQuoted(field); !read) {
                    return read;
                }
            } else {
                const std::size_t end =
                    std::min(m_text.find_first_of(std::string{m_separator, '\r', '\n'}, m_at),
                             m_text.size());
                field = m_text.substr(m_at, end - m_at);
                m_at = end;
            }
            record.fields.push_back(std::move(field));
            if (m_at < m_text.size() && m_text[m_at] == m_separator) {
                ++m_at;
                continue;
            }
            if (isQuoted && m_at < m_text.size() && m_text[m_at] != '\r' && m_text[m_at] != '\n') {
                return fail(Errc::InvalidInput,
                            "line " + std::to_string(m_line) + ": text behind a closing quote");
            }
            skipLineEnd();
            return {};
        }
    }

    Result<void> parseQuoted(std::string &field)
    {
        const int begin = m_line;
        for (++m_at; m_at < m_text.size(); ++m_at) {
            if (m_text[m_at] == '"') {
                if (m_at + 1 >= m_text.size() || m_text[m_at + 1] != '"') {
                    ++m_at;
                    return {};
                }
                ++m_at;
            }
            m_line += m_text[m_at] == '\n' ? 1 : 0;
            field += m_text[m_at];
        }
        return fail(Errc::InvalidInput,
                    "line " + std::to_string(begin) + ": a quote is not closed");
    }

    void skipLineEnd()
    {
        if (m_at < m_text.size() && m_text[m_at] == '\r') {
            ++m_at;
        }
        if (m_at < m_text.size() && m_text[m_at] == '\n') {
            ++m_at;
        }
        ++m_line;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    int m_line = 1;
    char m_separator;
    std::vector<CsvRecord> m_records;
};

} // namespace

std::string csvLine(const std::vector<std::string> &fields)
{
    std::string line;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        line += i == 0 ? "" : ",";
        if (fields[i].find_first_of("\",\r\n") == std::string::npos) {
            line += fields[i];
            continue;
        }
        line += '"';
        for (const char letter : fields[i]) {
            line += letter == '"' ? "\"\"" : std::string(1, letter);
        }
        line += '"';
    }
    return line + "\r\n";
}

Result<std::vector<CsvRecord>> parseCsv(std::string_view text)
{
    constexpr std::string_view byteOrderMark = "\xEF\xBB\xBF";
    if (text.substr(0, byteOrderMark.size()) == byteOrderMark) {
        text.remove_prefix(byteOrderMark.size());
    }
    return Parser(text).parse();
}

} // namespace TorchLift

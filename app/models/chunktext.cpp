#include "models/chunktext.h"

#include <QRegularExpression>
#include <QStringList>

namespace TorchLift {

namespace {

QString escaped(QStringView text)
{
    QString out = text.toString().toHtmlEscaped();
    // Zero-width and bidirectional characters could make a note read differently from what it is.
    static const QRegularExpression hidden(
        QStringLiteral("[\\x{200b}-\\x{200f}\\x{202a}-\\x{202e}\\x{2060}-\\x{2069}\\x{feff}]"));
    return out.remove(hidden);
}

QRegularExpression symbolPattern(const std::vector<std::string> &symbols)
{
    QStringList names;
    for (const std::string &symbol : symbols) {
        const QString qualified = QString::fromStdString(symbol);
        const QString last = qualified.section(QLatin1Char('.'), -1);
        names << QRegularExpression::escape(qualified);
        if (last.size() > 2) {
            names << QStringLiteral("(?:[A-Za-z_][A-Za-z_0-9]*\\.)*")
                         + QRegularExpression::escape(last);
        }
    }
    if (names.isEmpty()) {
        return {};
    }
    return QRegularExpression(QStringLiteral("(?<![A-Za-z_0-9.])(?:%1)(?![A-Za-z_0-9])")
                                  .arg(names.join(QLatin1Char('|'))));
}

class Writer
{
public:
    Writer(const std::vector<std::string> &symbols, const ChunkStyle &style)
        : m_symbols(symbolPattern(symbols))
        , m_hasSymbols(!symbols.empty())
        , m_style(style)
    {}

    QString document(const QString &markdown)
    {
        const QStringList lines = markdown.split(QLatin1Char('\n'));
        for (const QString &line : lines) {
            if (line.trimmed().startsWith(QLatin1String("```"))) {
                flush();
                m_isCode = !m_isCode;
            } else if (m_isCode) {
                m_code << line;
            } else {
                textLine(line);
            }
        }
        m_isCode = false;
        flush();
        return m_html;
    }

private:
    void textLine(const QString &line)
    {
        static const QRegularExpression heading(QStringLiteral("^\\s*#{1,6}\\s+(.*)$"));
        static const QRegularExpression item(QStringLiteral("^\\s*(?:[-*+]|\\d+\\.)\\s+(.*)$"));
        if (line.trimmed().isEmpty()) {
            flush();
        } else if (const auto title = heading.match(line); title.hasMatch()) {
            flush();
            m_html += QStringLiteral("<p><b>%1</b></p>").arg(inlineText(title.captured(1)));
        } else if (const auto point = item.match(line); point.hasMatch()) {
            flush();
            m_html += QStringLiteral("<p style=\"margin-left:10px; text-indent:-10px\">%1 %2</p>")
                          .arg(QChar(0x2022))
                          .arg(inlineText(point.captured(1)));
        } else {
            m_paragraph << line.trimmed();
        }
    }

    void flush()
    {
        if (!m_paragraph.isEmpty()) {
            m_html +=
                QStringLiteral("<p>%1</p>").arg(inlineText(m_paragraph.join(QLatin1Char(' '))));
            m_paragraph.clear();
        }
        if (!m_code.isEmpty()) {
            QStringList lines;
            for (const QString &line : std::as_const(m_code)) {
                lines << marked(line);
            }
            m_html += QStringLiteral("<pre style=\"white-space:pre-wrap; font-family:'%1'; "
                                     "color:%2\">%3</pre>")
                          .arg(m_style.monospaceFamily, m_style.codeColour,
                               lines.join(QLatin1Char('\n')));
            m_code.clear();
        }
    }

    QString inlineText(const QString &text) const
    {
        static const QRegularExpression link(QStringLiteral("!?\\[([^\\]]*)\\]\\([^)]*\\)"));
        static const QRegularExpression bold(QStringLiteral("\\*\\*([^*]+)\\*\\*"));
        QString html;
        const QStringList parts =
            QString(text).replace(link, QStringLiteral("\\1")).split(QLatin1Char('`'));
        for (qsizetype i = 0; i < parts.size(); ++i) {
            const bool isCode = i % 2 == 1;
            if (isCode) {
                html += QStringLiteral("<span style=\"font-family:'%1'; color:%2\">%3</span>")
                            .arg(m_style.monospaceFamily, m_style.codeColour, marked(parts[i]));
            } else {
                html += marked(parts[i]).replace(bold, QStringLiteral("<b>\\1</b>"));
            }
        }
        return html;
    }

    QString marked(const QString &text) const
    {
        if (!m_hasSymbols) {
            return escaped(text);
        }
        QString html;
        qsizetype at = 0;
        auto matches = m_symbols.globalMatch(text);
        while (matches.hasNext()) {
            const auto match = matches.next();
            html += escaped(QStringView(text).mid(at, match.capturedStart() - at));
            html += QStringLiteral("<span style=\"color:%1; background-color:%2; "
                                   "font-weight:600\">%3</span>")
                        .arg(m_style.symbolColour, m_style.symbolBackground,
                             escaped(match.capturedView()));
            at = match.capturedEnd();
        }
        return html + escaped(QStringView(text).mid(at));
    }

    QRegularExpression m_symbols;
    bool m_hasSymbols = false;
    ChunkStyle m_style;
    QString m_html;
    QStringList m_paragraph;
    QStringList m_code;
    bool m_isCode = false;
};

} // namespace

QString chunkHtml(const QString &markdown, const std::vector<std::string> &symbols,
                  const ChunkStyle &style)
{
    return Writer(symbols, style).document(markdown);
}

} // namespace TorchLift

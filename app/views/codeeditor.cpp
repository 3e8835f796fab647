#include "views/codeeditor.h"

#include <algorithm>

#include <QDragEnterEvent>
#include <QMimeData>
#include <QScrollBar>
#include <QUrl>

#include "models/texts.h"
#include "views/theme.h"

namespace TorchLift {

namespace {

constexpr int kNumberMargin = 0;
constexpr int kMarkerMargin = 1;
constexpr unsigned kMarginMarkers =
    (1U << CodeEditor::AcceptedMarker) | (1U << CodeEditor::PendingMarker)
    | (1U << CodeEditor::ResidueMarker) | (1U << CodeEditor::DivergenceMarker);
constexpr int kPaddingStyle = 60; // above what the lexer and Scintilla itself use
constexpr int kRemovedStyle = 61;
constexpr int kNoteStyle = 62;
constexpr std::size_t kShownOfLongLine = 400;
constexpr int kEdgeColumn = 80;

long toBgr(const QColor &colour)
{
    return colour.red() | (colour.green() << 8) | (colour.blue() << 16);
}

/// `utf8` with every line above kLongestLine cut; nullopt when there is none.
std::optional<std::string> abridged(const std::string &utf8)
{
    const LineIndex lines(utf8);
    std::string shown;
    std::size_t at = 0;
    for (std::size_t i = 1; i <= lines.lineCount(); ++i) {
        const ByteSpan line = lines.spanOf(static_cast<int>(i));
        if (line.size() <= CodeEditor::kLongestLine) {
            continue;
        }
        std::size_t cut = line.begin + kShownOfLongLine;
        while ((static_cast<unsigned char>(utf8[cut]) & 0xC0U) == 0x80U) {
            --cut;
        }
        shown.append(utf8, at, cut - at);
        shown += " \xE2\x80\xA6";
        at = line.end;
    }
    if (at == 0) {
        return std::nullopt;
    }
    return shown.append(utf8, at);
}

QString droppedFile(const QMimeData *data)
{
    const QList<QUrl> urls = data->urls();
    return urls.size() == 1 && urls.first().isLocalFile() ? urls.first().toLocalFile() : QString();
}

} // namespace

CodeEditor::CodeEditor(QWidget *parent)
    : QsciScintilla(parent)
    , m_lexer(new QsciLexerPython(this))
{
    setUtf8(true);
    setFrameShape(QFrame::NoFrame);
    setIndentationsUseTabs(false);
    setTabWidth(4);
    setAutoIndent(true);
    setBraceMatching(QsciScintilla::SloppyBraceMatch);
    setEolMode(QsciScintilla::EolUnix);
    setScrollWidth(1);
    setScrollWidthTracking(true);
    setMarginType(kNumberMargin, QsciScintilla::NumberMargin);
    setMarginType(kMarkerMargin, QsciScintilla::SymbolMargin);
    setMarginWidth(kMarkerMargin, 16);
    setMarginMarkerMask(kMarkerMargin, int(kMarginMarkers));
    setMarginSensitivity(kMarkerMargin, true);
    setMarginWidth(2, 0);
    SendScintilla(SCI_SETEXTRAASCENT, 1);
    SendScintilla(SCI_SETEXTRADESCENT, 1);
    SendScintilla(SCI_SETMARGINLEFT, 0UL, 4L);
    setAnnotationDisplay(QsciScintilla::AnnotationStandard);
    setEdgeMode(QsciScintilla::EdgeLine);
    setEdgeColumn(kEdgeColumn);
    setLexer(m_lexer);
    applyTheme();

    connect(this, &QsciScintilla::textChanged, this, &CodeEditor::sourceChanged);
    connect(this, &QsciScintilla::linesChanged, this, &CodeEditor::updateNumberMargin);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &CodeEditor::rowScrolled);
    connect(this, &QsciScintilla::marginClicked, this,
            [this](int, int line) { Q_EMIT markerClicked(line + 1); });
}

void CodeEditor::setSource(const std::string &utf8)
{
    m_isAbridged = false;
    m_whole.clear();
    if (abridged(utf8)) {
        showAbridged(utf8);
    } else {
        setReadOnly(false);
        if (lexer() == nullptr) {
            setLexer(m_lexer);
            applyTheme();
        }
        setText8(utf8);
    }
    SendScintilla(SCI_EMPTYUNDOBUFFER);
    setModified(false);
    updateNumberMargin();
}

void CodeEditor::showAbridged(const std::string &utf8)
{
    m_whole = utf8;
    m_isAbridged = true;
    setReadOnly(false);
    setLexer(nullptr);
    applyTheme();
    setText8(abridged(utf8).value_or(utf8));
    setReadOnly(true);
}

std::string CodeEditor::source() const
{
    if (m_isAbridged) {
        return m_whole;
    }
    const auto length = static_cast<std::size_t>(SendScintilla(SCI_GETLENGTH));
    const auto *text = static_cast<const char *>(SendScintillaPtrResult(SCI_GETCHARACTERPOINTER));
    return std::string(text, length);
}

void CodeEditor::setText8(const std::string &utf8)
{
    SendScintilla(SCI_CLEARALL);
    SendScintilla(SCI_SETSCROLLWIDTH, 1);
    SendScintilla(SCI_ADDTEXT, utf8.size(), utf8.data());
    SendScintilla(SCI_GOTOPOS, 0UL);
    setFirstVisibleRow(0);
    const bool isCrLf = utf8.find("\r\n") != std::string::npos;
    setEolMode(isCrLf ? QsciScintilla::EolWindows : QsciScintilla::EolUnix);
}

void CodeEditor::applyTheme()
{
    const Theme &theme = Theme::current();
    const QFont font = codeFont(m_fontSize);
    m_lexer->setDefaultFont(font);
    m_lexer->setDefaultPaper(theme.surface);
    m_lexer->setDefaultColor(theme.text);
    m_lexer->setPaper(theme.surface, -1);
    m_lexer->setColor(theme.text, -1);
    m_lexer->setFont(font, -1);
    const std::pair<int, QColor> colours[] = {
        {QsciLexerPython::Comment, theme.comment},
        {QsciLexerPython::CommentBlock, theme.comment},
        {QsciLexerPython::Number, theme.number},
        {QsciLexerPython::Keyword, theme.keyword},
        {QsciLexerPython::DoubleQuotedString, theme.string},
        {QsciLexerPython::SingleQuotedString, theme.string},
        {QsciLexerPython::TripleSingleQuotedString, theme.string},
        {QsciLexerPython::TripleDoubleQuotedString, theme.string},
        {QsciLexerPython::UnclosedString, theme.bad},
        {QsciLexerPython::ClassName, theme.definition},
        {QsciLexerPython::FunctionMethodName, theme.definition},
        {QsciLexerPython::Decorator, theme.decorator},
    };
    for (const auto &[style, colour] : colours) {
        m_lexer->setColor(colour, style);
    }
    setFont(font);
    setPaper(theme.surface);
    setColor(theme.text);
    setCaretForegroundColor(theme.text);
    setCaretWidth(2);
    setSelectionBackgroundColor(theme.isDark ? QColor(0x3a, 0x50, 0x6e) : QColor(0xc9, 0xdd, 0xf7));
    resetSelectionForegroundColor();
    setMarginsFont(font);
    setMarginsForegroundColor(theme.lineNumber);
    setMarginsBackgroundColor(theme.surface);
    setMarginBackgroundColor(kMarkerMargin, theme.surface);
    setEdgeColor(theme.isDark ? QColor(0x2a, 0x2f, 0x36) : QColor(0xec, 0xee, 0xf0));
    setMatchedBraceForegroundColor(theme.accent);
    setMatchedBraceBackgroundColor(theme.accentSoft);
    setUnmatchedBraceForegroundColor(theme.bad);
    setUnmatchedBraceBackgroundColor(theme.surface);

    const auto style = [this, &font](int number, const QColor &text, const QColor &back) {
        const auto id = static_cast<unsigned long>(number);
        SendScintilla(SCI_STYLESETFONT, id, font.family().toUtf8().constData());
        SendScintilla(SCI_STYLESETSIZE, id, static_cast<long>(font.pointSize()));
        SendScintilla(SCI_STYLESETFORE, id, toBgr(text));
        SendScintilla(SCI_STYLESETBACK, id, toBgr(back));
        SendScintilla(SCI_STYLESETEOLFILLED, id, 1L);
    };
    style(kPaddingStyle, theme.muted, theme.padding);
    style(kRemovedStyle, theme.text, theme.removedLine);
    style(kNoteStyle, theme.warning, theme.warningSoft);
    defineMarkers();
    updateNumberMargin();
}

void CodeEditor::defineMarkers()
{
    const Theme &theme = Theme::current();
    const auto define = [this](MarkerSymbol symbol, int marker, const QColor &fore,
                               const QColor &back) {
        markerDefine(symbol, marker);
        setMarkerForegroundColor(fore, marker);
        setMarkerBackgroundColor(back, marker);
    };
    define(Circle, AcceptedMarker, theme.good, theme.good);
    define(Circle, PendingMarker, theme.warning, theme.surface);
    define(RightTriangle, ResidueMarker, theme.bad, theme.bad);
    define(Background, AddedLine, theme.text, theme.addedLine);
    define(Background, RemovedLine, theme.text, theme.removedLine);
    define(Background, CurrentLine, theme.text, theme.accentSoft);
    define(ThreeRightArrows, DivergenceMarker, theme.warning, theme.surface);
    define(Background, DivergenceLine, theme.text, theme.warningSoft);

    const auto indicator = [this](IndicatorStyle style, int number, const QColor &colour,
                                  int alpha) {
        indicatorDefine(style, number);
        setIndicatorForegroundColor(colour, number);
        setIndicatorDrawUnder(true, number);
        const auto id = static_cast<unsigned long>(number);
        SendScintilla(SCI_INDICSETALPHA, id, static_cast<long>(alpha));
        SendScintilla(SCI_INDICSETOUTLINEALPHA, id, static_cast<long>(std::min(alpha + 60, 255)));
    };
    indicator(FullBoxIndicator, AddedWord, theme.addedWord, 150);
    indicator(FullBoxIndicator, RemovedWord, theme.removedWord, 150);
    indicator(SquiggleIndicator, BreakingUse, theme.accent, 255);
    indicator(SquiggleIndicator, ResidueUse, theme.bad, 255);
    indicator(StraightBoxIndicator, CurrentUse, theme.accent, 40);
    SendScintilla(SCI_INDICSETOUTLINEALPHA, static_cast<unsigned long>(CurrentUse), 255L);
}

void CodeEditor::setCodeFontSize(int pointSize)
{
    m_fontSize = pointSize;
    applyTheme();
}

void CodeEditor::updateNumberMargin()
{
    setMarginWidth(kNumberMargin, QStringLiteral("0") + QString::number(std::max(lines(), 100)));
}

void CodeEditor::clearDecorations()
{
    markerDeleteAll(-1);
    for (const int number : {AddedWord, RemovedWord, BreakingUse, ResidueUse, CurrentUse}) {
        clearIndicator(static_cast<Indicator>(number));
    }
}

void CodeEditor::markLine(int line, Marker marker)
{
    markerAdd(line - 1, marker);
}

void CodeEditor::markSpan(const ByteSpan &span, Indicator indicator)
{
    if (m_isAbridged) { // its positions are not those of the text
        return;
    }
    SendScintilla(SCI_SETINDICATORCURRENT, static_cast<unsigned long>(indicator));
    SendScintilla(SCI_INDICATORFILLRANGE, span.begin, static_cast<long>(span.size()));
}

void CodeEditor::clearMarker(Marker marker)
{
    markerDeleteAll(marker);
}

void CodeEditor::clearIndicator(Indicator indicator)
{
    SendScintilla(SCI_SETINDICATORCURRENT, static_cast<unsigned long>(indicator));
    SendScintilla(SCI_INDICATORCLEARRANGE, 0UL, SendScintilla(SCI_GETLENGTH));
}

void CodeEditor::setExtraLines(const std::vector<ExtraLines> &extra)
{
    SendScintilla(SCI_ANNOTATIONCLEARALL);
    for (const ExtraLines &block : extra) {
        const auto line = static_cast<unsigned long>(std::max(block.line - 1, 0));
        const bool isPadding = block.text.empty();
        std::string text = block.text;
        if (isPadding && block.count > 0) {
            text.assign(static_cast<std::size_t>(block.count - 1), '\n');
            text += ' ';
        }
        std::string styles(text.size(),
                           static_cast<char>(isPadding ? kPaddingStyle : kRemovedStyle));
        if (!block.note.empty()) {
            const std::string head = "  " + block.note + (text.empty() ? "" : "\n");
            text.insert(0, head);
            styles.insert(0, head.size(), static_cast<char>(kNoteStyle));
        }
        SendScintilla(SCI_ANNOTATIONSETTEXT, line, text.c_str());
        SendScintilla(SCI_ANNOTATIONSETSTYLES, line, styles.c_str());
    }
}

void CodeEditor::goToLine(int line)
{
    const auto document = static_cast<unsigned long>(std::max(line - 1, 0));
    setCursorPosition(line - 1, 0);
    const auto row = static_cast<int>(SendScintilla(SCI_VISIBLEFROMDOCLINE, document));
    const auto shown = static_cast<int>(SendScintilla(SCI_LINESONSCREEN));
    const int top = firstVisibleRow();
    if (row < top + 2 || row > top + shown - 3) {
        setFirstVisibleRow(std::max(row - shown / 3, 0));
    }
}

int CodeEditor::firstVisibleRow() const
{
    return static_cast<int>(SendScintilla(SCI_GETFIRSTVISIBLELINE));
}

void CodeEditor::setFirstVisibleRow(int row)
{
    if (row != firstVisibleRow()) {
        SendScintilla(SCI_SETFIRSTVISIBLELINE, static_cast<unsigned long>(std::max(row, 0)));
    }
}

bool CodeEditor::findText(const QString &text, bool isForward)
{
    int line = -1;
    int index = -1;
    if (!isForward && hasSelectedText()) {
        int endLine = 0;
        int endIndex = 0;
        getSelection(&line, &index, &endLine, &endIndex);
    }
    return findFirst(text, false, false, false, true, isForward, line, index);
}

ByteSpan CodeEditor::spanOfLine(int line) const
{
    const auto document = static_cast<unsigned long>(std::max(line - 1, 0));
    return {static_cast<std::size_t>(SendScintilla(SCI_POSITIONFROMLINE, document)),
            static_cast<std::size_t>(SendScintilla(SCI_GETLINEENDPOSITION, document))};
}

void CodeEditor::applyChanges(const std::vector<TextChange> &changes)
{
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
        SendScintilla(SCI_SETTARGETRANGE, change->span.begin, static_cast<long>(change->span.end));
        SendScintilla(SCI_REPLACETARGET, change->text.size(), change->text.data());
    }
}

void CodeEditor::dragEnterEvent(QDragEnterEvent *event)
{
    if (droppedFile(event->mimeData()).isEmpty()) {
        QsciScintilla::dragEnterEvent(event);
    } else {
        event->acceptProposedAction();
    }
}

void CodeEditor::dragMoveEvent(QDragMoveEvent *event)
{
    if (droppedFile(event->mimeData()).isEmpty()) {
        QsciScintilla::dragMoveEvent(event);
    } else {
        event->acceptProposedAction();
    }
}

void CodeEditor::dropEvent(QDropEvent *event)
{
    const QString path = droppedFile(event->mimeData());
    if (path.isEmpty()) {
        QsciScintilla::dropEvent(event);
    } else {
        event->acceptProposedAction();
        Q_EMIT fileDropped(path);
    }
}

} // namespace TorchLift

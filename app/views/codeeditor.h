#pragma once

#include <string>
#include <vector>

#include "models/linemap.h"
#include "views/qscintilla.h"

namespace TorchLift {

/// A pane with Python code. Positions are bytes of its UTF-8 text, lines count from 1.
///
/// Scintilla needs seconds for one line of a million characters: a text with lines above
/// kLongestLine is shown abridged and read-only; source() is the whole text all the same.
class CodeEditor : public QsciScintilla
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(CodeEditor)

public:
    static constexpr std::size_t kLongestLine = 10'000; ///< bytes

    enum Marker {
        AcceptedMarker,
        PendingMarker,
        ResidueMarker,
        AddedLine,
        RemovedLine,
        CurrentLine,
        DivergenceMarker,
        DivergenceLine
    };
    enum Indicator { AddedWord = 8, RemovedWord, BreakingUse, ResidueUse, CurrentUse };
    /// Lines that are shown but not part of the text.
    struct ExtraLines
    {
        int line = 0; ///< below this one
        int count = 0;
        std::string text;   ///< empty: blank padding
        std::string note{}; ///< one more line, above the others
    };

    explicit CodeEditor(QWidget *parent = nullptr);

    /// Replaces the text and forgets the undo history.
    void setSource(const std::string &utf8);
    [[nodiscard]] std::string source() const;
    [[nodiscard]] bool isAbridged() const { return m_isAbridged; }

    /// Colours and fonts of the current theme.
    void applyTheme();
    void setCodeFontSize(int pointSize);

    void clearDecorations();
    void markLine(int line, Marker marker);
    void markSpan(const ByteSpan &span, Indicator indicator);
    void clearMarker(Marker marker);
    void clearIndicator(Indicator indicator);
    void setExtraLines(const std::vector<ExtraLines> &lines);
    /// Scrolls so that `line` is seen, a third from the top, and puts the caret there.
    void goToLine(int line);
    /// The line at the top, counted with the extra lines.
    [[nodiscard]] int firstVisibleRow() const;
    void setFirstVisibleRow(int row);
    /// Selects the next (or previous) place of `text`; false when there is none.
    bool findText(const QString &text, bool isForward);
    [[nodiscard]] ByteSpan spanOfLine(int line) const;

Q_SIGNALS:
    /// Somebody typed, pasted, undid or redid, or the text was replaced.
    void sourceChanged();
    void fileDropped(const QString &path);
    void rowScrolled(int row);
    void markerClicked(int line);

protected:
    /// Makes `changes` (ascending, disjoint) in place, from the last to the first.
    void applyChanges(const std::vector<TextChange> &changes);
    /// For a text that is shown abridged: holds `utf8` and shows what can be shown of it.
    void showAbridged(const std::string &utf8);

    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragMoveEvent(QDragMoveEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void setText8(const std::string &utf8);
    void defineMarkers();
    void updateNumberMargin();

    QsciLexerPython *m_lexer = nullptr;
    bool m_isAbridged = false;
    std::string m_whole; // the text, when it is shown abridged
    int m_fontSize = 10;
};

} // namespace TorchLift

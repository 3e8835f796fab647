#pragma once

#include <QColor>
#include <QFont>
#include <QString>

class QApplication;

namespace TorchLift {

/// The colours of one appearance. Text on its background has a contrast of at least 4.5.
struct Theme
{
    bool isDark = false;
    QColor window;  ///< behind everything
    QColor surface; ///< panes, tables, editors
    QColor raised;  ///< headers, cards, buttons
    QColor border;
    QColor text;
    QColor muted;      ///< secondary text
    QColor accent;     ///< the one thing to do next; selection
    QColor onAccent;   ///< text on it
    QColor accentSoft; ///< background of what belongs to the selected change
    QColor good;
    QColor goodSoft;
    QColor bad;
    QColor badSoft;
    QColor warning;
    QColor warningSoft;
    QColor info;
    QColor infoSoft;

    // Code
    QColor lineNumber;
    QColor caretLine;
    QColor padding; ///< where the other side of a diff has lines and this one has none
    QColor addedLine;
    QColor addedWord;
    QColor removedLine;
    QColor removedWord;
    QColor keyword;
    QColor string;
    QColor number;
    QColor comment;
    QColor definition;
    QColor decorator;

    [[nodiscard]] static const Theme &light();
    [[nodiscard]] static const Theme &dark();
    /// The one that is shown now.
    [[nodiscard]] static const Theme &current();
};

/// "light", "dark" or "system" (what the desktop says). Sets palette and style sheet.
void applyTheme(QApplication &application, const QString &name);

/// The fixed-width font of code, `pointSize` large.
[[nodiscard]] QFont codeFont(int pointSize);

} // namespace TorchLift

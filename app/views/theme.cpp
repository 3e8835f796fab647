#include "views/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QStyleFactory>

namespace TorchLift {

namespace {

const Theme *&shownTheme()
{
    static const Theme *theme = &Theme::light();
    return theme;
}

QPalette paletteOf(const Theme &theme)
{
    QPalette palette;
    palette.setColor(QPalette::Window, theme.window);
    palette.setColor(QPalette::WindowText, theme.text);
    palette.setColor(QPalette::Base, theme.surface);
    palette.setColor(QPalette::AlternateBase, theme.raised);
    palette.setColor(QPalette::Text, theme.text);
    palette.setColor(QPalette::PlaceholderText, theme.muted);
    palette.setColor(QPalette::Button, theme.raised);
    palette.setColor(QPalette::ButtonText, theme.text);
    palette.setColor(QPalette::ToolTipBase, theme.raised);
    palette.setColor(QPalette::ToolTipText, theme.text);
    palette.setColor(QPalette::Highlight, theme.accent);
    palette.setColor(QPalette::HighlightedText, theme.onAccent);
    palette.setColor(QPalette::Link, theme.info);
    palette.setColor(QPalette::Light, theme.raised);
    palette.setColor(QPalette::Midlight, theme.raised);
    palette.setColor(QPalette::Mid, theme.border);
    palette.setColor(QPalette::Dark, theme.border);
    palette.setColor(QPalette::Shadow, theme.border);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role,
                         theme.isDark ? QColor(0x6b, 0x74, 0x80) : QColor(0x9a, 0xa3, 0xad));
    }
    return palette;
}

QString styleSheetOf(const Theme &theme)
{
    QString sheet = QStringLiteral(R"(
QMainWindow, QDialog { background: @window; }
QToolBar { background: @window; border: 0; border-bottom: 1px solid @border; padding: 5px 8px; spacing: 4px; }
QToolBar::separator { width: 1px; background: @border; margin: 5px 6px; }
QToolButton { border: 1px solid transparent; border-radius: 5px; padding: 4px 8px; color: @text; }
QToolButton:hover { background: @raised; border-color: @border; }
QToolButton:pressed, QToolButton:checked { background: @accentSoft; border-color: @border; }
QToolButton:disabled { color: @disabled; }
QToolButton::menu-indicator { image: none; width: 0; }
QPushButton { background: @raised; border: 1px solid @border; border-radius: 5px; padding: 4px 12px; color: @text; }
QPushButton:hover { border-color: @muted; }
QPushButton:pressed { background: @accentSoft; }
QPushButton:disabled { color: @disabled; background: @window; }
QPushButton[primary="true"], QToolButton[primary="true"] { background: @accent; color: @onAccent; border: 1px solid @accent; font-weight: 600; }
QPushButton[primary="true"]:hover, QToolButton[primary="true"]:hover { background: @accentHover; }
QPushButton[primary="true"]:disabled, QToolButton[primary="true"]:disabled { background: @raised; color: @disabled; border-color: @border; }
QComboBox, QSpinBox, QLineEdit { background: @surface; border: 1px solid @border; border-radius: 5px; padding: 3px 6px; color: @text; selection-background-color: @accent; selection-color: @onAccent; }
QComboBox:focus, QSpinBox:focus, QLineEdit:focus { border-color: @accent; }
QComboBox { padding-right: 18px; }
QComboBox::drop-down { border: 0; width: 18px; }
QComboBox::down-arrow { image: url(:/icons/arrowdown.svg); width: 10px; height: 10px; }
QSpinBox { padding-right: 16px; }
QSpinBox::up-button, QSpinBox::down-button { border: 0; width: 16px; background: transparent; }
QSpinBox::up-arrow { image: url(:/icons/arrowup.svg); width: 8px; height: 8px; }
QSpinBox::down-arrow { image: url(:/icons/arrowdown.svg); width: 8px; height: 8px; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
QComboBox QAbstractItemView { background: @surface; border: 1px solid @border; selection-background-color: @accentSoft; selection-color: @text; }
QSplitter::handle { background: @window; }
QSplitter::handle:hover { background: @border; }
QFrame#panel { background: @surface; border: 1px solid @border; border-radius: 6px; }
QWidget#panelHeader { background: @raised; border-top-left-radius: 6px; border-top-right-radius: 6px; border-bottom: 1px solid @border; }
QLabel#panelTitle { font-weight: 600; }
QLabel#panelCount, QLabel[muted="true"] { color: @muted; }
QWidget#changeBar { background: @raised; border-top: 1px solid @border; border-bottom-left-radius: 6px; border-bottom-right-radius: 6px; }
QLabel[badge="plain"] { background: @window; color: @muted; border: 1px solid @border; border-radius: 7px; }
QLabel[badge="good"] { background: @goodSoft; color: @good; border: 1px solid transparent; border-radius: 7px; }
QLabel[badge="warning"] { background: @warningSoft; color: @warning; border: 1px solid transparent; border-radius: 7px; }
QLabel[badge="bad"] { background: @badSoft; color: @bad; border: 1px solid transparent; border-radius: 7px; }
QLabel[badge="info"] { background: @infoSoft; color: @info; border: 1px solid transparent; border-radius: 7px; }
QFrame#messageBar[kind="error"] { background: @badSoft; border: 1px solid @bad; border-radius: 6px; }
QFrame#messageBar[kind="info"] { background: @infoSoft; border: 1px solid @info; border-radius: 6px; }
QFrame#messageBar QLabel { color: @text; }
QTabWidget::pane { border: 1px solid @border; border-radius: 6px; background: @surface; top: -1px; }
QTabBar::tab { background: transparent; color: @muted; padding: 5px 12px; border: 0; border-bottom: 2px solid transparent; margin-right: 2px; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; font-weight: 600; }
QTableView, QListView, QTreeView, QPlainTextEdit, QTextBrowser { background: @surface; border: 0; color: @text; selection-background-color: @accentSoft; selection-color: @text; alternate-background-color: @raised; gridline-color: @border; }
QTableView::item { padding: 2px 6px; }
QTableView::item:selected { background: @accentSoft; }
QHeaderView { background: @raised; border: 0; }
QHeaderView::section { background: @raised; color: @muted; border: 0; border-right: 1px solid @border; border-bottom: 1px solid @border; padding: 4px 7px; }
QStatusBar { background: @window; border-top: 1px solid @border; color: @muted; }
QStatusBar::item { border: 0; }
QProgressBar { background: @raised; border: 1px solid @border; border-radius: 4px; max-height: 8px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QMenuBar { background: @window; color: @text; }
QMenuBar::item { padding: 4px 9px; border-radius: 4px; }
QMenuBar::item:selected { background: @accentSoft; }
QMenu { background: @surface; border: 1px solid @border; padding: 4px; color: @text; }
QMenu::item { padding: 5px 26px 5px 22px; border-radius: 4px; }
QMenu::item:selected { background: @accentSoft; color: @text; }
QMenu::item:disabled { color: @disabled; }
QMenu::separator { height: 1px; background: @border; margin: 4px 6px; }
QToolTip { background: @raised; color: @text; border: 1px solid @border; padding: 4px; }
QScrollBar:vertical { background: transparent; width: 11px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 11px; margin: 0; }
QScrollBar::handle { background: @scroll; border-radius: 4px; margin: 2px; min-height: 26px; min-width: 26px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
)");
    const std::pair<const char *, QColor> colours[] = {
        {"@windowText", theme.text},
        {"@window", theme.window},
        {"@surface", theme.surface},
        {"@raised", theme.raised},
        {"@border", theme.border},
        {"@text", theme.text},
        {"@muted", theme.muted},
        {"@accentSoft", theme.accentSoft},
        {"@accentHover", theme.accent.lighter(theme.isDark ? 112 : 115)},
        {"@accent", theme.accent},
        {"@onAccent", theme.onAccent},
        {"@goodSoft", theme.goodSoft},
        {"@good", theme.good},
        {"@warningSoft", theme.warningSoft},
        {"@warning", theme.warning},
        {"@badSoft", theme.badSoft},
        {"@bad", theme.bad},
        {"@infoSoft", theme.infoSoft},
        {"@info", theme.info},
        {"@scroll", theme.isDark ? QColor(0x48, 0x50, 0x5a) : QColor(0xc4, 0xca, 0xd1)},
        {"@disabled", theme.isDark ? QColor(0x6b, 0x74, 0x80) : QColor(0x9a, 0xa3, 0xad)},
    };
    for (const auto &[name, colour] : colours) {
        sheet.replace(QLatin1String(name), colour.name());
    }
    return sheet;
}

} // namespace

const Theme &Theme::light()
{
    static const Theme theme{
        .isDark = false,
        .window = QColor(0xf3, 0xf4, 0xf6),
        .surface = QColor(0xff, 0xff, 0xff),
        .raised = QColor(0xf9, 0xfa, 0xfb),
        .border = QColor(0xd7, 0xdb, 0xe0),
        .text = QColor(0x1c, 0x21, 0x28),
        .muted = QColor(0x57, 0x60, 0x6a),
        .accent = QColor(0xb8, 0x3c, 0x09),
        .onAccent = QColor(0xff, 0xff, 0xff),
        .accentSoft = QColor(0xfd, 0xea, 0xdf),
        .good = QColor(0x15, 0x6f, 0x3a),
        .goodSoft = QColor(0xdd, 0xf3, 0xe4),
        .bad = QColor(0xb4, 0x23, 0x18),
        .badSoft = QColor(0xfd, 0xe7, 0xe5),
        .warning = QColor(0x8a, 0x5a, 0x00),
        .warningSoft = QColor(0xfd, 0xf1, 0xd0),
        .info = QColor(0x1d, 0x5f, 0xb4),
        .infoSoft = QColor(0xe3, 0xee, 0xfb),
        .lineNumber = QColor(0x6a, 0x74, 0x7f),
        .caretLine = QColor(0xf4, 0xf6, 0xf8),
        .padding = QColor(0xf0, 0xf1, 0xf3),
        .addedLine = QColor(0xe4, 0xf6, 0xe9),
        .addedWord = QColor(0x8e, 0xd9, 0xa4),
        .removedLine = QColor(0xfd, 0xea, 0xe8),
        .removedWord = QColor(0xf6, 0xb0, 0xa8),
        .keyword = QColor(0x9a, 0x29, 0x8a),
        .string = QColor(0x16, 0x6c, 0x52),
        .number = QColor(0x1d, 0x5f, 0xb4),
        .comment = QColor(0x5f, 0x6b, 0x76),
        .definition = QColor(0x5b, 0x3f, 0xc4),
        .decorator = QColor(0x6f, 0x48, 0x00),
    };
    return theme;
}

const Theme &Theme::dark()
{
    static const Theme theme{
        .isDark = true,
        .window = QColor(0x17, 0x1a, 0x1f),
        .surface = QColor(0x1d, 0x21, 0x27),
        .raised = QColor(0x25, 0x2a, 0x31),
        .border = QColor(0x38, 0x3f, 0x48),
        .text = QColor(0xe4, 0xe8, 0xec),
        .muted = QColor(0xa0, 0xaa, 0xb5),
        .accent = QColor(0xff, 0x9a, 0x6b),
        .onAccent = QColor(0x24, 0x12, 0x08),
        .accentSoft = QColor(0x47, 0x31, 0x26),
        .good = QColor(0x7f, 0xd9, 0x9c),
        .goodSoft = QColor(0x1e, 0x3a, 0x2a),
        .bad = QColor(0xff, 0xa3, 0x9a),
        .badSoft = QColor(0x4a, 0x26, 0x24),
        .warning = QColor(0xf0, 0xc4, 0x6b),
        .warningSoft = QColor(0x42, 0x36, 0x1b),
        .info = QColor(0x8c, 0xbf, 0xff),
        .infoSoft = QColor(0x1f, 0x33, 0x4d),
        .lineNumber = QColor(0x86, 0x91, 0x9d),
        .caretLine = QColor(0x23, 0x28, 0x2f),
        .padding = QColor(0x18, 0x1b, 0x20),
        .addedLine = QColor(0x1c, 0x34, 0x26),
        .addedWord = QColor(0x2f, 0x6b, 0x45),
        .removedLine = QColor(0x3f, 0x24, 0x24),
        .removedWord = QColor(0x84, 0x3a, 0x37),
        .keyword = QColor(0xe0, 0x9a, 0xe8),
        .string = QColor(0x93, 0xd8, 0xb4),
        .number = QColor(0x8c, 0xbf, 0xff),
        .comment = QColor(0x93, 0x9d, 0xa8),
        .definition = QColor(0xbd, 0xb0, 0xff),
        .decorator = QColor(0xf0, 0xc4, 0x6b),
    };
    return theme;
}

const Theme &Theme::current()
{
    return *shownTheme();
}

void applyTheme(QApplication &application, const QString &name)
{
    // Read once, before our own palette hides what the desktop says.
    static const bool isSystemDark =
        application.palette().color(QPalette::Window).lightness() < 128;
    const bool isDark =
        name == QLatin1String("dark") || (name != QLatin1String("light") && isSystemDark);
    shownTheme() = isDark ? &Theme::dark() : &Theme::light();
    application.setPalette(paletteOf(Theme::current()));
    application.setStyleSheet(styleSheetOf(Theme::current()));
}

QFont codeFont(int pointSize)
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSize(pointSize);
    return font;
}

} // namespace TorchLift

// The first divergence of two traced runs, in both panes.

#include <QAction>

#include "models/texts.h"
#include "views/codeeditor.h"
#include "views/mainwindow.h"
#include "views/migratededitor.h"

namespace TorchLift {

namespace {

std::string noteText(const Divergence &divergence, const std::string &value)
{
    constexpr std::size_t longest = 160;
    std::string text =
        Texts::differenceKind(divergence.what).toStdString() + " · " + divergence.name + " = ";
    text += value.size() > longest ? value.substr(0, longest) : value;
    return toValidUtf8(text.substr(0, text.find('\n')));
}

} // namespace

std::optional<DivergenceNote> MainWindow::divergenceNote() const
{
    if (!m_decorations) {
        return std::nullopt;
    }
    const Divergence *divergence =
        m_bench.divergence(m_decorations->oldText, m_decorations->newText);
    if (divergence == nullptr) {
        return std::nullopt;
    }
    return DivergenceNote{divergence->oldLine, divergence->newLine,
                          noteText(*divergence, divergence->oldValue),
                          noteText(*divergence, divergence->newValue)};
}

void MainWindow::jumpToDivergence()
{
    if (const auto note = divergenceNote()) {
        m_oldCode->goToLine(note->oldLine);
        m_newCode->goToLine(note->newLine);
    }
}

void MainWindow::setTrace(bool isTraced)
{
    m_traceAction->setChecked(isTraced);
    m_settings.set(QStringLiteral("run/trace"), isTraced);
    applyRunOptions();
}

void MainWindow::applyRunOptions()
{
    m_bench.setRunOptions(m_traceAction->isChecked(), m_cudaAction->isChecked());
}

} // namespace TorchLift

#include "views/aboutdialog.h"

#include <QDialogButtonBox>
#include <QEvent>
#include <QLabel>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace TorchLift {

AboutDialog::AboutDialog(QWidget *parent)
    : QDialog(parent)
    , m_text(new QTextBrowser(this))
{
    auto *title = new QLabel(QStringLiteral("TorchLift %1").arg(QStringLiteral(TORCHLIFT_VERSION)));
    QFont large = font();
    large.setPointSize(large.pointSize() + 5);
    large.setWeight(QFont::DemiBold);
    title->setFont(large);
    m_text->setOpenExternalLinks(false);
    m_text->setMinimumSize(460, 320);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(title);
    layout->addWidget(m_text, 1);
    layout->addWidget(buttons);
    retranslate();
}

void AboutDialog::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
    }
    QDialog::changeEvent(event);
}

void AboutDialog::retranslate()
{
    setWindowTitle(tr("About TorchLift"));
    const std::pair<QString, QString> parts[] = {
        {QStringLiteral("Qt 6"), QStringLiteral("LGPL-3.0")},
        {QStringLiteral("QScintilla, Scintilla"), QStringLiteral("GPL-3.0, HPND")},
        {QStringLiteral("libtorch"), QStringLiteral("BSD-3-Clause")},
        {QStringLiteral("tree-sitter, tree-sitter-python"), QStringLiteral("MIT")},
        {QStringLiteral("SQLite"), QStringLiteral("Public Domain")},
        {QStringLiteral("hnswlib, SentencePiece"), QStringLiteral("Apache-2.0")},
        {QStringLiteral("dtl"), QStringLiteral("BSD-3-Clause")},
        {QStringLiteral("cmark-gfm"), QStringLiteral("BSD-2-Clause")},
        {QStringLiteral("nlohmann-json, yaml-cpp, spdlog, utf8proc"), QStringLiteral("MIT")},
        {QStringLiteral("CLI11"), QStringLiteral("BSD-3-Clause")},
        {QStringLiteral("expected"), QStringLiteral("CC0-1.0")},
        {QStringLiteral("bubblewrap"), QStringLiteral("LGPL-2.0-or-later")},
        {QStringLiteral("libseccomp"), QStringLiteral("LGPL-2.1")},
        {QStringLiteral("all-MiniLM-L6-v2"), QStringLiteral("Apache-2.0")},
    };
    QString rows;
    for (const auto &[name, licence] : parts) {
        rows += QStringLiteral("<tr><td style=\"padding:2px 18px 2px 0\">%1</td><td>%2</td></tr>")
                    .arg(name, licence);
    }
    m_text->setHtml(
        QStringLiteral("<p>%1</p><p>%2</p><table>%3</table>")
            .arg(tr("Moves PyTorch 1.0 code to PyTorch 2.7 and proves the result.").toHtmlEscaped(),
                 tr("TorchLift's own source is under the MIT licence. QScintilla makes this "
                    "window's program as a whole GPL-3.0. The file NOTICE says more.")
                     .toHtmlEscaped(),
                 rows));
}

} // namespace TorchLift

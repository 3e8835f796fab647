#pragma once

#include <QWidget>

#include "models/resultsmodel.h"

class QPushButton;
class QSplitter;
class QTextBrowser;

namespace TorchLift {

class TablePane;

/// The results table, with the whole of the chosen cell beside it.
class ResultsPane final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ResultsPane)

public:
    explicit ResultsPane(ResultsModel *results, QWidget *parent = nullptr);

    /// Export and import, for the corner of the tabs.
    [[nodiscard]] QWidget *tools() const { return m_tools; }

Q_SIGNALS:
    void exportRequested();
    void importRequested();
    /// The user wants to see where the runs part ways first.
    void divergenceRequested();

protected:
    void changeEvent(QEvent *event) override;

private:
    void retranslate();
    void showDetails();

    ResultsModel *m_results;
    TablePane *m_table = nullptr;
    QTextBrowser *m_details = nullptr;
    QSplitter *m_splitter = nullptr;
    QWidget *m_tools = nullptr;
    QPushButton *m_export = nullptr;
    QPushButton *m_import = nullptr;
};

} // namespace TorchLift

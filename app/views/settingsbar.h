#pragma once

#include <QWidget>

#include "services/workbench.h"

class QComboBox;
class QLabel;
class QSpinBox;

namespace TorchLift {

/// Versions, mode, number of notes and acceptance, in the tool bar.
class SettingsBar final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SettingsBar)

public:
    explicit SettingsBar(QWidget *parent = nullptr);

    void setSettings(const MigrationSettings &settings);
    [[nodiscard]] MigrationSettings settings() const;
    /// The modes with a model can be chosen only where there is one.
    void setHasModel(bool hasModel);

Q_SIGNALS:
    void changed();

protected:
    void changeEvent(QEvent *event) override;

private:
    void retranslate();

    bool m_hasModel = false;
    bool m_keepsSource = false; // has no field here: it stands in the menu
    QLabel *m_fromLabel = nullptr;
    QComboBox *m_from = nullptr;
    QLabel *m_toLabel = nullptr;
    QComboBox *m_to = nullptr;
    QLabel *m_modeLabel = nullptr;
    QComboBox *m_mode = nullptr;
    QLabel *m_kLabel = nullptr;
    QSpinBox *m_k = nullptr;
    QLabel *m_acceptLabel = nullptr;
    QComboBox *m_accept = nullptr;
};

} // namespace TorchLift

#pragma once

#include <array>
#include <string>
#include <vector>

#include <QWidget>

#include "services/workbench.h"

class QComboBox;
class QLabel;
class QSpinBox;

namespace TorchLift {

/// Versions, mode, acceptance, number of notes and what embeds them, in the tool bar. Where there
/// is little room its labels go, and tool tips say what the fields are.
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
    /// The embedding models that are installed. One that is chosen and is not among them stays.
    void setEmbeddings(const std::vector<std::string> &models);

    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void changed();

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void retranslate();
    void fillEmbeddings();
    void showLabels();
    /// Of the whole bar with so many of its labels.
    [[nodiscard]] int widthWith(std::size_t labels) const;
    /// The first can be missed best.
    [[nodiscard]] std::array<QLabel *, 6> labelsByNeed() const;

    bool m_hasModel = false;
    bool m_keepsSource = false;        // has no field here: it stands in the menu
    EmbeddingChoice m_embeddingChoice; // precision and device have no field here either
    std::vector<std::string> m_embeddings;
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
    QLabel *m_embeddingLabel = nullptr;
    QComboBox *m_embedding = nullptr;
};

} // namespace TorchLift

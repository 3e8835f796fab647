#pragma once

#include <QObject>
#include <QString>
#include <QTranslator>

namespace TorchLift {

/// The interface's language, switched while running. Widgets hear of it by LanguageChange.
class Language final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Language)

public:
    explicit Language(QObject *parent = nullptr);

    /// "en", "ru", or "system": Russian where the desktop speaks it, English elsewhere.
    void set(const QString &language);
    /// "en" or "ru".
    [[nodiscard]] QString current() const;

private:
    QTranslator m_ours;
    QTranslator m_qts;
};

} // namespace TorchLift

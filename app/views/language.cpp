#include "views/language.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>

#include "models/texts.h"

namespace TorchLift {

Language::Language(QObject *parent)
    : QObject(parent)
{}

void Language::set(const QString &language)
{
    const bool isSystemRussian = QLocale::system().language() == QLocale::Russian;
    const bool isRussian =
        language == QLatin1String("ru") || (language != QLatin1String("en") && isSystemRussian);
    QCoreApplication::removeTranslator(&m_ours);
    QCoreApplication::removeTranslator(&m_qts);
    Texts::setLanguage(isRussian ? QStringLiteral("ru") : QStringLiteral("en"));
    QLocale::setDefault(isRussian ? QLocale(QLocale::Russian) : QLocale(QLocale::English));
    // English has translations too: they hold the plural forms.
    const QString name = QStringLiteral(":/i18n/torchlift_%1.qm").arg(Texts::language());
    if (isRussian
        && m_qts.load(QStringLiteral("qtbase_ru"),
                      QLibraryInfo::path(QLibraryInfo::TranslationsPath))) {
        QCoreApplication::installTranslator(&m_qts);
    }
    if (m_ours.load(name)) {
        QCoreApplication::installTranslator(&m_ours);
    }
}

QString Language::current() const
{
    return Texts::language();
}

} // namespace TorchLift

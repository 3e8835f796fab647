#include "views/windowsettings.h"

#include <algorithm>

#include "models/texts.h"

namespace TorchLift {

namespace {

constexpr qsizetype kRecentFiles = 10;

QString allowanceOf(const QString &folder, const QString &host)
{
    return folder + QLatin1Char('|') + host;
}

} // namespace

WindowSettings::WindowSettings(const std::filesystem::path &configFolder)
    : m_settings(qstring((configFolder / "window.ini").string()), QSettings::IniFormat)
{}

QString WindowSettings::text(const QString &key, const QString &fallback) const
{
    return m_settings.value(key, fallback).toString();
}

int WindowSettings::number(const QString &key, int fallback) const
{
    bool isNumber = false;
    const int value = m_settings.value(key).toInt(&isNumber);
    return isNumber ? value : fallback;
}

bool WindowSettings::flag(const QString &key, bool fallback) const
{
    return m_settings.value(key, fallback).toBool();
}

QByteArray WindowSettings::bytes(const QString &key) const
{
    return m_settings.value(key).toByteArray();
}

void WindowSettings::set(const QString &key, const QVariant &value)
{
    m_settings.setValue(key, value);
}

QStringList WindowSettings::recentFiles() const
{
    return m_settings.value(QStringLiteral("recent")).toStringList();
}

void WindowSettings::addRecentFile(const QString &path)
{
    QStringList files = recentFiles();
    files.removeAll(path);
    files.prepend(path);
    set(QStringLiteral("recent"), QStringList(files.mid(0, kRecentFiles)));
}

MigrationSettings WindowSettings::migration() const
{
    MigrationSettings settings;
    settings.options.from = Version::parse(text(QStringLiteral("migration/from")).toStdString());
    settings.options.to = Version::parse(text(QStringLiteral("migration/to")).toStdString())
                              .value_or(Version{2, 7, 0});
    settings.options.accept = static_cast<Acceptance>(
        std::clamp(number(QStringLiteral("migration/accept"), int(Acceptance::Review)), 0, 2));
    settings.options.keepsSource = flag(QStringLiteral("migration/keepsSource"), false);
    settings.mode =
        static_cast<MigrationMode>(std::clamp(number(QStringLiteral("migration/mode"), 0), 0, 2));
    settings.k =
        static_cast<std::size_t>(std::clamp(number(QStringLiteral("migration/k"), 6), 1, 100));
    EmbeddingChoice &embedding = settings.embedding;
    const std::string model = text(QStringLiteral("embedding/model")).toStdString();
    embedding.model = model.empty() ? embedding.model : model;
    embedding.precision = precisionOf(text(QStringLiteral("embedding/precision")).toStdString())
                              .value_or(embedding.precision);
    embedding.device =
        deviceOf(text(QStringLiteral("embedding/device")).toStdString()).value_or(embedding.device);
    return settings;
}

void WindowSettings::setMigration(const MigrationSettings &settings)
{
    set(QStringLiteral("migration/from"),
        settings.options.from ? qstring(settings.options.from->toString()) : QString());
    set(QStringLiteral("migration/to"), qstring(settings.options.to.toString()));
    set(QStringLiteral("migration/accept"), int(settings.options.accept));
    set(QStringLiteral("migration/keepsSource"), settings.options.keepsSource);
    set(QStringLiteral("migration/mode"), int(settings.mode));
    set(QStringLiteral("migration/k"), int(settings.k));
    set(QStringLiteral("embedding/model"), qstring(settings.embedding.model));
    set(QStringLiteral("embedding/precision"),
        QString::fromLatin1(precisionName(settings.embedding.precision)));
    set(QStringLiteral("embedding/device"),
        QString::fromLatin1(deviceName(settings.embedding.device)));
}

ChatProfile WindowSettings::profile() const
{
    ChatProfile profile;
    profile.baseUrl = text(QStringLiteral("model/url")).toStdString();
    profile.model = text(QStringLiteral("model/name")).toStdString();
    profile.name = profile.model;
    return profile;
}

void WindowSettings::setProfile(const ChatProfile &profile)
{
    set(QStringLiteral("model/url"), qstring(profile.baseUrl));
    set(QStringLiteral("model/name"), qstring(profile.model));
}

QStringList WindowSettings::dataFiles(const QString &file) const
{
    return m_settings.value(QStringLiteral("run/data")).toMap().value(file).toStringList();
}

void WindowSettings::setDataFiles(const QString &file, const QStringList &paths)
{
    QVariantMap all = m_settings.value(QStringLiteral("run/data")).toMap();
    if (paths.isEmpty()) {
        all.remove(file);
    } else {
        all.insert(file, paths);
    }
    set(QStringLiteral("run/data"), all);
}

bool WindowSettings::isAllowed(const QString &folder, const QString &host) const
{
    return m_settings.value(QStringLiteral("model/allowed"))
        .toStringList()
        .contains(allowanceOf(folder, host));
}

void WindowSettings::allow(const QString &folder, const QString &host)
{
    QStringList allowed = m_settings.value(QStringLiteral("model/allowed")).toStringList();
    allowed << allowanceOf(folder, host);
    set(QStringLiteral("model/allowed"), allowed);
}

} // namespace TorchLift

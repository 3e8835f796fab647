#pragma once

#include <filesystem>

#include <QByteArray>
#include <QSettings>
#include <QStringList>

#include "services/workbench.h"

namespace TorchLift {

/// What the window remembers, in config/window.ini. Never a key.
class WindowSettings final
{
public:
    explicit WindowSettings(const std::filesystem::path &configFolder);

    [[nodiscard]] QString text(const QString &key, const QString &fallback = {}) const;
    [[nodiscard]] int number(const QString &key, int fallback) const;
    [[nodiscard]] bool flag(const QString &key, bool fallback) const;
    [[nodiscard]] QByteArray bytes(const QString &key) const;
    void set(const QString &key, const QVariant &value);

    [[nodiscard]] QStringList recentFiles() const;
    void addRecentFile(const QString &path);

    [[nodiscard]] MigrationSettings migration() const;
    void setMigration(const MigrationSettings &settings);
    /// What code of this file may read when it runs.
    [[nodiscard]] QStringList dataFiles(const QString &file) const;
    void setDataFiles(const QString &file, const QStringList &paths);
    /// Without the key.
    [[nodiscard]] ChatProfile profile() const;
    void setProfile(const ChatProfile &profile);

    /// Whether the user agreed that code of `folder` goes to `host`.
    [[nodiscard]] bool isAllowed(const QString &folder, const QString &host) const;
    void allow(const QString &folder, const QString &host);

private:
    QSettings m_settings;
};

} // namespace TorchLift

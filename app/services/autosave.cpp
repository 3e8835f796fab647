#include "services/autosave.h"

#include <QDir>
#include <QFile>
#include <QUuid>

namespace TorchLift {

namespace {

const QString kPattern = QStringLiteral("autosave-*.torchlift");

std::unique_ptr<QLockFile> lockOf(const QString &path)
{
    auto lock = std::make_unique<QLockFile>(path + QStringLiteral(".lock"));
    lock->setStaleLockTime(0); // void when its process is gone, never because of its age
    return lock;
}

} // namespace

Autosave::Autosave(QString folder)
    : m_folder(std::move(folder))
{
    const QString path =
        QDir(m_folder).filePath(QStringLiteral("autosave-%1.torchlift")
                                    .arg(QUuid::createUuid().toString(QUuid::WithoutBraces)));
    if (!QDir().mkpath(m_folder)) {
        return;
    }
    m_lock = lockOf(path);
    if (m_lock->tryLock()) {
        m_path = path;
    }
}

QString Autosave::abandoned() const
{
    const QDir folder(m_folder);
    for (const QString &name : folder.entryList({kPattern}, QDir::Files, QDir::Time)) {
        const QString path = folder.filePath(name);
        if (path != m_path && lockOf(path)->tryLock()) {
            return path;
        }
    }
    return {};
}

bool Autosave::adopt(const QString &abandoned)
{
    const auto lock = lockOf(abandoned);
    return !m_path.isEmpty() && lock->tryLock() && QFile::rename(abandoned, m_path);
}

} // namespace TorchLift

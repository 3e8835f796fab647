#pragma once

#include <memory>

#include <QLockFile>
#include <QString>

namespace TorchLift {

/// Where one running window keeps what a crash must not lose: a session file of its own, held by
/// a lock that the system's process table makes void when the process is gone.
class Autosave final
{
public:
    explicit Autosave(QString folder);

    /// This window's own file; it need not exist. Empty when the folder cannot be written.
    [[nodiscard]] const QString &path() const { return m_path; }
    /// The newest file whose window was not closed properly; empty when there is none.
    [[nodiscard]] QString abandoned() const;
    /// Makes that file this window's own; false when another window was faster.
    [[nodiscard]] bool adopt(const QString &abandoned);

private:
    QString m_folder;
    QString m_path;
    std::unique_ptr<QLockFile> m_lock;
};

} // namespace TorchLift

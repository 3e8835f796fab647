#pragma once

#include <filesystem>
#include <map>

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "base/files.h"
#include "support/stubserver.h"

namespace TorchLift::Testing {

/// A model hub's answers for one repository, whose files are those of a folder.
class StubHub
{
public:
    explicit StubHub(const std::filesystem::path &folder)
    {
        for (const auto &entry : std::filesystem::recursive_directory_iterator(folder)) {
            if (entry.is_regular_file()) {
                m_files[entry.path().lexically_relative(folder).generic_string()] =
                    QByteArray::fromStdString(*readFile(entry.path()));
            }
        }
    }

    /// For StubServer::answerWith().
    [[nodiscard]] StubReply operator()(const StubRequest &request) const
    {
        const QByteArray path = request.path.split('?').front();
        if (path.endsWith("/revision/main")) {
            return StubReply::body("{\"sha\":\"" + QByteArray(40, 'c') + "\"}", "application/json");
        }
        if (path.contains("/tree/")) {
            return StubReply::body(tree(), "application/json");
        }
        const qsizetype begin = path.indexOf("/resolve/");
        const auto file = begin < 0 ? m_files.end() : m_files.find(nameIn(path.mid(begin)));
        if (file == m_files.end()) {
            return StubReply::body("nothing", "text/plain", 404);
        }
        const QByteArray range = request.header("range"); // "bytes=1000-"
        if (range.isEmpty()) {
            return StubReply::body(file->second, "text/plain");
        }
        const qsizetype from = range.mid(6).chopped(1).toLongLong();
        StubReply rest = StubReply::body(file->second.mid(from), "text/plain", 206);
        rest.headers.push_back({"Content-Range", "bytes " + QByteArray::number(from) + '-'
                                                     + QByteArray::number(file->second.size() - 1)
                                                     + '/'
                                                     + QByteArray::number(file->second.size())});
        return rest;
    }

private:
    // "/resolve/COMMIT/NAME"
    static std::string nameIn(const QByteArray &path)
    {
        return path.mid(path.indexOf('/', 9) + 1).toStdString();
    }

    [[nodiscard]] QByteArray tree() const
    {
        QJsonArray entries;
        for (const auto &[name, bytes] : m_files) {
            const QByteArray head = "blob " + QByteArray::number(bytes.size()) + '\0';
            const QByteArray oid =
                QCryptographicHash::hash(head + bytes, QCryptographicHash::Sha1).toHex();
            entries.append(QJsonObject{{QStringLiteral("type"), QStringLiteral("file")},
                                       {QStringLiteral("path"), QString::fromStdString(name)},
                                       {QStringLiteral("size"), bytes.size()},
                                       {QStringLiteral("oid"), QString::fromLatin1(oid)}});
        }
        return QJsonDocument(entries).toJson(QJsonDocument::Compact);
    }

    std::map<std::string, QByteArray> m_files;
};

} // namespace TorchLift::Testing

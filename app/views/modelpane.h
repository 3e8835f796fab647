#pragma once

#include <QString>
#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace TorchLift {

/// The language model's answer as it comes, then its explanation apart from its code.
class ModelPane final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ModelPane)

public:
    explicit ModelPane(QWidget *parent = nullptr);

    void setHasProfile(bool hasProfile);
    void start();
    void append(const QString &text);
    void finish(const QString &code, const QString &explanation, bool isCutOff);
    /// The answer ended early; what came stays.
    void stop();
    void clear();
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void useCodeRequested(const QString &code);
    void setUpRequested();

protected:
    void changeEvent(QEvent *event) override;

private:
    enum class State { Empty, Streaming, Stopped, Done };
    void retranslate();

    State m_state = State::Empty;
    bool m_hasProfile = false;
    bool m_isCutOff = false;
    QString m_code;
    QLabel *m_title = nullptr;
    QPlainTextEdit *m_text = nullptr;
    QPushButton *m_use = nullptr;
    QPushButton *m_setUp = nullptr;
};

} // namespace TorchLift

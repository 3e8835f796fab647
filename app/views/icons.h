#pragma once

#include <QIcon>
#include <QString>

namespace TorchLift {

/// The drawing `name` of resources/icons in the colours of the theme shown now.
[[nodiscard]] QIcon icon(const QString &name);
/// The same in one colour.
[[nodiscard]] QIcon icon(const QString &name, const QColor &colour);

} // namespace TorchLift

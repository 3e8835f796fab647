#include "source/sourcefile.h"

#include <utility>

namespace TorchLift {

Result<SourceFile> SourceFile::decode(const std::filesystem::path &name, std::string bytes)
{
    SourceFile file;
    if (name.extension() == ".ipynb") {
        auto notebook = Notebook::parse(std::move(bytes));
        if (!notebook) {
            return tl::unexpected(notebook.error());
        }
        file.notebook = std::move(*notebook);
        file.text.utf8 = file.notebook->code();
        return file;
    }
    auto text = decodeSource(bytes);
    if (!text) {
        return tl::unexpected(text.error());
    }
    file.text = std::move(*text);
    return file;
}

Result<std::string> SourceFile::encode(std::string_view newCode) const
{
    return notebook ? notebook->withCode(newCode) : encodeSource(newCode, text);
}

std::string SourceFile::placeOf(int line) const
{
    if (!notebook) {
        return "line " + std::to_string(line);
    }
    const Notebook::Place place = notebook->placeOf(line);
    return "cell " + std::to_string(place.cell) + ", line " + std::to_string(place.line);
}

} // namespace TorchLift

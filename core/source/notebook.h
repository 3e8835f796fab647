#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"

namespace TorchLift {

/// The Python of a Jupyter notebook (nbformat 4) as one text, so that what one cell imports is
/// known in the next. Lines that IPython alone reads (`%matplotlib inline`, `!pip install x`,
/// whole `%%bash` cells) stand in it as `pass` with the line itself in a comment, after
/// magicPrefix(): what is edited there is edited in the notebook. Outputs, metadata and all other
/// bytes of the file are never touched.
class Notebook
{
public:
    /// Errors: InvalidInput for broken JSON, another format or another language than Python.
    [[nodiscard]] static Result<Notebook> parse(std::string json);

    [[nodiscard]] const std::string &code() const noexcept { return m_code; }

    /// What stands before the text of a line that IPython reads.
    [[nodiscard]] std::string magicPrefix() const { return "pass  " + m_mark + ": "; }

    /// The notebook with `newCode`, which edits of code() led to, in its cells. Cells that stay
    /// the same keep their bytes. Errors: InvalidInput when the cells cannot be told apart, or a
    /// line that IPython reads has gone.
    [[nodiscard]] Result<std::string> withCode(std::string_view newCode) const;

    /// A line of code() as a reader of the notebook finds it; cells count from 1, all kinds.
    struct Place
    {
        int cell = 0;
        int line = 0;
    };
    [[nodiscard]] Place placeOf(int line) const noexcept;

private:
    struct Cell
    {
        int number = 0;
        ByteSpan source;    ///< the JSON value in m_json
        std::string text;   ///< as the notebook has it
        std::string python; ///< its part of m_code
        int firstLine = 0;  ///< in m_code
    };

    [[nodiscard]] std::string markOf(const Cell &cell) const;
    void maskMagics(Cell &cell) const;
    void join();
    [[nodiscard]] std::string restored(std::string_view python) const;
    [[nodiscard]] std::string sourceJson(const Cell &cell, const std::string &text) const;

    std::string m_json;
    std::string m_code;
    std::string m_mark; ///< a comment that the notebook does not contain
    std::vector<Cell> m_cells;
};

} // namespace TorchLift

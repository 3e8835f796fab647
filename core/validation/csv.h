#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace TorchLift {

/// One record of a CSV file and the line (from 1) it begins on.
struct CsvRecord
{
    std::vector<std::string> fields;
    int line = 0;
};

/// One record with its line end (CRLF), fields quoted where RFC 4180 asks for it.
[[nodiscard]] std::string csvLine(const std::vector<std::string> &fields);

/// Reads RFC 4180, also with lone LF, a byte order mark, and ';' between fields (told by the
/// first line). Errors: InvalidInput with the line: an open quote, text behind a closed one.
[[nodiscard]] Result<std::vector<CsvRecord>> parseCsv(std::string_view text);

} // namespace TorchLift

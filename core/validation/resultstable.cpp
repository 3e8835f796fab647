#include "validation/resultstable.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/files.h"
#include "base/text.h"
#include "validation/csv.h"
#include "validation/numbers.h"

namespace TorchLift {

namespace {

// The ten columns that the seeds' tables have, in their order, then Verdict, then further ones.
enum Column {
    Api,
    WorksOldSource,
    OutOldSource,
    ErrOldSource,
    WorksOldTarget,
    OutOldTarget,
    ErrOldTarget,
    WorksNewTarget,
    OutNewTarget,
    ErrNewTarget,
    VerdictColumn,
    KnownColumns
};

std::string flag(bool value)
{
    return value ? "True" : "False";
}

// What stood on stderr, else how it ended: a time-out prints nothing.
std::string errorText(const Run &run)
{
    if (!run.errorOutput.empty() || run.works()) {
        return run.errorOutput;
    }
    std::string text = outcomeName(run.outcome);
    if (!run.errorType.empty()) {
        text += ": " + run.errorType + ": " + run.errorMessage;
    }
    return text;
}

void addRun(std::vector<std::string> &fields, const std::optional<Run> &run)
{
    fields.push_back(run ? flag(run->works()) : "");
    fields.push_back(run ? run->output : "");
    fields.push_back(run ? errorText(*run) : "");
}

void addFurther(std::vector<std::string> &fields, const std::optional<Run> &run)
{
    fields.emplace_back(run ? outcomeName(run->outcome) : "");
    fields.push_back(run && run->errorLine > 0 ? std::to_string(run->errorLine) : "");
    fields.push_back(run ? std::to_string(static_cast<long long>(run->wallMs)) : "");
}

void addObservations(std::vector<std::string> &fields, const std::optional<Run> &run)
{
    if (!run) {
        fields.insert(fields.end(), 3, "");
        return;
    }
    const auto deprecations =
        std::count_if(run->warnings.begin(), run->warnings.end(), isDeprecation);
    const auto all = static_cast<std::ptrdiff_t>(run->warnings.size());
    fields.push_back(std::to_string(all - deprecations));
    fields.push_back(std::to_string(deprecations));
    fields.push_back(std::to_string(run->peakMemoryBytes / (1024 * 1024)));
}

void addDivergence(std::vector<std::string> &fields, const ResultRow &row)
{
    if (!row.divergence) {
        fields.insert(fields.end(), {row.isTraced ? "none" : "", "", "", "", ""});
        return;
    }
    const Divergence &divergence = *row.divergence;
    fields.insert(fields.end(),
                  {divergence.what + ": " + divergence.name, std::to_string(divergence.oldLine),
                   std::to_string(divergence.newLine), divergence.oldValue, divergence.newValue});
}

// The largest shift of all values that differ.
void addShift(std::vector<std::string> &fields, const ResultRow &row)
{
    const DistributionShift *largest = nullptr;
    if (row.verdict) {
        for (const Difference &difference : row.verdict->differences) {
            if (difference.distribution
                && (largest == nullptr || difference.distribution->psi > largest->psi)) {
                largest = &*difference.distribution;
            }
        }
    }
    fields.push_back(largest != nullptr ? numberText(largest->psi) : "");
    fields.push_back(largest != nullptr ? numberText(largest->kl) : "");
}

void replaceAll(std::string &text, std::string_view what, std::string_view by)
{
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + by.size())) {
        text.replace(at, what.size(), by);
    }
}

// A heading of either language and generation as the stable English one.
std::string canonicalHeading(std::string heading)
{
    const std::size_t begin = heading.find_first_not_of(" \t");
    const std::size_t end = heading.find_last_not_of(" \t");
    heading = begin == std::string::npos ? std::string() : heading.substr(begin, end - begin + 1);
    replaceAll(heading, "Работает в", "Is work in");
    replaceAll(heading, "(после RAG)", "(RAG)");
    replaceAll(heading, "(after RAG)", "(RAG)");
    return heading == "Вердикт" ? "Verdict" : heading;
}

std::optional<bool> parseFlag(const std::string &text)
{
    if (text == "True" || text == "true" || text == "TRUE" || text == "1" || text == "1.0") {
        return true;
    }
    if (text == "False" || text == "false" || text == "FALSE" || text == "0" || text == "0.0") {
        return false;
    }
    return std::nullopt;
}

using Places = std::array<std::size_t, KnownColumns>;
constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

Result<Places> findColumns(const CsvRecord &header)
{
    std::map<std::string, std::size_t> byName;
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
        byName.emplace(canonicalHeading(header.fields[i]), i);
    }
    Places places;
    for (std::size_t column = 0; column < KnownColumns; ++column) {
        const std::string &name = resultColumns()[column];
        const auto found = byName.find(name);
        if (found == byName.end() && column != VerdictColumn) {
            return fail(Errc::InvalidInput, "the table has no column \"" + name + "\"", name);
        }
        places[column] = found == byName.end() ? kAbsent : found->second;
    }
    return places;
}

Result<std::optional<bool>> flagOf(const CsvRecord &record, std::size_t place)
{
    const std::string &text = record.fields[place];
    const auto value = parseFlag(text);
    if (!value && !text.empty() && text != "nan") {
        return fail(Errc::InvalidInput, "line " + std::to_string(record.line)
                                            + ": neither True nor False: " + toValidUtf8(text));
    }
    return value;
}

Result<ImportedRow> parseRow(const CsvRecord &record, const Places &places)
{
    ImportedRow row;
    const auto text = [&](Column column) {
        return places[column] == kAbsent ? std::string()
                                         : toValidUtf8(record.fields[places[column]]);
    };
    for (const auto &[column, target] : {std::pair(WorksOldSource, &row.worksOldAtSource),
                                         {WorksOldTarget, &row.worksOldAtTarget},
                                         {WorksNewTarget, &row.worksNewAtTarget}}) {
        const auto value = flagOf(record, places[column]);
        if (!value) {
            return tl::unexpected(value.error());
        }
        *target = *value;
    }
    row.api = text(Api);
    row.outOldAtSource = text(OutOldSource);
    row.errOldAtSource = text(ErrOldSource);
    row.outOldAtTarget = text(OutOldTarget);
    row.errOldAtTarget = text(ErrOldTarget);
    row.outNewAtTarget = text(OutNewTarget);
    row.errNewAtTarget = text(ErrNewTarget);
    row.verdict = text(VerdictColumn);
    return row;
}

} // namespace

const std::vector<std::string> &resultColumns()
{
    static const std::vector<std::string> columns{
        "API",
        "Is work in 1.0.0",
        "Out 1.0.0",
        "Err 1.0.0",
        "Is work in 2.7.0",
        "Out 2.7.0",
        "Err 2.7.0",
        "Is work in 2.7.0 (RAG)",
        "RAG Out 2.7.0",
        "RAG Err 2.7.0",
        "Verdict",
        "File",
        "Outcome 1.0.0",
        "Error line 1.0.0",
        "Time 1.0.0 (ms)",
        "Outcome 2.7.0",
        "Error line 2.7.0",
        "Time 2.7.0 (ms)",
        "RAG Outcome 2.7.0",
        "RAG Error line 2.7.0",
        "RAG Time 2.7.0 (ms)",
        "Compared",
        "Differences",
        "CUDA as CPU",
        "Warnings 1.0.0",
        "Deprecations 1.0.0",
        "Peak memory 1.0.0 (MiB)",
        "Warnings 2.7.0",
        "Deprecations 2.7.0",
        "Peak memory 2.7.0 (MiB)",
        "RAG Warnings 2.7.0",
        "RAG Deprecations 2.7.0",
        "RAG Peak memory 2.7.0 (MiB)",
        "First divergence",
        "Divergence line old",
        "Divergence line new",
        "Divergence value old",
        "Divergence value new",
        "PSI",
        "KL",
        "Explained by",
    };
    return columns;
}

std::string resultsToCsv(const std::vector<ResultRow> &rows)
{
    std::string csv = csvLine(resultColumns());
    for (const ResultRow &row : rows) {
        std::vector<std::string> fields{row.api};
        addRun(fields, row.oldAtSource);
        addRun(fields, row.oldAtTarget);
        addRun(fields, row.newAtTarget);
        fields.emplace_back(row.verdict ? verdictName(row.verdict->kind) : "");
        fields.push_back(row.file);
        addFurther(fields, row.oldAtSource);
        addFurther(fields, row.oldAtTarget);
        addFurther(fields, row.newAtTarget);
        fields.push_back(row.verdict ? std::to_string(row.verdict->compared) : "");
        fields.push_back(row.verdict ? std::to_string(row.verdict->differences.size()) : "");
        fields.push_back(row.oldAtSource ? flag(row.oldAtSource->conditions.isCudaOnCpu) : "");
        addObservations(fields, row.oldAtSource);
        addObservations(fields, row.oldAtTarget);
        addObservations(fields, row.newAtTarget);
        addDivergence(fields, row);
        addShift(fields, row);
        fields.push_back(row.verdict ? joined(row.verdict->explainedBy, " ") : "");
        csv += csvLine(fields);
    }
    return csv;
}

Result<std::vector<ImportedRow>> resultsFromCsv(std::string_view csv)
{
    const auto records = parseCsv(csv);
    if (!records) {
        return tl::unexpected(records.error());
    }
    if (records->empty()) {
        return fail(Errc::InvalidInput, "the table is empty");
    }
    const CsvRecord &header = records->front();
    const auto places = findColumns(header);
    if (!places) {
        return tl::unexpected(places.error());
    }
    std::vector<ImportedRow> rows;
    for (auto record = records->begin() + 1; record != records->end(); ++record) {
        if (record->fields.size() != header.fields.size()) {
            return fail(Errc::InvalidInput, "line " + std::to_string(record->line) + ": "
                                                + std::to_string(record->fields.size())
                                                + " fields instead of "
                                                + std::to_string(header.fields.size()));
        }
        auto row = parseRow(*record, *places);
        if (!row) {
            return tl::unexpected(row.error());
        }
        rows.push_back(std::move(*row));
    }
    return rows;
}

Result<std::vector<ImportedRow>> importResults(const std::filesystem::path &fileOrFolder)
{
    std::error_code error;
    if (!std::filesystem::is_directory(fileOrFolder, error)) {
        return readFile(fileOrFolder).and_then([](const std::string &csv) {
            return resultsFromCsv(csv);
        });
    }
    std::vector<std::filesystem::path> files;
    for (const auto &entry : std::filesystem::directory_iterator(fileOrFolder, error)) {
        if (entry.path().extension() == ".csv") {
            files.push_back(entry.path());
        }
    }
    if (files.empty()) {
        return fail(Errc::NotFound, "the folder holds no *.csv", fileOrFolder.string());
    }
    std::sort(files.begin(), files.end());
    std::vector<ImportedRow> all;
    for (const std::filesystem::path &file : files) {
        auto rows = importResults(file);
        if (!rows) {
            rows.error().subject = file.string();
            return rows;
        }
        for (ImportedRow &row : *rows) {
            row.model = toValidUtf8(file.stem().string());
            all.push_back(std::move(row));
        }
    }
    return all;
}

} // namespace TorchLift

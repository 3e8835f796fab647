#include "validation/cases.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/text.h"
#include "validation/csv.h"

namespace TorchLift {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t kMaxCasesBytes = 512U * 1024U * 1024U;

// One case as it stands in its file.
struct RawCase
{
    std::string place; // "line 3"
    std::optional<std::string> name, oldText, newText;
    std::string fault;
};

bool isPath(const std::string &text)
{
    return text.ends_with(".py") && text.find_first_of("\n\r") == std::string::npos;
}

// Code as it is, or the content of the file that is named.
Result<std::string> codeOf(const std::string &text, const fs::path &folder)
{
    return isPath(text) ? readFile(folder / text) : Result<std::string>(text);
}

std::vector<BatchCase> finished(const std::vector<RawCase> &raw, const fs::path &folder)
{
    std::vector<BatchCase> cases;
    std::set<std::string> names;
    for (const RawCase &one : raw) {
        BatchCase made;
        const std::string fallback = "case " + std::to_string(cases.size() + 1);
        made.name = one.name && !one.name->empty() ? toValidUtf8(*one.name) : fallback;
        made.fault = one.fault;
        for (const auto &[text, field, code] : {std::tuple(&one.oldText, "old", &made.oldCode),
                                                std::tuple(&one.newText, "new", &made.newCode)}) {
            if (!made.fault.empty()) {
                break;
            }
            if (!*text || (*text)->empty()) {
                made.fault = one.place + ": \"" + field + "\" is missing";
            } else if (auto bytes = codeOf(**text, folder)) {
                *code = std::move(*bytes);
            } else {
                made.fault = one.place + ": " + bytes.error().subject + ": " + bytes.error().detail;
            }
        }
        if (!names.insert(made.name).second) {
            if (made.fault.empty()) {
                made.fault = one.place + ": an earlier case has the name \"" + made.name + "\"";
            }
            made.name += " (" + one.place + ")";
            names.insert(made.name);
        }
        cases.push_back(std::move(made));
    }
    return cases;
}

RawCase fromJson(const Json &object, std::string place)
{
    RawCase raw;
    raw.place = std::move(place);
    if (!object.is_object()) {
        raw.fault = raw.place + ": no JSON object with \"name\", \"old\" and \"new\"";
        return raw;
    }
    for (const auto &[field, target] :
         {std::pair("name", &raw.name), std::pair("old", &raw.oldText),
          std::pair("new", &raw.newText)}) {
        const auto found = object.find(field);
        if (found == object.end()) {
            continue;
        }
        if (found->is_string()) {
            *target = found->get<std::string>();
        } else {
            raw.fault = raw.place + ": \"" + field + "\" is no string";
        }
    }
    return raw;
}

Result<std::vector<RawCase>> parseJson(const std::string &text, const std::string &name)
{
    const Json document = Json::parse(text, nullptr, false);
    const Json *list = &document;
    if (document.is_object() && document.contains("cases")) {
        list = &document.at("cases");
    }
    if (!list->is_array()) {
        return fail(Errc::InvalidInput, "no JSON array of cases", name);
    }
    std::vector<RawCase> raw;
    for (const Json &object : *list) {
        raw.push_back(fromJson(object, "case " + std::to_string(raw.size() + 1)));
    }
    return raw;
}

std::vector<RawCase> parseLines(const std::string &text)
{
    std::vector<RawCase> raw;
    int line = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string one = text.substr(at, end - at);
        at = end + 1;
        ++line;
        if (one.find_first_not_of(" \t\r") != std::string::npos) {
            raw.push_back(
                fromJson(Json::parse(one, nullptr, false), "line " + std::to_string(line)));
        }
    }
    return raw;
}

Result<std::vector<RawCase>> parseTable(const std::string &text, const std::string &name)
{
    const auto records = parseCsv(text);
    if (!records) {
        return tl::unexpected(records.error());
    }
    std::map<std::string, std::size_t> columns;
    if (!records->empty()) {
        const std::vector<std::string> &header = records->front().fields;
        for (std::size_t i = 0; i < header.size(); ++i) {
            columns.emplace(header[i], i);
        }
    }
    for (const char *column : {"old", "new"}) {
        if (columns.count(column) == 0) {
            return fail(Errc::InvalidInput,
                        std::string("the table has no column \"") + column + "\"", name);
        }
    }
    std::vector<RawCase> raw;
    for (auto record = records->begin() + 1; record != records->end(); ++record) {
        RawCase one;
        one.place = "line " + std::to_string(record->line);
        for (const auto &[column, target] :
             {std::pair("name", &one.name), std::pair("old", &one.oldText),
              std::pair("new", &one.newText)}) {
            const auto found = columns.find(column);
            if (found != columns.end() && found->second < record->fields.size()) {
                *target = record->fields[found->second];
            }
        }
        raw.push_back(std::move(one));
    }
    return raw;
}

// NAME/old.py with NAME/new.py, and NAME_old.py with NAME_new.py.
Result<std::vector<RawCase>> listFolder(const fs::path &folder)
{
    std::map<std::string, RawCase> byName;
    std::error_code error;
    fs::directory_iterator entries(folder, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
        const std::string file = entries->path().filename().string();
        std::error_code ignored;
        if (entries->is_directory(ignored)) {
            for (const auto &[part, target] :
                 {std::pair("old.py", &RawCase::oldText), std::pair("new.py", &RawCase::newText)}) {
                if (fs::exists(entries->path() / part, ignored)) {
                    byName[file].*target = file + "/" + part;
                }
            }
            continue;
        }
        for (const auto &[ending, target] :
             {std::pair("_old.py", &RawCase::oldText), std::pair("_new.py", &RawCase::newText)}) {
            if (file.ends_with(ending)) {
                byName[file.substr(0, file.size() - std::string_view(ending).size())].*target =
                    file;
            }
        }
    }
    if (error) {
        return fail(Errc::Unreadable, error.message(), folder.string());
    }
    std::vector<RawCase> raw;
    for (auto &[name, one] : byName) {
        one.name = name;
        one.place = name;
        raw.push_back(std::move(one));
    }
    return raw;
}

Result<std::vector<RawCase>> parseFile(const fs::path &file, const std::string &text)
{
    const std::string name = file.string();
    const std::string extension = file.extension().string();
    if (extension == ".json") {
        return parseJson(text, name);
    }
    if (extension == ".jsonl" || extension == ".ndjson") {
        return parseLines(text);
    }
    if (extension == ".csv") {
        auto raw = parseTable(text, name);
        if (!raw && raw.error().subject.empty()) {
            raw.error().subject = name;
        }
        return raw;
    }
    return fail(Errc::InvalidInput, "cases are read from .json, .jsonl and .csv, or a folder",
                name);
}

} // namespace

Result<std::vector<BatchCase>> readCases(const fs::path &fileOrFolder)
{
    std::error_code ignored;
    const bool isFolder = fs::is_directory(fileOrFolder, ignored);
    Result<std::vector<RawCase>> raw;
    if (isFolder) {
        raw = listFolder(fileOrFolder);
    } else {
        const auto text = readFile(fileOrFolder, kMaxCasesBytes);
        if (!text) {
            return tl::unexpected(text.error());
        }
        raw = parseFile(fileOrFolder, *text);
    }
    if (!raw) {
        return tl::unexpected(raw.error());
    }
    if (raw->empty()) {
        return fail(Errc::InvalidInput,
                    isFolder ? "it holds neither NAME/old.py with NAME/new.py nor NAME_old.py with "
                               "NAME_new.py"
                             : "it holds no case",
                    fileOrFolder.string());
    }
    return finished(*raw, isFolder ? fileOrFolder : fileOrFolder.parent_path());
}

} // namespace TorchLift

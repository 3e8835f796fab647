#include "embedding/safetensors.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <optional>
#include <set>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace TorchLift {

namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kMaxHeaderBytes = 8ULL * 1024 * 1024;
constexpr std::size_t kLengthBytes = 8; // the header's length, little endian
constexpr int kMaxDepth = 3;            // {tensor: {"shape": [...]}}

struct TypeName
{
    std::string_view name;
    TensorType type;
    std::uint64_t size;
};

constexpr TypeName kTypes[] = {
    {"F64", TensorType::F64, 8},   {"F32", TensorType::F32, 4}, {"F16", TensorType::F16, 2},
    {"BF16", TensorType::BF16, 2}, {"I64", TensorType::I64, 8}, {"I32", TensorType::I32, 4},
    {"I16", TensorType::I16, 2},   {"I8", TensorType::I8, 1},   {"U8", TensorType::U8, 1},
    {"BOOL", TensorType::Bool, 1},
};

// Counted before parsing, so that a nest of a million brackets costs nothing.
bool isShallow(std::string_view json)
{
    int depth = 0;
    bool isInString = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (isInString) {
            i += c == '\\' ? 1 : 0;
            isInString = c != '"';
        } else if (c == '"') {
            isInString = true;
        } else if (c == '{' || c == '[') {
            if (++depth > kMaxDepth) {
                return false;
            }
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return true;
}

// nlohmann keeps the last of two equal names silently; here they are an attack or an accident.
std::optional<Json> parseWithoutDuplicates(std::string_view text)
{
    std::vector<std::set<std::string>> names;
    bool hasDuplicate = false;
    const auto watch = [&](int, Json::parse_event_t event, Json &parsed) {
        if (event == Json::parse_event_t::object_start) {
            names.emplace_back();
        } else if (event == Json::parse_event_t::object_end) {
            names.pop_back();
        } else if (event == Json::parse_event_t::key) {
            hasDuplicate = !names.back().insert(parsed.get<std::string>()).second || hasDuplicate;
        }
        return true;
    };
    Json json = Json::parse(text.begin(), text.end(), watch, false);
    if (json.is_discarded() || hasDuplicate || !json.is_object()) {
        return std::nullopt;
    }
    return json;
}

// nullopt: not a whole number from 0 to what a signed 64-bit number holds.
std::optional<std::uint64_t> asSize(const Json &value)
{
    if (!value.is_number_unsigned()) {
        return std::nullopt;
    }
    const auto number = value.get<std::uint64_t>();
    constexpr auto limit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return number <= limit ? std::optional(number) : std::nullopt;
}

std::optional<std::uint64_t> multiply(std::uint64_t a, std::uint64_t b)
{
    std::uint64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? std::nullopt : std::optional(product);
}

struct Entry
{
    TensorView view;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

// The entry, or what is wrong with it.
tl::expected<Entry, std::string> readEntry(const Json &json)
{
    const auto wrong = [](const char *what) { return tl::unexpected<std::string>(what); };
    if (!json.is_object() || json.size() != 3 || !json.contains("dtype") || !json.contains("shape")
        || !json.contains("data_offsets")) {
        return wrong("needs dtype, shape and data_offsets");
    }
    const Json &dtype = json["dtype"];
    const auto *type =
        !dtype.is_string()
            ? std::end(kTypes)
            : std::find_if(std::begin(kTypes), std::end(kTypes), [&](const TypeName &candidate) {
                  return candidate.name == dtype.get_ref<const std::string &>();
              });
    if (type == std::end(kTypes)) {
        return wrong("has an unknown dtype");
    }
    Entry entry;
    entry.view.type = type->type;
    std::optional<std::uint64_t> bytes = type->size;
    if (!json["shape"].is_array() || json["shape"].size() > 8) {
        return wrong("has no usable shape");
    }
    for (const Json &extent : json["shape"]) {
        const auto size = asSize(extent);
        bytes = size && bytes ? multiply(*bytes, *size) : std::nullopt;
        if (!bytes) {
            return wrong("has a negative or overflowing shape");
        }
        entry.view.shape.push_back(static_cast<std::int64_t>(*size));
    }
    const Json &offsets = json["data_offsets"];
    if (!offsets.is_array() || offsets.size() != 2 || !asSize(offsets[0]) || !asSize(offsets[1])) {
        return wrong("has no usable data_offsets");
    }
    entry.begin = *asSize(offsets[0]);
    entry.end = *asSize(offsets[1]);
    if (entry.end < entry.begin || entry.end - entry.begin != *bytes) {
        return wrong("has data_offsets that do not fit its shape");
    }
    return entry;
}

} // namespace

class SafeTensors::Mapping
{
public:
    Mapping(void *address, std::size_t size)
        : m_address(address)
        , m_size(size)
    {}
    ~Mapping() { ::munmap(m_address, m_size); }
    Mapping(const Mapping &) = delete;
    Mapping &operator=(const Mapping &) = delete;

    [[nodiscard]] std::span<const std::byte> bytes() const
    {
        return {static_cast<const std::byte *>(m_address), m_size};
    }

    static Result<std::shared_ptr<const Mapping>> open(const std::filesystem::path &file)
    {
        // NOLINTBEGIN(concurrency-mt-unsafe): glibc's strerror is thread-safe
        const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0) {
            return fail(errno == ENOENT || errno == ENOTDIR ? Errc::NotFound : Errc::Unreadable,
                        std::strerror(errno), file.string());
        }
        struct stat info
        {
        };
        const bool isFile = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
        if (!isFile || info.st_size <= static_cast<off_t>(kLengthBytes)) {
            ::close(fd);
            return isFile ? fail(Errc::Damaged, "too short for a safetensors file", file.string())
                          : fail(Errc::Unreadable, "it is not a regular file", file.string());
        }
        const auto size = static_cast<std::size_t>(info.st_size);
        void *address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
        const int reason = errno;
        ::close(fd);
        if (address == MAP_FAILED) {
            return fail(Errc::Unreadable, std::strerror(reason), file.string());
        }
        // NOLINTEND(concurrency-mt-unsafe)
        return std::make_shared<const Mapping>(address, size);
    }

private:
    void *m_address;
    std::size_t m_size;
};

Result<std::shared_ptr<const SafeTensors>> SafeTensors::open(const std::filesystem::path &file)
{
    const auto damaged = [&](const std::string &what) {
        return fail(Errc::Damaged, what, file.string());
    };
    auto mapping = Mapping::open(file);
    if (!mapping) {
        return tl::unexpected(mapping.error());
    }
    const std::span<const std::byte> bytes = (*mapping)->bytes();
    std::uint64_t headerBytes = 0;
    std::memcpy(&headerBytes, bytes.data(), kLengthBytes);
    if (headerBytes > kMaxHeaderBytes || headerBytes > bytes.size() - kLengthBytes) {
        return damaged("the header's length is beyond the file or the limit");
    }
    const std::string_view header(reinterpret_cast<const char *>(bytes.data()) + kLengthBytes,
                                  static_cast<std::size_t>(headerBytes));
    if (!isShallow(header)) {
        return damaged("the header is nested too deeply");
    }
    const auto json = parseWithoutDuplicates(header);
    if (!json) {
        return damaged("the header is no JSON object, or names a tensor twice");
    }

    const auto data = bytes.subspan(kLengthBytes + header.size());
    std::shared_ptr<SafeTensors> tensors(new SafeTensors);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
    for (const auto &[name, value] : json->items()) {
        if (name == "__metadata__") {
            continue;
        }
        auto entry = readEntry(value);
        if (!entry) {
            return damaged("tensor " + name + ' ' + entry.error());
        }
        if (entry->end > data.size()) {
            return damaged("tensor " + name + " reaches beyond the end of the file");
        }
        entry->view.bytes = data.subspan(static_cast<std::size_t>(entry->begin),
                                         static_cast<std::size_t>(entry->end - entry->begin));
        ranges.emplace_back(entry->begin, entry->end);
        tensors->m_tensors.emplace(name, std::move(entry->view));
    }
    std::sort(ranges.begin(), ranges.end());
    std::uint64_t expected = 0;
    for (const auto &[begin, end] : ranges) {
        if (begin != expected) {
            return damaged(begin < expected ? "tensors overlap"
                                            : "there is a hole between tensors");
        }
        expected = end;
    }
    if (expected != data.size()) {
        return damaged("there are bytes behind the last tensor");
    }
    tensors->m_mapping = std::move(*mapping);
    return tensors;
}

const TensorView *SafeTensors::find(std::string_view name) const
{
    const auto found = m_tensors.find(name);
    return found == m_tensors.end() ? nullptr : &found->second;
}

} // namespace TorchLift

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/files.h"
#include "index/dotproduct.h"
#include "index/vectorindex.h"

namespace TorchLift {

namespace {

static_assert(std::endian::native == std::endian::little, "the file is little endian");

constexpr std::string_view kMagic("TLVECT\r\n", 8); // \r\n: a text transfer damages it visibly
constexpr std::uint32_t kFormatVersion = 1;
constexpr std::uint32_t kInnerProduct = 1;
constexpr std::size_t kChecksumBytes = 64; // SHA-256 in hexadecimal
constexpr std::size_t kMaxFileBytes = std::size_t{8} << 30U;
constexpr std::uint64_t kMaxDimension = 65536;

template <typename Number>
void append(std::string &bytes, Number number)
{
    bytes.append(reinterpret_cast<const char *>(&number), sizeof number);
}

void appendText(std::string &bytes, const std::string &text)
{
    append(bytes, static_cast<std::uint32_t>(text.size()));
    bytes += text;
}

// Reads from the front of what is left; any attempt to read beyond it fails for good.
class Reader
{
public:
    explicit Reader(std::string_view bytes)
        : m_left(bytes)
    {}

    template <typename Number>
    Number number()
    {
        Number value{};
        const std::string_view bytes = take(sizeof value);
        if (!bytes.empty()) {
            std::memcpy(&value, bytes.data(), sizeof value);
        }
        return value;
    }

    std::string text() { return std::string(take(number<std::uint32_t>())); }

    std::string_view take(std::size_t count)
    {
        if (count > m_left.size()) {
            m_isGood = false;
            return {};
        }
        const std::string_view taken = m_left.substr(0, count);
        m_left.remove_prefix(count);
        return taken;
    }

    [[nodiscard]] std::size_t left() const { return m_left.size(); }
    [[nodiscard]] bool isGood() const { return m_isGood; }

private:
    std::string_view m_left;
    bool m_isGood = true;
};

} // namespace

Result<void> saveVectors(const std::filesystem::path &file, const VectorTable &table)
{
    const bool fits = table.dimension > 0 && table.dimension <= kMaxDimension
                      && table.values.size() == table.keys.size() * table.dimension;
    if (!fits || !areFinite(table.values)) {
        return fail(Errc::InvalidArgument, "keys and values do not fit, or values are not finite",
                    file.string());
    }
    std::string bytes(kMagic);
    append(bytes, kFormatVersion);
    append(bytes, kInnerProduct);
    append(bytes, static_cast<std::uint64_t>(table.dimension));
    append(bytes, static_cast<std::uint64_t>(table.keys.size()));
    appendText(bytes, table.modelHash);
    for (const std::string &key : table.keys) {
        appendText(bytes, key);
    }
    bytes.append(reinterpret_cast<const char *>(table.values.data()),
                 table.values.size() * sizeof(float));
    bytes += sha256Hex(bytes);
    return writeFileAtomically(file, bytes);
}

Result<VectorTable> loadVectors(const std::filesystem::path &file)
{
    const auto damaged = [&](const char *what) {
        return fail(Errc::Damaged, what, file.string(), "torchlift-cli corpus build");
    };
    const auto bytes = readFile(file, kMaxFileBytes);
    if (!bytes) {
        return tl::unexpected(bytes.error());
    }
    if (bytes->size() < kMagic.size() + sizeof kFormatVersion + kChecksumBytes
        || !bytes->starts_with(kMagic)) {
        return damaged("it is no vector file, or cut off");
    }
    const std::string_view content(bytes->data(), bytes->size() - kChecksumBytes);
    if (sha256Hex(content) != std::string_view(*bytes).substr(content.size())) {
        return damaged("the checksum is wrong");
    }
    Reader reader(content.substr(kMagic.size()));
    const auto version = reader.number<std::uint32_t>();
    if (version != kFormatVersion) {
        return fail(Errc::Incompatible, "format version " + std::to_string(version), file.string());
    }
    const auto metric = reader.number<std::uint32_t>();
    const auto dimension = reader.number<std::uint64_t>();
    const auto count = reader.number<std::uint64_t>();
    if (metric != kInnerProduct || dimension == 0 || dimension > kMaxDimension
        || count > reader.left()) { // each row takes more than a byte
        return damaged("metric, dimension or count makes no sense");
    }
    VectorTable table;
    table.dimension = static_cast<std::size_t>(dimension);
    table.modelHash = reader.text();
    table.keys.reserve(static_cast<std::size_t>(count));
    for (std::uint64_t i = 0; i < count && reader.isGood(); ++i) {
        table.keys.push_back(reader.text());
    }
    const std::size_t values = table.keys.size() * table.dimension;
    if (!reader.isGood() || reader.left() != values * sizeof(float)) {
        return damaged("lengths do not add up");
    }
    table.values.resize(values);
    std::memcpy(table.values.data(), reader.take(values * sizeof(float)).data(),
                values * sizeof(float));
    return areFinite(table.values) ? Result<VectorTable>(std::move(table))
                                   : damaged("values are not finite");
}

} // namespace TorchLift

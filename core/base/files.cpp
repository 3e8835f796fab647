#include "base/files.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace TorchLift {

namespace {

class Descriptor
{
public:
    explicit Descriptor(int fd)
        : m_fd(fd)
    {}
    ~Descriptor()
    {
        if (m_fd >= 0) {
            ::close(m_fd);
        }
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    [[nodiscard]] int get() const { return m_fd; }
    [[nodiscard]] bool isOpen() const { return m_fd >= 0; }

private:
    int m_fd;
};

std::string systemReason()
{
    return std::strerror(errno); // NOLINT(concurrency-mt-unsafe): glibc's is thread-safe since 2.32
}

// Opens a regular file; O_NONBLOCK so that a FIFO without a writer does not hang us.
Result<std::unique_ptr<Descriptor>> openRegular(const std::filesystem::path &path,
                                                struct stat &info)
{
    auto file = std::make_unique<Descriptor>(
        ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file->isOpen()) {
        const Errc code = errno == ENOENT || errno == ENOTDIR ? Errc::NotFound : Errc::Unreadable;
        return fail(code, systemReason(), path.string());
    }
    if (::fstat(file->get(), &info) != 0) {
        return fail(Errc::Unreadable, systemReason(), path.string());
    }
    if (S_ISDIR(info.st_mode)) {
        return fail(Errc::Unreadable, "it is a folder", path.string());
    }
    if (!S_ISREG(info.st_mode)) {
        return fail(Errc::Unreadable, "it is not a regular file", path.string());
    }
    return file;
}

Result<void> writeAll(int fd, std::string_view bytes, const std::filesystem::path &path)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return fail(Errc::Io, systemReason(), path.string());
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(fd) != 0) {
        return fail(Errc::Io, systemReason(), path.string());
    }
    return {};
}

// Where `path` finally leads, also when nothing is there yet; nothing for a loop of links.
std::optional<std::filesystem::path> followLinks(std::filesystem::path path)
{
    constexpr int kMostLinks = 40; // as the kernel
    for (int i = 0; i < kMostLinks; ++i) {
        std::error_code error;
        const std::filesystem::path next = std::filesystem::read_symlink(path, error);
        if (error) {
            return path;
        }
        path = path.parent_path() / next; // an absolute `next` replaces all of it
    }
    return std::nullopt;
}

// A new file in `folder` with the mode that the user's umask gives; -1 with errno set.
int createTemporary(const std::filesystem::path &folder, std::filesystem::path &path)
{
    static std::atomic<unsigned> counter = 0;
    for (int attempt = 0; attempt < 100; ++attempt) {
        path =
            folder / (".torchlift-" + std::to_string(::getpid()) + '-' + std::to_string(counter++));
        const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST) {
            return fd;
        }
    }
    return -1;
}

class Sha256
{
public:
    void add(std::string_view bytes)
    {
        m_length += bytes.size();
        for (const char c : bytes) {
            m_block[m_used++] = static_cast<unsigned char>(c);
            if (m_used == m_block.size()) {
                compress();
                m_used = 0;
            }
        }
    }

    std::string hex()
    {
        const std::uint64_t bits = m_length * 8U;
        std::string padding(1, '\x80');
        while ((m_length + padding.size()) % 64 != 56) {
            padding += '\0';
        }
        for (int shift = 56; shift >= 0; shift -= 8) {
            padding += static_cast<char>((bits >> static_cast<unsigned>(shift)) & 0xFFU);
        }
        add(padding);
        static constexpr std::string_view digits = "0123456789abcdef";
        std::string out;
        for (const std::uint32_t word : m_state) {
            for (int shift = 28; shift >= 0; shift -= 4) {
                out += digits[(word >> static_cast<unsigned>(shift)) & 0xFU];
            }
        }
        return out;
    }

private:
    static std::uint32_t rotate(std::uint32_t x, unsigned n) { return (x >> n) | (x << (32U - n)); }

    void compress()
    {
        static constexpr std::array<std::uint32_t, 64> k = {
            0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
            0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
            0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
            0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
            0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
            0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
            0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
            0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
            0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
            0xc67178f2};
        std::array<std::uint32_t, 64> w{};
        for (std::size_t i = 0; i < 16; ++i) {
            w[i] = (std::uint32_t{m_block[4 * i]} << 24U)
                   | (std::uint32_t{m_block[4 * i + 1]} << 16U)
                   | (std::uint32_t{m_block[4 * i + 2]} << 8U) | m_block[4 * i + 3];
        }
        for (std::size_t i = 16; i < 64; ++i) {
            const std::uint32_t s0 =
                rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3U);
            const std::uint32_t s1 =
                rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10U);
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }
        auto [a, b, c, d, e, f, g, h] = m_state;
        for (std::size_t i = 0; i < 64; ++i) {
            const std::uint32_t t1 = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25))
                                     + ((e & f) ^ (~e & g)) + k[i] + w[i];
            const std::uint32_t t2 =
                (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
            h = g;
            g = f;
            f = e;
            e = d + t1;
            d = c;
            c = b;
            b = a;
            a = t1 + t2;
        }
        m_state[0] += a;
        m_state[1] += b;
        m_state[2] += c;
        m_state[3] += d;
        m_state[4] += e;
        m_state[5] += f;
        m_state[6] += g;
        m_state[7] += h;
    }

    std::array<std::uint32_t, 8> m_state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                            0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<unsigned char, 64> m_block{};
    std::size_t m_used = 0;
    std::uint64_t m_length = 0;
};

} // namespace

Result<std::string> readFile(const std::filesystem::path &path, std::size_t maxBytes)
{
    struct stat info
    {
    };
    const auto file = openRegular(path, info);
    if (!file) {
        return tl::unexpected(file.error());
    }
    const auto tooLarge = [&] {
        return fail(Errc::TooLarge, "larger than " + std::to_string(maxBytes) + " bytes",
                    path.string());
    };
    if (static_cast<std::uintmax_t>(info.st_size) > maxBytes) {
        return tooLarge();
    }
    std::string bytes;
    std::array<char, 65536> buffer{};
    while (true) {
        const ssize_t got = ::read((*file)->get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail(Errc::Unreadable, systemReason(), path.string());
        }
        if (got == 0) {
            return bytes;
        }
        bytes.append(buffer.data(), static_cast<std::size_t>(got));
        if (bytes.size() > maxBytes) { // it grew while we read
            return tooLarge();
        }
    }
}

Result<void> writeFileAtomically(const std::filesystem::path &path, std::string_view bytes)
{
    struct stat old
    {
    };
    const bool exists = ::stat(path.c_str(), &old) == 0;
    if (exists && !S_ISREG(old.st_mode)) { // a rename would put a file in a device's place
        return fail(Errc::Io, "it is not a regular file", path.string());
    }
    const std::optional<std::filesystem::path> target = followLinks(path);
    if (!target) {
        return fail(Errc::Io, std::strerror(ELOOP), path.string());
    }
    const std::filesystem::path folder = target->has_parent_path() ? target->parent_path() : ".";
    std::filesystem::path temporary;
    const Descriptor file(createTemporary(folder, temporary));
    if (!file.isOpen()) {
        return fail(Errc::Io, systemReason(), path.string());
    }
    if (exists) {
        // Only root may keep a foreign owner; without that the file becomes the writer's.
        [[maybe_unused]] const int ignored = ::fchown(file.get(), old.st_uid, old.st_gid);
        ::fchmod(file.get(), old.st_mode & 07777U);
    }
    Result<void> result = writeAll(file.get(), bytes, path);
    if (result && ::rename(temporary.c_str(), target->c_str()) != 0) {
        result = fail(Errc::Io, systemReason(), path.string());
    }
    if (!result) {
        ::unlink(temporary.c_str());
        return result;
    }
    // The rename itself is durable only once the folder is synced.
    const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.isOpen()) {
        ::fsync(directory.get());
    }
    return result;
}

std::string sha256Hex(std::string_view bytes)
{
    Sha256 hash;
    hash.add(bytes);
    return hash.hex();
}

Result<std::string> sha256HexOfFile(const std::filesystem::path &path, const std::stop_token &stop)
{
    struct stat info
    {
    };
    const auto file = openRegular(path, info);
    if (!file) {
        return tl::unexpected(file.error());
    }
    Sha256 hash;
    std::array<char, 65536> buffer{};
    while (!stop.stop_requested()) {
        const ssize_t got = ::read((*file)->get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail(Errc::Unreadable, systemReason(), path.string());
        }
        if (got == 0) {
            return hash.hex();
        }
        hash.add({buffer.data(), static_cast<std::size_t>(got)});
    }
    return fail(Errc::Cancelled, "reading was cancelled", path.string());
}

} // namespace TorchLift

#include "base/logging.h"

#include <memory>
#include <mutex>
#include <string>

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace TorchLift::Log {

namespace {

constexpr std::size_t kMaxFileBytes = 5U * 1024U * 1024U;
constexpr std::size_t kOldFiles = 2;

spdlog::level::level_enum toSpdlog(Level level)
{
    switch (level) {
    case Level::Debug:
        return spdlog::level::debug;
    case Level::Info:
        return spdlog::level::info;
    case Level::Warning:
        return spdlog::level::warn;
    case Level::Error:
        return spdlog::level::err;
    }
    return spdlog::level::info;
}

// One sink set for all modules; loggers are made on first use and share it.
struct Sinks
{
    std::mutex mutex;
    std::vector<spdlog::sink_ptr> list{std::make_shared<spdlog::sinks::stderr_sink_mt>()};
    spdlog::level::level_enum level = spdlog::level::warn;
};

Sinks &sinks()
{
    static Sinks instance;
    return instance;
}

std::shared_ptr<spdlog::logger> logger(const std::string &module)
{
    const std::scoped_lock lock(sinks().mutex);
    if (auto existing = spdlog::get(module)) {
        return existing;
    }
    auto made = std::make_shared<spdlog::logger>(module, sinks().list.begin(), sinks().list.end());
    made->set_level(sinks().level);
    made->flush_on(spdlog::level::warn);
    spdlog::register_logger(made);
    return made;
}

// Messages quote foreign output: it must not forge further lines or steer the terminal.
std::string oneLine(std::string_view message)
{
    std::string out(message);
    for (char &c : out) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\t') || byte == 0x7F) {
            c = ' ';
        }
    }
    return out;
}

} // namespace

Result<void> configure(Level level, const std::filesystem::path &file)
{
    const std::scoped_lock lock(sinks().mutex);
    sinks().level = toSpdlog(level);
    sinks().list = {std::make_shared<spdlog::sinks::stderr_sink_mt>()};
    Result<void> result;
    if (!file.empty()) {
        try {
            sinks().list.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
                file.string(), kMaxFileBytes, kOldFiles));
        } catch (const spdlog::spdlog_ex &exception) {
            result = fail(Errc::Io, exception.what(), file.string());
        }
    }
    spdlog::drop_all(); // loggers made before are made anew with the new sinks
    return result;
}

void write(Level level, std::string_view module, std::string_view message)
{
    logger(std::string(module))->log(toSpdlog(level), "{}", oneLine(message));
}

} // namespace TorchLift::Log

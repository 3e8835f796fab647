#pragma once

#include <cstddef>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

/// Makes damaged Python sources out of good ones: truncated, reordered, spliced, with foreign
/// bytes, deep nesting, huge lines and other line ends. The same seed gives the same sources.
class SourceMutator
{
public:
    SourceMutator(std::vector<std::string> sources, unsigned seed);

    /// One source, or two joined, changed in one to four ways.
    [[nodiscard]] std::string next();

    /// The contents of all Python files below these folders, by path.
    [[nodiscard]] static std::vector<std::string>
    read(const std::vector<std::filesystem::path> &folders);

private:
    using Lines = std::vector<std::string>;

    [[nodiscard]] std::size_t below(std::size_t limit);
    [[nodiscard]] const std::string &anySource();
    [[nodiscard]] static Lines split(const std::string &code);
    [[nodiscard]] static std::string join(const Lines &lines);
    void mutate(std::string &code);
    void changeBytes(std::string &code);
    void changeLines(std::string &code);
    void changeShape(std::string &code);

    std::vector<std::string> m_sources;
    std::mt19937 m_random;
};

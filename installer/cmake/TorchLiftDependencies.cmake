# Everything the parts below link; who uses what is said in each folder's CMakeLists.txt.
find_package(Qt6 6.4 REQUIRED COMPONENTS Core Gui Widgets Network Sql Svg Test LinguistTools)
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tl-expected REQUIRED)
pkg_check_modules(TreeSitter REQUIRED IMPORTED_TARGET tree-sitter)
pkg_check_modules(SentencePiece REQUIRED IMPORTED_TARGET sentencepiece)
pkg_check_modules(Utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(CmarkGfm REQUIRED IMPORTED_TARGET libcmark-gfm)
pkg_check_modules(Seccomp REQUIRED IMPORTED_TARGET libseccomp)

# Debian's QScintilla for Qt 6 brings no CMake package.
find_library(QSCINTILLA_LIBRARY qscintilla2_qt6 REQUIRED)
find_path(QSCINTILLA_INCLUDE_DIR Qsci/qsciscintilla.h PATH_SUFFIXES x86_64-linux-gnu/qt6 qt6 REQUIRED)
add_library(QScintilla::QScintilla UNKNOWN IMPORTED)
set_target_properties(QScintilla::QScintilla PROPERTIES
    IMPORTED_LOCATION "${QSCINTILLA_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${QSCINTILLA_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES "Qt6::Widgets")

# What installer/setup.sh puts into the data folder, found by the rules of settings/paths.h.
if("$ENV{TORCHLIFT_HOME}" MATCHES "^/")
    set(_data "$ENV{TORCHLIFT_HOME}/data")
elseif("$ENV{XDG_DATA_HOME}" MATCHES "^/")
    set(_data "$ENV{XDG_DATA_HOME}/torchlift")
else()
    set(_data "$ENV{HOME}/.local/share/torchlift")
endif()
set(TORCHLIFT_DATA_DIR "${_data}" CACHE PATH "Where installer/setup.sh put libtorch and the grammar")

set(TORCHLIFT_LIBTORCH "${TORCHLIFT_DATA_DIR}/libtorch/2.7.0/torch")
set(TORCHLIFT_GRAMMAR "${TORCHLIFT_DATA_DIR}/build-deps/tree-sitter-python-0.23.6/src")
foreach(_part "${TORCHLIFT_LIBTORCH}/lib/libtorch_cpu.so" "${TORCHLIFT_GRAMMAR}/parser.c")
    if(NOT EXISTS "${_part}")
        message(FATAL_ERROR "${_part} is missing. Run installer/setup.sh first.")
    endif()
endforeach()

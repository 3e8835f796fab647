# How everything here is compiled, and the functions that folders use to declare their parts.
include(CTest)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

option(TORCHLIFT_WERROR "Warnings are errors" OFF)
set(TORCHLIFT_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

# One target carries all flags.
add_library(torchlift_options INTERFACE)
target_compile_definitions(torchlift_options INTERFACE QT_NO_KEYWORDS QT_NO_CAST_TO_ASCII
    QT_NO_CAST_FROM_BYTEARRAY QT_NO_URL_CAST_FROM_STRING)
target_compile_options(torchlift_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wconversion -Wold-style-cast -Wnon-virtual-dtor
    -Woverloaded-virtual -Wshadow>
    # GCC 12 sees overlaps in `"text" + std::string` that are none (its bug 105651).
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
    $<$<BOOL:${TORCHLIFT_WERROR}>:-Werror>)
if(TORCHLIFT_SANITIZE)
    target_compile_options(torchlift_options INTERFACE -fsanitize=${TORCHLIFT_SANITIZE}
        -fno-omit-frame-pointer)
    target_link_options(torchlift_options INTERFACE -fsanitize=${TORCHLIFT_SANITIZE})
endif()

# torchlift_add_library(NAME base SOURCES ... [PUBLIC ...] [PRIVATE ...])
# A static library torchlift_<name> for core/<name>; headers are included as "<name>/x.h".
function(torchlift_add_library)
    cmake_parse_arguments(ARG "" "NAME" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    set(target torchlift_${ARG_NAME})
    add_library(${target} STATIC ${ARG_SOURCES})
    target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}/core")
    target_link_libraries(${target} PUBLIC ${ARG_PUBLIC} PRIVATE torchlift_options ${ARG_PRIVATE})
endfunction()

# torchlift_add_test(NAME tst_x SOURCES ... LIBS ... [GUI] [TIMEOUT 60] [LABELS ...])
# A Qt Test program; GUI ones run offscreen.
function(torchlift_add_test)
    cmake_parse_arguments(ARG "GUI" "NAME;TIMEOUT" "SOURCES;LIBS;LABELS" ${ARGN})
    add_executable(${ARG_NAME} ${ARG_SOURCES})
    set_target_properties(${ARG_NAME} PROPERTIES AUTOMOC ON
        RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin/tests")
    target_link_libraries(${ARG_NAME} PRIVATE torchlift_options Qt6::Test ${ARG_LIBS})
    target_include_directories(${ARG_NAME} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
    target_compile_definitions(${ARG_NAME} PRIVATE
        TORCHLIFT_SOURCE_DIR="${PROJECT_SOURCE_DIR}" TORCHLIFT_BINARY_DIR="${PROJECT_BINARY_DIR}")
    add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    # A function may take as long as its program: QtTest's own limit is five minutes.
    set(environment "LC_ALL=C.UTF-8" "TORCHLIFT_RESOURCES=${PROJECT_SOURCE_DIR}/resources"
        "QTEST_FUNCTION_TIMEOUT=${ARG_TIMEOUT}000")
    if(ARG_GUI)
        list(APPEND environment "QT_QPA_PLATFORM=offscreen")
    endif()
    set_tests_properties(${ARG_NAME} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
        ENVIRONMENT "${environment}" SKIP_REGULAR_EXPRESSION "SKIP   :.*whole test program")
endfunction()

# Checks of the design that no compiler makes; each check has a test that it finds its offence.

add_test(NAME check_arrows
    COMMAND Python3::Interpreter "${CMAKE_CURRENT_LIST_DIR}/check_arrows.py" "${PROJECT_SOURCE_DIR}")
add_test(NAME test_check_arrows
    COMMAND Python3::Interpreter "${CMAKE_CURRENT_LIST_DIR}/test_check_arrows.py")
set_tests_properties(test_check_arrows PROPERTIES ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)

# torch is opened when it is needed, never linked; what makes a binary GPL stays in the window.
set(_torch libtorch libc10)
set(_gpl libqscintilla2 libQt6Charts)
add_test(NAME check_libraries_cli
    COMMAND Python3::Interpreter "${CMAKE_CURRENT_LIST_DIR}/check_libraries.py"
        $<TARGET_FILE:torchlift-cli> ${_torch} ${_gpl} libQt6Widgets libQt6Gui)
if(TARGET torchlift)
    add_test(NAME check_libraries_window
        COMMAND Python3::Interpreter "${CMAKE_CURRENT_LIST_DIR}/check_libraries.py"
            $<TARGET_FILE:torchlift> ${_torch})
endif()

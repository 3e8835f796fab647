# What is installed, and the packages (DEB, TGZ). Paths below the prefix are those that
# settings/paths.h looks for. libtorch, environments and models are not packaged, they take
# gigabytes: torchlift-setup gets them for the user who starts it.
foreach(program IN ITEMS torchlift torchlift-cli)
    if(TARGET ${program})
        install(TARGETS ${program} RUNTIME DESTINATION bin)
    endif()
endforeach()
if(TARGET torchlift_encoder)
    install(TARGETS torchlift_encoder LIBRARY DESTINATION lib/torchlift)
endif()
install(DIRECTORY resources/ DESTINATION share/torchlift PATTERN "README.md" EXCLUDE)
install(PROGRAMS installer/setup.sh installer/check_records.py DESTINATION share/torchlift/installer)
install(FILES installer/lib.sh installer/parts.sh installer/pythons.sh
    DESTINATION share/torchlift/installer)
install(PROGRAMS installer/torchlift-setup DESTINATION bin)
install(FILES installer/torchlift.desktop DESTINATION share/applications)
install(FILES resources/icons/torchlift.svg DESTINATION share/icons/hicolor/scalable/apps)
install(FILES README.md LICENSE NOTICE DESTINATION share/doc/torchlift)

set(CPACK_GENERATOR DEB TGZ)
set(CPACK_PACKAGE_VENDOR "TorchLift")
set(CPACK_PACKAGE_CONTACT "TorchLift maintainers <maintainers@torchlift.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
# Below /usr, where the desktop looks for programs and icons.
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
# What is linked is found out from the binaries; the rest is named.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "bubblewrap, python3, python3-venv, libqt6sql6-sqlite, \
libqt6svg6, qt6-translations-l10n, util-linux")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "qt6-wayland, fonts-dejavu-core")
find_program(DPKG_SHLIBDEPS dpkg-shlibdeps)
if(DPKG_SHLIBDEPS)
    set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
endif()
include(CPack)

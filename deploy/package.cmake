# SPDX-License-Identifier: Apache-2.0
# What is installed, and the Debian packages: `./dev package`, or `cpack` in a build directory.
include(GNUInstallDirs)

set(deploy ${PROJECT_SOURCE_DIR}/deploy)
set(pages ${PROJECT_BINARY_DIR}/man)
set(packed ${PROJECT_BINARY_DIR}/packaging)

# Debian wants both compressed, without a time in it, so that two builds are equal.
find_program(PAGEFARE_GZIP gzip REQUIRED)
add_custom_command(OUTPUT ${pages}/pagefare.1.gz
  COMMAND ${CMAKE_COMMAND} -E make_directory ${pages}
  COMMAND sh -c "${PAGEFARE_GZIP} -9nc '${PROJECT_SOURCE_DIR}/docs/man/pagefare.1' > '${pages}/pagefare.1.gz'"
  DEPENDS ${PROJECT_SOURCE_DIR}/docs/man/pagefare.1 VERBATIM)
add_custom_target(manual ALL DEPENDS ${pages}/pagefare.1.gz)

install(TARGETS pagefare RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT pagefare)
install(FILES ${pages}/pagefare.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT pagefare)
install(FILES ${deploy}/completions/pagefare.bash RENAME pagefare
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT pagefare)
install(FILES ${deploy}/completions/pagefare.zsh RENAME _pagefare
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT pagefare)
install(FILES ${deploy}/systemd/pagefare.service ${deploy}/systemd/pagefare-enforce.service
        DESTINATION lib/systemd/system COMPONENT pagefare)
install(FILES ${deploy}/debian/tmpfiles.conf RENAME pagefare.conf
        DESTINATION lib/tmpfiles.d COMPONENT pagefare)
install(FILES ${deploy}/pagefare.toml DESTINATION /etc/pagefare COMPONENT pagefare)
install(FILES ${deploy}/debian/copyright ${PROJECT_SOURCE_DIR}/README.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT pagefare)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs
        COMPONENT pagefare FILES_MATCHING PATTERN "*.md" PATTERN "*.svg" PATTERN "man" EXCLUDE)
foreach(shared prometheus grafana)
  if(EXISTS ${deploy}/${shared})
    install(DIRECTORY ${deploy}/${shared} DESTINATION ${CMAKE_INSTALL_DATADIR}/pagefare
            COMPONENT pagefare)
  endif()
endforeach()

# The copy module as source: DKMS builds it for each kernel.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/kmod/
        DESTINATION src/pagefare-${PROJECT_VERSION} COMPONENT dkms
        FILES_MATCHING PATTERN "*.c" PATTERN "*.h" PATTERN "Kbuild" PATTERN "Makefile" PATTERN "dkms.conf")
install(FILES ${deploy}/debian/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/pagefare-dkms
        COMPONENT dkms)

set(CPACK_GENERATOR DEB)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_NAME pagefare)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "the pagefare authors <pagefare@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL pagefare dkms)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PAGEFARE_PACKAGE_NAME pagefare)
set(CPACK_DEBIAN_PAGEFARE_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PAGEFARE_PACKAGE_DEPENDS "init-system-helpers")
set(CPACK_DEBIAN_PAGEFARE_PACKAGE_SUGGESTS "pagefare-dkms, prometheus")
set(CPACK_COMPONENT_PAGEFARE_DESCRIPTION
"Watches page migration (NUMA balancing, memory tiering, compaction,
move_pages, cpusets, DAMON) with BPF, charges every byte and nanosecond of
copying to a cgroup, and serves the figures to Prometheus and to people.
Observes and changes nothing unless it is told to act.")
set(CPACK_DEBIAN_PAGEFARE_PACKAGE_CONTROL_EXTRA
  "${deploy}/debian/postinst;${deploy}/debian/prerm;${deploy}/debian/postrm;${deploy}/debian/conffiles")
set(CPACK_DEBIAN_DKMS_PACKAGE_NAME pagefare-dkms)
set(CPACK_DEBIAN_DKMS_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_DKMS_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DKMS_PACKAGE_DEPENDS "dkms, dwarves")
set(CPACK_COMPONENT_DKMS_DESCRIPTION
"Source of the copy module for kernels without copy offload of their own (6.11
and newer), and of a DMA engine made of software for trying it out.")
foreach(script postinst prerm)
  configure_file(${deploy}/debian/dkms/${script}.in ${packed}/dkms/${script} @ONLY
                 FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
                                  WORLD_READ WORLD_EXECUTE)
endforeach()
set(CPACK_DEBIAN_DKMS_PACKAGE_CONTROL_EXTRA "${packed}/dkms/postinst;${packed}/dkms/prerm")
include(CPack)

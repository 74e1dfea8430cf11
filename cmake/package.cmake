# The install tree and the exported package: find_package(spinule) gives spinule::spinule and one target per module.
include(CMakePackageConfigHelpers)

foreach(module core models learning backends io)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${module}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endforeach()
install(TARGETS spinule spinule_core spinule_models spinule_learning spinule_backends spinule_io EXPORT spinule_targets)
install(EXPORT spinule_targets NAMESPACE spinule:: FILE spinule_targets.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/spinule)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/spinule-config.cmake.in
  ${PROJECT_BINARY_DIR}/spinule-config.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/spinule)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/spinule-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/spinule-config.cmake ${PROJECT_BINARY_DIR}/spinule-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/spinule)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
if(TARGET spinule_cli)
  install(TARGETS spinule_cli)
endif()

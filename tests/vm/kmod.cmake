# The copy module in guests: one test program, one boot per subject.
find_package(GTest REQUIRED)
file(GLOB kmod_guest_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/guest/kmod_*.cpp)
add_executable(kmod_guest_test ${kmod_guest_sources})
target_link_libraries(kmod_guest_test PRIVATE GTest::gtest pagefare_options)

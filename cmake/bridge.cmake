# SPDX-License-Identifier: Apache-2.0
#
# room_bridge: the Rust static library of bridge/, built by Debian's own cargo (cargo-web, rustc-web) where it is
# installed. All presets share one target folder. So do all checkouts with CARGO_TARGET_DIR set, where each state of
# the sources has a folder of its own: cargo tells two checkouts apart by times only, and would mix up their libraries.
function(bridge_build)
    if(NOT EXISTS "${CMAKE_SOURCE_DIR}/bridge/Cargo.toml")
        return()
    endif()
    if(EXISTS /usr/bin/cargo AND EXISTS /usr/bin/rustc)
        set(cargo /usr/bin/cargo)
        set(path PATH=/usr/bin:/bin)
    else()
        find_program(cargo cargo REQUIRED)
        set(path "")
    endif()
    list(APPEND path CARGO_NET_RETRY=10 CARGO_HTTP_TIMEOUT=120) # crates come over a network, once
    set(library "${CMAKE_BINARY_DIR}/libbridge.a")
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/bridge/src/*.rs")
    list(APPEND sources "${CMAKE_SOURCE_DIR}/bridge/Cargo.toml" "${CMAKE_SOURCE_DIR}/bridge/Cargo.lock")
    if(DEFINED ENV{CARGO_TARGET_DIR})
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${sources})
        set(hashes "")
        foreach(source IN LISTS sources)
            file(SHA256 "${source}" hash)
            string(APPEND hashes "${hash}")
        endforeach()
        string(SHA256 hash "${hashes}")
        string(SUBSTRING "${hash}" 0 12 hash)
        set(target "$ENV{CARGO_TARGET_DIR}/bridge-${hash}")
    else()
        get_filename_component(parent "${CMAKE_BINARY_DIR}" DIRECTORY)
        set(target "${parent}/bridge")
    endif()

    add_custom_command(OUTPUT "${library}"
        COMMAND ${CMAKE_COMMAND} -E env ${path} CARGO_TARGET_DIR=${target} ${cargo} build --quiet --release --locked
        COMMAND ${CMAKE_COMMAND} -E copy "${target}/release/libbridge.a" "${library}"
        DEPENDS ${sources}
        WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}/bridge"
        COMMENT "Building the bridge with cargo (a minute the first time)"
        USES_TERMINAL)
    add_custom_target(bridge_library DEPENDS "${library}")
    set(BRIDGE_CARGO ${CMAKE_COMMAND} -E env ${path} CARGO_TARGET_DIR=${target} ${cargo} PARENT_SCOPE)

    add_library(room_bridge STATIC IMPORTED GLOBAL)
    set_target_properties(room_bridge PROPERTIES IMPORTED_LOCATION "${library}")
    add_dependencies(room_bridge bridge_library)
    target_link_libraries(room_bridge INTERFACE pthread dl m)
endfunction()

# The bridge's own tests, in Rust; they build its crates once more, for less than a minute.
function(bridge_tests)
    if(BRIDGE_CARGO)
        add_test(NAME unit.bridge_cargo COMMAND ${BRIDGE_CARGO} test --quiet --locked --lib
            WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}/bridge")
        set_tests_properties(unit.bridge_cargo PROPERTIES LABELS unit TIMEOUT 1200)
    endif()
endfunction()

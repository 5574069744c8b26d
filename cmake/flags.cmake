# SPDX-License-Identifier: Apache-2.0
#
# Compiler flags for every target. Asserts stay on in every build: an assert that fails is a bug of ours, and a slot
# that dies of one costs one attempt.
option(ARGOSY_HARDEN "Fortify, full RELRO and the like: for what is shipped." OFF)
option(ARGOSY_COVERAGE "Instrument for gcov." OFF)
option(ARGOSY_PROFILE "Count what is run, for llvm-cov (clang only)." OFF)
option(ARGOSY_FUZZ "Build tests/fuzz as libFuzzer targets (clang only)." OFF)
set(ARGOSY_SANITIZE "" CACHE STRING "Sanitizers, comma-separated: address,undefined.")

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")
set(CMAKE_C_FLAGS_DEBUG "-O0 -g")
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)

# Objects are shared between checkouts: the cache sees paths relative to the checkout.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
    set(CMAKE_C_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
endif()

add_library(flags INTERFACE)
target_compile_definitions(flags INTERFACE _GNU_SOURCE)
configure_file("${CMAKE_SOURCE_DIR}/cmake/version.h.in" "${CMAKE_BINARY_DIR}/generated/base/version.h" @ONLY)
target_include_directories(flags INTERFACE "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}/generated")
target_compile_options(flags INTERFACE
    $<$<COMPILE_LANGUAGE:C>:-Wall -Wextra -Wshadow -Wmissing-prototypes -Werror -fstack-protector-strong
    -ffunction-sections -fdata-sections>
    "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
target_link_options(flags INTERFACE -Wl,--gc-sections,--as-needed)

if(ARGOSY_HARDEN)
    target_compile_options(flags INTERFACE $<$<COMPILE_LANGUAGE:C>:-D_FORTIFY_SOURCE=2 -fstack-clash-protection>)
    target_link_options(flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
    if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
        target_compile_options(flags INTERFACE $<$<COMPILE_LANGUAGE:C>:-fcf-protection>)
    endif()
endif()

if(ARGOSY_SANITIZE)
    target_compile_options(flags INTERFACE $<$<COMPILE_LANGUAGE:C>:-O1 -fno-omit-frame-pointer
        -fsanitize=${ARGOSY_SANITIZE} -fno-sanitize-recover=all>)
    target_compile_definitions(flags INTERFACE ARGOSY_SANITIZED=1)
    target_link_options(flags INTERFACE -fsanitize=${ARGOSY_SANITIZE})
endif()

if(ARGOSY_COVERAGE)
    target_compile_options(flags INTERFACE $<$<COMPILE_LANGUAGE:C>:--coverage>)
    target_link_options(flags INTERFACE --coverage)
endif()

if(ARGOSY_PROFILE)
    target_compile_options(flags INTERFACE $<$<COMPILE_LANGUAGE:C>:-fprofile-instr-generate -fcoverage-mapping>)
    target_link_options(flags INTERFACE -fprofile-instr-generate)
endif()

if(ARGOSY_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
        message(FATAL_ERROR "ARGOSY_FUZZ needs clang: use the preset fuzz.")
    endif()
    if(NOT ARGOSY_PROFILE) # which has counters of its own
        target_compile_options(flags INTERFACE $<$<COMPILE_LANGUAGE:C>:-fsanitize=fuzzer-no-link>)
    endif()
endif()

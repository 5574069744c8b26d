# SPDX-License-Identifier: Apache-2.0
#
# Every test is a file, found by glob and named FOLDER.FILE in ctest; the folder is its label.
#
#   tests/unit/*.c      one cmocka program each, no server     tests/contract/*.c   the same, with private servers
#   tests/story/*.py|sh the whole program from outside         tests/style/*.py     the rules about the code itself
#   tests/fuzz/fuzz_*.c libFuzzer targets: half a minute each (preset fuzz); elsewhere each replays its corpus
#   tests/support/*.c   a library linked into all of the C ones
#
# A test says what is special about it in a comment near its top, one line "ctest: WORD...":
#   timeout N    seconds, instead of 600 (story: 1200)     heavy      minutes: only with ./dev test --heavy
#   serial       nothing else runs beside it               release    only where no sanitizer slows it down
#   needs NAME   fetch.NAME runs before it
pkg_check_modules(PKG_cmocka REQUIRED IMPORTED_TARGET cmocka)

set(TESTS_ENVIRONMENT
    "ARGOSY_SOURCE=${CMAKE_SOURCE_DIR}" "ARGOSY_BUILD=${CMAKE_BINARY_DIR}" "ARGOSY_BIN=${CMAKE_BINARY_DIR}/argosy"
    "LC_ALL=C.UTF-8" "TZ=UTC"
    "ASAN_OPTIONS=abort_on_error=1:detect_stack_use_after_return=1" "UBSAN_OPTIONS=print_stacktrace=1")

# What the user's settings would lead elsewhere: our programs, libpq, and who asks a proxy even for this machine.
set(TESTS_ENVIRONMENT_CHANGES
    "no_proxy=string_append:,127.0.0.1,localhost" "NO_PROXY=string_append:,127.0.0.1,localhost")
foreach(name IN ITEMS DATABASE_URL DATABASE_DIRECT_URL REDIS_URL KAFKA_BROKERS LOG_LEVEL LOG_FORMAT
        OTEL_EXPORTER_OTLP_ENDPOINT ARGOSY_CONFIG ARGOSY_DATA_DIR ARGOSY_URL ARGOSY_API_KEY
        PGHOST PGHOSTADDR PGPORT PGUSER PGDATABASE PGPASSWORD PGPASSFILE PGSERVICE PGSERVICEFILE PGOPTIONS PGSSLMODE
        PGAPPNAME PGCLIENTENCODING PGCONNECT_TIMEOUT PGDATESTYLE PGTZ PGTARGETSESSIONATTRS)
    list(APPEND TESTS_ENVIRONMENT_CHANGES "${name}=unset:")
endforeach()

# tests_register(name label timeout_s source COMMAND...): add_test() with what the source's "ctest:" line asks for.
function(tests_register name label timeout_s source)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}")
    file(STRINGS "${source}" words REGEX "ctest: [a-z0-9 ]+" LIMIT_COUNT 1)
    string(REGEX MATCH "ctest: ([a-z0-9 ]+)" words "${words}")
    set(words " ${CMAKE_MATCH_1} ")
    set(labels ${label})
    set(serial OFF)
    if(words MATCHES " timeout ([0-9]+) ")
        set(timeout_s ${CMAKE_MATCH_1})
    endif()
    if(words MATCHES " heavy ")
        list(APPEND labels heavy)
    endif()
    if(words MATCHES " serial ")
        set(serial ON)
    endif()
    if(words MATCHES " release " AND ARGOSY_SANITIZE)
        return()
    endif()
    add_test(NAME ${name} COMMAND ${ARGN})
    set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT ${timeout_s} RUN_SERIAL ${serial}
        ENVIRONMENT "${TESTS_ENVIRONMENT}" ENVIRONMENT_MODIFICATION "${TESTS_ENVIRONMENT_CHANGES}")
    if(words MATCHES " needs ([a-z]+) ")
        set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED ${CMAKE_MATCH_1})
    endif()
endfunction()

# What comes over a network is a test of its own, which ctest runs before those that need it: tests/support/fetch.py.
function(tests_fetch)
    foreach(script IN ITEMS kafka/prepare mongodb/prepare mysql/prepare sqlfluff/parse)
        get_filename_component(name "${script}" DIRECTORY)
        add_test(NAME fetch.${name}
            COMMAND /usr/bin/python3 -B "${CMAKE_SOURCE_DIR}/tests/support/${script}.py" --fetch)
        set_tests_properties(fetch.${name} PROPERTIES LABELS fetch TIMEOUT 1800 FIXTURES_SETUP ${name})
    endforeach()
endfunction()

# PostgreSQL's own parser, for whoever includes it.
function(tests_pg_query target source)
    file(STRINGS "${source}" found REGEX "#include <pg_query.h>" LIMIT_COUNT 1)
    if(found)
        find_library(LIBPG_QUERY NAMES libpg_query.a REQUIRED) # without a .pc file
        target_link_libraries(${target} PRIVATE ${LIBPG_QUERY} pthread)
    endif()
endfunction()

function(tests_programs label)
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/${label}/*.c")
    foreach(source IN LISTS sources)
        get_filename_component(name "${source}" NAME_WE)
        add_executable(${label}.${name} "${source}")
        target_link_libraries(${label}.${name} PRIVATE tests_support rooms_all PkgConfig::PKG_cmocka)
        tests_pg_query(${label}.${name} "${source}")
        tests_register(${label}.${name} ${label} 600 "${source}" ${label}.${name})
    endforeach()
endfunction()

# What measurements run beside argosy itself; no test by itself.
function(tests_bench)
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/bench/ddl/*.c"
        "${CMAKE_SOURCE_DIR}/tests/bench/csv/*.c" "${CMAKE_SOURCE_DIR}/tests/bench/nested/*.c"
        "${CMAKE_SOURCE_DIR}/tests/bench/mongodb/*.c"
        "${CMAKE_SOURCE_DIR}/tests/measure/discovery/*.c")
    foreach(source IN LISTS sources)
        get_filename_component(name "${source}" NAME_WE)
        add_executable(${name} "${source}")
        target_link_libraries(${name} PRIVATE rooms_all)
    endforeach()
endfunction()

# Scripts are run by the system's own interpreters: the Python libraries come from Debian.
function(tests_scripts label timeout_s)
    set(folder "${CMAKE_SOURCE_DIR}/tests/${label}")
    file(GLOB scripts CONFIGURE_DEPENDS "${folder}/*.py" "${folder}/*.sh")
    foreach(script IN LISTS scripts)
        get_filename_component(name "${script}" NAME_WE)
        if(script MATCHES "\\.py$")
            set(interpreter /usr/bin/python3 -B)
        else()
            set(interpreter /bin/bash)
        endif()
        tests_register(${label}.${name} ${label} ${timeout_s} "${script}" ${interpreter} "${script}")
    endforeach()
endfunction()

# A target defines the function of tests/fuzz/fuzz.h; its corpus is tests/fuzz/corpus/NAME/.
function(tests_fuzz)
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/fuzz/fuzz_*.c")
    foreach(source IN LISTS sources)
        get_filename_component(program "${source}" NAME_WE)
        string(REGEX REPLACE "^fuzz_" "" name "${program}")
        set(corpus "${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name}")
        add_executable(${program} "${source}")
        target_link_libraries(${program} PRIVATE tests_support rooms_all PkgConfig::PKG_cmocka)
        tests_pg_query(${program} "${source}")
        if(ARGOSY_FUZZ)
            target_link_options(${program} PRIVATE -fsanitize=fuzzer)
            # The dice begin at one place: two runs of a commit should say the same. ./dev fuzz throws them anew.
            tests_register(fuzz.${name} fuzz 600 "${source}" /usr/bin/python3 -B "${CMAKE_SOURCE_DIR}/tests/fuzz/run.py"
                short ${name} --seconds 30 --timeout 100 --chance 1 --build "${CMAKE_BINARY_DIR}")
        else()
            target_sources(${program} PRIVATE "${CMAKE_SOURCE_DIR}/tests/fuzz/replay.c")
            tests_register(fuzz.${name} fuzz 600 "${source}" ${program} "${corpus}")
        endif()
    endforeach()
endfunction()

# The simulation is one program; each test is a way to run it. Its libuv, sessions and carriers come before the real
# ones.
function(tests_sim)
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/sim/*.c")
    add_executable(sim ${sources})
    target_link_libraries(sim PRIVATE tests_support rooms_all PkgConfig::PKG_cmocka)
    target_link_options(sim PRIVATE -Wl,--wrap=inbox_take,--wrap=log_enabled,--wrap=log_fields,--wrap=log_failure)
    set(steps 10000000)
    if(ARGOSY_SANITIZE)
        set(steps 4000000)
    endif()
    tests_register(sim.fleet sim 600 "${CMAKE_SOURCE_DIR}/tests/sim/sim.c" sim --steps ${steps})
    if(NOT ARGOSY_SANITIZE)
        tests_register(sim.mutants sim 600 "${CMAKE_SOURCE_DIR}/tests/sim/sim.c" sim --mutants)
    endif()
endfunction()

# The model of the protocol, by spin: each variant of tests/model/check is a test. It knows nothing of the build.
function(tests_model)
    set(check "${CMAKE_SOURCE_DIR}/tests/model/check")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${check}")
    execute_process(COMMAND "${check}" --list OUTPUT_VARIABLE names COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX MATCHALL "[a-z_]+" names "${names}")
    foreach(name IN LISTS names)
        tests_register(model.${name} model 600 "${check}" "${check}" ${name})
    endforeach()
endfunction()

function(tests_build)
    add_library(tests_support INTERFACE)
    file(GLOB support CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/support/*.c")
    if(support)
        add_library(tests_support_files STATIC ${support})
        target_link_libraries(tests_support_files PRIVATE flags packages PkgConfig::PKG_cmocka)
        target_link_libraries(tests_support INTERFACE tests_support_files)
    endif()
    tests_fuzz()
    if(ARGOSY_FUZZ)
        return()
    endif()
    tests_fetch()
    tests_programs(unit)
    bridge_tests()
    tests_programs(contract)
    tests_bench()
    tests_sim()
    if(NOT ARGOSY_SANITIZE)
        tests_model()
    endif()
    tests_scripts(style 600)
    if(TARGET argosy)
        kinds_program(argosy_stories)
        add_library(strike MODULE "${CMAKE_SOURCE_DIR}/tests/preload/strike.c") # loaded by the stories about faults
        target_link_libraries(strike PRIVATE flags ${CMAKE_DL_LIBS})
        tests_scripts(story 1200)
    endif()
    file(GLOB bare CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/bench/bare/*.c")
    add_executable(argosy_bare ${bare}) # a bench tool, not installed: tests/bench/bare/README.md
    target_link_libraries(argosy_bare PRIVATE rooms_all)
endfunction()

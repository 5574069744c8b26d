# SPDX-License-Identifier: Apache-2.0
#
# The table of job kinds, made from jobs/KIND/KIND.schema.json:
#
#   generated/jobs/kinds.h      struct kind: name, version, limits, schema text. No handlers.
#   generated/kinds.c           the table itself (library room_kinds)
#   generated/jobs_handlers.c   job_kinds[]: pointers to each kind's `const struct job_kind job_KIND` (room jobs only)
#
# A schema without C does not link; a folder with C and without its schema does not configure.

# Reads member KEY of "x-argosy" in the schema; a missing one is DEFAULT.
function(kinds_member schema key default var)
    string(JSON value ERROR_VARIABLE missing GET "${schema}" x-argosy ${key})
    if(missing)
        set(value "${default}")
    endif()
    if(NOT value MATCHES "^[0-9]+$")
        message(FATAL_ERROR "${file}: x-argosy.${key} is \"${value}\": it must be a whole number.")
    endif()
    set(${var} "${value}" PARENT_SCOPE)
endfunction()

# kinds_generate(BASE INTO): of the kinds in the folders of BASE, into folder INTO.
function(kinds_generate base generated)
    file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true "${base}/*")
    set(schemas "")
    set(rows "")
    set(externs "")
    set(pointers "")
    set(count 0)
    foreach(folder IN LISTS folders)
        get_filename_component(kind "${folder}" NAME)
        file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.c")
        set(file "${folder}/${kind}.schema.json")
        file(GLOB found CONFIGURE_DEPENDS "${folder}/*.schema.json")
        if(NOT IS_DIRECTORY "${folder}" OR (NOT sources AND NOT found))
            continue()
        endif()
        if(NOT EXISTS "${file}")
            message(FATAL_ERROR "jobs/${kind} has C code but no ${kind}.schema.json: see docs/add-a-job-kind.md.")
        endif()
        if(NOT kind MATCHES "^[a-z][a-z0-9_]*$")
            message(FATAL_ERROR "jobs/${kind}: a kind's name is lower-case letters, digits and _.")
        endif()
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
        file(READ "${file}" schema)
        string(JSON argosy ERROR_VARIABLE missing GET "${schema}" x-argosy)
        if(missing)
            message(FATAL_ERROR "${file}: ${missing}: the schema needs \"x-argosy\": {\"version\": 1, …}.")
        endif()
        kinds_member("${schema}" version "missing" version)
        kinds_member("${schema}" timeout_s 600 timeout_s)
        kinds_member("${schema}" attempts_max 3 attempts_max)
        kinds_member("${schema}" lost_max 3 lost_max)
        kinds_member("${schema}" prefetch_max 0 prefetch_max)
        kinds_member("${schema}" memory_mb_max 0 memory_mb_max)
        kinds_member("${schema}" memory_mb_oom 0 memory_mb_oom)
        kinds_member("${schema}" stalled_after_s 0 stalled_after_s)
        list(APPEND schemas "${file}")
        string(APPEND rows "    { .name = \"${kind}\", .version = ${version}, .timeout_s = ${timeout_s}, "
            ".attempts_max = ${attempts_max}, .lost_max = ${lost_max},\n      .prefetch_max = ${prefetch_max}, "
            ".memory_mb_max = ${memory_mb_max}, .memory_mb_oom = ${memory_mb_oom},\n      "
            ".stalled_after_s = ${stalled_after_s}, .schema = &embed_schemas[${count}] },\n")
        string(APPEND externs "extern const struct job_kind job_${kind};\n")
        string(APPEND pointers "    &job_${kind},\n")
        math(EXPR count "${count} + 1")
    endforeach()

    embed_table(VAR schemas_asm TABLE schemas INTO "${generated}" BASE "${base}" FILES ${schemas})
    configure_file("${CMAKE_SOURCE_DIR}/cmake/kinds.h.in" "${CMAKE_BINARY_DIR}/generated/jobs/kinds.h" @ONLY)
    configure_file("${CMAKE_SOURCE_DIR}/cmake/kinds.c.in" "${generated}/kinds.c" @ONLY)
    configure_file("${CMAKE_SOURCE_DIR}/cmake/jobs_handlers.c.in" "${generated}/jobs_handlers.c" @ONLY)
    set(KINDS_SOURCES "${generated}/kinds.c" "${schemas_asm}" PARENT_SCOPE)
    set(KINDS_HANDLERS "${generated}/jobs_handlers.c" PARENT_SCOPE)
endfunction()

# The program of the stories about faults: argosy with the kinds of tests/kinds beside its own. Its tables are
# objects of the program, so those of the rooms are not taken from their libraries.
function(kinds_program name)
    set(base "${CMAKE_BINARY_DIR}/generated/${name}/kinds")
    file(GLOB schemas CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/jobs/*/*.schema.json"
        "${CMAKE_SOURCE_DIR}/tests/kinds/*/*.schema.json")
    file(REMOVE_RECURSE "${base}")
    foreach(schema IN LISTS schemas)
        get_filename_component(kind "${schema}" NAME_WE)
        configure_file("${schema}" "${base}/${kind}/${kind}.schema.json" COPYONLY)
    endforeach()
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/kinds/*/*.c")
    kinds_generate("${base}" "${CMAKE_BINARY_DIR}/generated/${name}")
    add_executable(${name} cli/main.c ${sources} ${KINDS_SOURCES} ${KINDS_HANDLERS})
    target_link_libraries(${name} PRIVATE rooms_all)
endfunction()

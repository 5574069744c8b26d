# SPDX-License-Identifier: Apache-2.0
#
# One static library room_NAME for each room that has C files (a / in a room's name becomes _), and rooms_all, which
# links them all in one group, so that their order does not matter.
set(ROOMS
    base sql queue http remote templates
    catalog catalog/parse/input catalog/parse/value catalog/parse/ddl catalog/parse/csv catalog/parse/nested
    catalog/parse/schema catalog/parse/xlsx catalog/parse
    catalog/connect catalog/connect/postgresql catalog/connect/mysql catalog/connect/sqlite catalog/connect/mongodb
    catalog/connect/odbc catalog/connect/sqlserver catalog/connect/oracle
    jobs/discovery/values jobs/discovery/profile jobs/discovery/pii jobs/discovery/quality
    jobs/discovery/relationships jobs
    scheduler worker notifier gateway cli)

# Files of a room: its own folder only, save that every kind is a folder of jobs/.
function(rooms_sources room var)
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${room}/*.c")
    if(room STREQUAL "jobs")
        file(GLOB kinds CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/jobs/*/*.c")
        list(APPEND sources ${kinds})
    endif()
    list(REMOVE_ITEM sources "${CMAKE_SOURCE_DIR}/cli/main.c")
    set(${var} "${sources}" PARENT_SCOPE)
endfunction()

# What a room carries besides C.
function(rooms_embedded room var)
    set(result "")
    set(root "${CMAKE_SOURCE_DIR}")
    if(room STREQUAL "sql")
        file(GLOB files CONFIGURE_DEPENDS "${root}/sql/*.sql")
        embed_table(VAR result TABLE sql BASE "${root}/sql" FILES ${files})
        file(GLOB files CONFIGURE_DEPENDS "${root}/sql/migrations/*.sql")
        embed_table(VAR more TABLE migrations BASE "${root}/sql/migrations" FILES ${files})
        list(APPEND result "${more}")
        embed_header(HEADER sql/text.h STORY "every statement and migration, by file name." TABLES sql migrations)
    elseif(room STREQUAL "templates")
        file(GLOB_RECURSE files CONFIGURE_DEPENDS "${root}/templates/*")
        list(FILTER files EXCLUDE REGEX "\\.[ch]$|/README\\.md$")
        embed_table(VAR result TABLE templates BASE "${root}/templates" FILES ${files})
        embed_header(HEADER templates/files.h STORY "every code template, by path below templates/." TABLES templates)
    elseif(room STREQUAL "gateway")
        file(GLOB_RECURSE files CONFIGURE_DEPENDS "${root}/gateway/console/*")
        list(FILTER files EXCLUDE REGEX "/README\\.md$")
        embed_table(VAR result TABLE console HASH BASE "${root}/gateway/console" FILES ${files})
        embed_header(HEADER gateway/files.h STORY "the console's files, with a hash for the ETag." TABLES console)
    elseif(room STREQUAL "jobs")
        set(result "${KINDS_HANDLERS}")
    endif()
    set(${var} "${result}" PARENT_SCOPE)
endfunction()

function(rooms_build)
    set(libraries "")
    kinds_generate("${CMAKE_SOURCE_DIR}/jobs" "${CMAKE_BINARY_DIR}/generated")
    add_library(room_kinds STATIC ${KINDS_SOURCES})
    target_link_libraries(room_kinds PRIVATE flags)
    list(APPEND libraries room_kinds)

    foreach(room IN LISTS ROOMS)
        rooms_sources(${room} sources)
        if(NOT sources)
            continue()
        endif()
        rooms_embedded(${room} embedded)
        string(REPLACE "/" "_" name "room_${room}")
        add_library(${name} STATIC ${sources} ${embedded})
        target_link_libraries(${name} PRIVATE flags packages)
        list(APPEND libraries ${name})
    endforeach()
    if(TARGET room_bridge)
        list(APPEND libraries room_bridge)
    endif()

    add_library(rooms_all INTERFACE)
    list(JOIN libraries "," group)
    target_link_libraries(rooms_all INTERFACE flags "$<LINK_GROUP:RESCAN,${group}>" packages)
endfunction()

# SPDX-License-Identifier: Apache-2.0
#
# The libraries we build on, all from Debian (deploy/packages.txt says why each). Every room gets them all: which room
# may use which is a matter of includes, and those are checked by tests/style.
find_package(PkgConfig REQUIRED)

set(PACKAGES libuv jansson hiredis libpq libcurl libmicrohttpd libsodium sqlite3 popt smartcols libconfuse
    yajl expat yaml-0.1)

add_library(packages INTERFACE)
foreach(package IN LISTS PACKAGES)
    pkg_check_modules(PKG_${package} REQUIRED IMPORTED_TARGET ${package})
    target_link_libraries(packages INTERFACE PkgConfig::PKG_${package})
endforeach()
target_link_libraries(packages INTERFACE m)

# Only its header: librdkafka is loaded at run time by who uses Kafka (queue/kafka_api.c).
pkg_check_modules(PKG_rdkafka REQUIRED rdkafka)
target_include_directories(packages SYSTEM INTERFACE ${PKG_rdkafka_INCLUDE_DIRS})
target_link_libraries(packages INTERFACE ${CMAKE_DL_LIBS})

# The same: loaded by who opens a SQL Server or an Oracle (catalog/connect/odbc/odbc_api.c).
pkg_check_modules(PKG_odbc REQUIRED odbc)
target_include_directories(packages SYSTEM INTERFACE ${PKG_odbc_INCLUDE_DIRS})

# The same: loaded by who opens a MongoDB (catalog/connect/mongodb/mongodb_api.c).
pkg_check_modules(PKG_mongoc REQUIRED libmongoc-1.0)
target_include_directories(packages SYSTEM INTERFACE ${PKG_mongoc_INCLUDE_DIRS})

# The same: loaded by who reads a packed file (catalog/parse/input/archive_api.c).
pkg_check_modules(PKG_archive REQUIRED libarchive)
target_include_directories(packages SYSTEM INTERFACE ${PKG_archive_INCLUDE_DIRS})

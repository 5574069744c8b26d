/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session with a customer's MySQL or MariaDB: opened with every limit set, to read.
 *
 * Happy path: connect, find out which of the two it is, pin the settings that text and safety depend on, then
 * statements. Failure modes: server numbers become our classes in mysql_failed(); a session that was lost, or whose
 * stream was left in the middle, takes no more statements. Nothing here writes.
 */
#include "catalog/connect/mysql/mysql.h"

#include <mariadb/errmsg.h>
#include <mariadb/mysqld_error.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Of servers newer than the header, or of the other one of the two. */
enum {
    STATEMENT_TIMEOUT_MARIADB = 1969,
    STATEMENT_TIMEOUT_MYSQL = 3024,
    CONNECTION_KILLED_MARIADB = 1927,
    READ_TIMEOUT_S = 600
};

enum error_class mysql_failed(struct mysql *m, struct error *e)
{
    unsigned number = m->api->do_errno(m->session);
    const char *text = m->api->do_error(m->session);
    switch (number) {
    case CR_CONNECTION_ERROR:
    case CR_CONN_HOST_ERROR:
    case CR_UNKNOWN_HOST:
    case ER_CON_COUNT_ERROR:
        return error_code(e, ERROR_UNAVAILABLE, "connection_refused", "can't reach the server: %s", text);
    case CR_SERVER_GONE_ERROR:
    case CR_SERVER_LOST:
    case ER_SERVER_SHUTDOWN:
    case CONNECTION_KILLED_MARIADB:
        m->broken = true;
        return error_code(e, ERROR_UNAVAILABLE, "connection_lost", "the server is gone: %s", text);
    case ER_ACCESS_DENIED_ERROR:
    case ER_DBACCESS_DENIED_ERROR:
    case ER_TABLEACCESS_DENIED_ERROR:
    case ER_COLUMNACCESS_DENIED_ERROR:
    case ER_SPECIFIC_ACCESS_DENIED_ERROR:
        return error_code(e, ERROR_DENIED, "access_denied", "%s", text);
    case ER_BAD_DB_ERROR:
        return error_code(e, ERROR_INVALID, "unknown_database", "%s", text);
    case ER_LOCK_WAIT_TIMEOUT:
    case ER_LOCK_DEADLOCK:
        return error_code(e, ERROR_RETRY, "lock_timeout", "%s", text);
    case STATEMENT_TIMEOUT_MARIADB:
    case STATEMENT_TIMEOUT_MYSQL:
        return error_code(e, ERROR_TIMED_OUT, "statement_timeout", "%s", text);
    default:
        return error_code(e, ERROR_FATAL, "statement_failed", "%s (%u)", text, number);
    }
}

enum error_class mysql_usable(struct mysql *m, struct error *e)
{
    return m->broken ? error_code(e, ERROR_UNAVAILABLE, "connection_lost", "the session can't be used any more")
                     : ERROR_OK;
}

enum error_class mysql_run(struct mysql *m, const char *sql, MYSQL_RES **ret_result, struct error *e)
{
    enum error_class class = mysql_usable(m, e);
    if (class != ERROR_OK)
        return class;
    if (m->api->do_real_query(m->session, sql, strlen(sql)) != 0)
        return mysql_failed(m, e);
    MYSQL_RES *result = m->api->do_store_result(m->session);
    if (result == NULL && m->api->do_errno(m->session) != 0)
        return mysql_failed(m, e);
    if (ret_result != NULL)
        *ret_result = result;
    else if (result != NULL)
        m->api->do_free_result(result);
    return ERROR_OK;
}

static enum error_class pin_settings(struct mysql *m, const struct connect_options *o, struct error *e)
{
    /* not NO_BACKSLASH_ESCAPES: MySQL reads its own generated columns under the session's mode, and fails on theirs */
    mem_auto char *sql = mem_format("SET SESSION sql_mode = 'ANSI_QUOTES', time_zone = '+00:00', "
                                    "lock_wait_timeout = %d, innodb_lock_wait_timeout = %d, sql_select_limit = DEFAULT",
                                    o->lock_timeout_s, o->lock_timeout_s);
    enum error_class class = mysql_run(m, sql, NULL, e);
    if (class == ERROR_OK && o->statement_timeout_s > 0) {
        mem_auto char *timeout =
            m->mariadb ? mem_format("SET SESSION max_statement_time = %d", o->statement_timeout_s)
                       : mem_format("SET SESSION max_execution_time = %lld", (long long)o->statement_timeout_s * 1000);
        class = mysql_run(m, timeout, NULL, e);
    }
    if (class == ERROR_OK && !m->mariadb) /* else row counts may be a day old; servers before 8 have no such thing */
        (void)mysql_run(m, "SET SESSION information_schema_stats_expiry = 0", NULL, &(struct error){ 0 });
    if (class == ERROR_OK && o->read_only)
        class = mysql_run(m, "SET SESSION TRANSACTION READ ONLY", NULL, e);
    return class;
}

static enum error_class open_session(struct mysql *m, const struct mysql_url *url, const char *secret,
                                     const struct connect_options *o, struct error *e)
{
    unsigned connect_s = (unsigned)o->connect_timeout_s, stream_s = READ_TIMEOUT_S;
    my_bool on = 1, verify = url->ssl != NULL && strcmp(url->ssl, "verify") == 0, off = 0;
    m->session = m->api->do_init(NULL);
    if (m->session == NULL)
        return error_set(e, ERROR_FATAL, "libmariadb could not begin a session");
    (void)m->api->do_optionsv(m->session, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
    (void)m->api->do_optionsv(m->session, MYSQL_OPT_READ_TIMEOUT, &stream_s);
    (void)m->api->do_optionsv(m->session, MYSQL_OPT_WRITE_TIMEOUT, &stream_s);
    (void)m->api->do_optionsv(m->session, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    (void)m->api->do_optionsv(m->session, MYSQL_OPT_LOCAL_INFILE, &off); /* a hostile server could ask for our files */
    (void)m->api->do_optionsv(m->session, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", o->application);
    if (url->ssl != NULL)
        (void)m->api->do_optionsv(m->session, MYSQL_OPT_SSL_ENFORCE, &on);
    (void)m->api->do_optionsv(m->session, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
    if (m->api->do_real_connect(m->session, url->host, url->user, secret, url->database, url->port, url->socket, 0) ==
        NULL)
        return mysql_failed(m, e);
    m->mariadb = strstr(m->api->do_get_server_info(m->session), "MariaDB") != NULL;
    return pin_settings(m, o, e);
}

/* The library keeps what it needs, the password too. It opens again only who asked for that, and would then do so by
 * itself, with a session that has none of our settings: so it is told just now, and told off behind it. */
static enum error_class reopen_session(struct connect *c, struct error *e)
{
    struct mysql *m = mysql_of(c);
    my_bool on = 1, off = 0;
    (void)m->api->do_optionsv(m->session, MYSQL_OPT_RECONNECT, &on);
    my_bool failed = m->api->do_reconnect(m->session);
    (void)m->api->do_optionsv(m->session, MYSQL_OPT_RECONNECT, &off);
    if (failed) {
        enum error_class class = mysql_failed(m, e);
        return class == ERROR_FATAL ? error_code(e, ERROR_UNAVAILABLE, "connection_lost", "the server is gone") : class;
    }
    m->broken = false;
    return pin_settings(m, &m->options, e);
}

/* Seconds are the finest that both servers know. */
static enum error_class set_lock_timeout(struct connect *c, int timeout_ms, struct error *e)
{
    struct mysql *m = mysql_of(c);
    int timeout_s = timeout_ms < 1000 ? 1 : timeout_ms / 1000;
    mem_auto char *sql =
        mem_format("SET SESSION lock_wait_timeout = %d, innodb_lock_wait_timeout = %d", timeout_s, timeout_s);
    return mysql_run(m, sql, NULL, e);
}

static void close_session(struct connect *c)
{
    struct mysql *m = mysql_of(c);
    if (m->session != NULL)
        m->api->do_close(m->session);
    sqltext_finish(&m->sql);
    free(m->database);
    free(m);
}

static enum error_class open_url(const char *url, const char *secret, const struct connect_options *options,
                                 struct connect **ret_connect, struct error *e)
{
    struct mysql_url parts;
    const struct mysql_api *api = mysql_api_load(e);
    if (api == NULL)
        return e->class;
    if (mysql_url_read(url, &parts, e) != ERROR_OK)
        return e->class;
    struct mysql *m = mem_zero(1, sizeof *m);
    m->base.dialect = &connect_mysql;
    m->api = api;
    m->options = *options;
    m->options.application = m->options.label = NULL; /* the caller's */
    sqltext_init(&m->sql, "mysql");
    enum error_class class = open_session(m, &parts, secret, options, e);
    m->database = parts.database;
    parts.database = NULL;
    mysql_url_finish(&parts);
    if (class != ERROR_OK) {
        close_session(&m->base);
        return class;
    }
    *ret_connect = &m->base;
    return ERROR_OK;
}

const struct connect_dialect connect_mysql = {
    .name = "mysql",
    .schemes = { "mysql", "mariadb" },
    .example = "mysql://USER@HOST/DATABASE",
    .port = 3306,
    .open = open_url,
    .close = close_session,
    .reopen = reopen_session,
    .lock_timeout = set_lock_timeout,
    .catalog = mysql_catalog,
    .read = mysql_read,
    .count = mysql_count,
    .probe = mysql_probe,
    .count_upto = mysql_count_upto,
    .contains = mysql_contains,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - the run functions that the table in commands.c names, one file a command or a small family. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command.h"

enum error_class api_key_create_run(struct context *context, struct error *e);
enum error_class batch_cancel_run(struct context *context, struct error *e);
enum error_class batch_failed_run(struct context *context, struct error *e);
enum error_class batch_list_run(struct context *context, struct error *e);
enum error_class batch_show_run(struct context *context, struct error *e);
enum error_class batch_submit_run(struct context *context, struct error *e);
enum error_class bench_queue_run(struct context *context, struct error *e);
enum error_class catalog_diff_run(struct context *context, struct error *e);
enum error_class connection_add_run(struct context *context, struct error *e);
enum error_class connection_analyze_run(struct context *context, struct error *e);
enum error_class connection_list_run(struct context *context, struct error *e);
enum error_class connection_remove_run(struct context *context, struct error *e);
enum error_class connection_show_run(struct context *context, struct error *e);
enum error_class connection_test_run(struct context *context, struct error *e);
enum error_class connection_update_run(struct context *context, struct error *e);
enum error_class db_migrate_run(struct context *context, struct error *e);
enum error_class demo_run(struct context *context, struct error *e);
enum error_class discover_run(struct context *context, struct error *e);
enum error_class dlq_list_run(struct context *context, struct error *e);
enum error_class dlq_purge_run(struct context *context, struct error *e);
enum error_class dlq_replay_run(struct context *context, struct error *e);
enum error_class doctor_run(struct context *context, struct error *e);
enum error_class exec_child_run(struct context *context, struct error *e);
enum error_class fsck_run(struct context *context, struct error *e);
enum error_class role_notifier_run(struct context *context, struct error *e);
enum error_class role_gateway_run(struct context *context, struct error *e);
enum error_class help_run(struct context *context, struct error *e);
enum error_class help_commands_run(struct context *context, struct error *e);
enum error_class help_settings_run(struct context *context, struct error *e);
enum error_class job_cancel_run(struct context *context, struct error *e);
enum error_class job_list_run(struct context *context, struct error *e);
enum error_class job_logs_run(struct context *context, struct error *e);
enum error_class job_release_run(struct context *context, struct error *e);
enum error_class job_retry_run(struct context *context, struct error *e);
enum error_class job_show_run(struct context *context, struct error *e);
enum error_class job_submit_run(struct context *context, struct error *e);
enum error_class job_watch_run(struct context *context, struct error *e);
enum error_class job_why_run(struct context *context, struct error *e);
enum error_class migrate_run(struct context *context, struct error *e);
enum error_class queue_list_run(struct context *context, struct error *e);
enum error_class queue_drain_run(struct context *context, struct error *e);
enum error_class queue_forecast_run(struct context *context, struct error *e);
enum error_class queue_set_run(struct context *context, struct error *e);
enum error_class queue_show_run(struct context *context, struct error *e);
enum error_class limit_list_run(struct context *context, struct error *e);
enum error_class limit_remove_run(struct context *context, struct error *e);
enum error_class limit_set_run(struct context *context, struct error *e);
enum error_class scale_run(struct context *context, struct error *e);
enum error_class tenant_list_run(struct context *context, struct error *e);
enum error_class tenant_weigh_run(struct context *context, struct error *e);
enum error_class queue_pause_run(struct context *context, struct error *e);
enum error_class queue_resume_run(struct context *context, struct error *e);
enum error_class role_scheduler_run(struct context *context, struct error *e);
enum error_class schedule_add_run(struct context *context, struct error *e);
enum error_class schedule_list_run(struct context *context, struct error *e);
enum error_class schedule_next_run(struct context *context, struct error *e);
enum error_class schedule_pause_run(struct context *context, struct error *e);
enum error_class schedule_remove_run(struct context *context, struct error *e);
enum error_class schedule_resume_run(struct context *context, struct error *e);
enum error_class schedule_run_run(struct context *context, struct error *e);
enum error_class schedule_show_run(struct context *context, struct error *e);
enum error_class role_slot_run(struct context *context, struct error *e);
enum error_class transport_show_run(struct context *context, struct error *e);
enum error_class transport_switch_run(struct context *context, struct error *e);
enum error_class up_run(struct context *context, struct error *e);
enum error_class version_run(struct context *context, struct error *e);
enum error_class worker_list_run(struct context *context, struct error *e);
enum error_class worker_quiet_run(struct context *context, struct error *e);
enum error_class worker_stop_run(struct context *context, struct error *e);
enum error_class role_worker_run(struct context *context, struct error *e);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* options.h - the lists of options and settings that rows of commands.c name. Only that file includes it. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/command.h"

/* Each ends with SETTING_MAX. */
extern const enum setting up_settings[], scheduler_settings[], worker_settings[], gateway_settings[],
    notifier_settings[], demo_settings[], bench_settings[], client_settings[], record_settings[], doctor_settings[],
    discover_settings[];

/* Each ends with a NULL name. */
extern const struct option_row up_options[], bench_options[], demo_options[], submit_options[], page_options[],
    batch_options[], connection_add_options[], connection_update_options[], connection_test_options[],
    connection_list_options[], schedule_options[], next_options[], job_list_options[], dlq_list_options[],
    dlq_act_options[], limit_options[], queue_options[], drain_options[], forecast_options[], logs_options[],
    discover_options[], catalog_diff_options[];

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* http_sample.h - a small server over http/, for its tests. */
#ifndef TESTS_SUPPORT_HTTP_SAMPLE_H
#define TESTS_SUPPORT_HTTP_SAMPLE_H

#include <stdint.h>
#include <sys/types.h>

/* Starts it as a child that dies with the test; uploads go to cleaner_folder(). Returns its port, 0 when it did not
 * start. */
uint16_t http_sample_start(pid_t *ret_pid);

#endif

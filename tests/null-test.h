/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the tests of requests under the null KVM share: each test is a process of its own, in which
 * the null KVM writes down what it was asked. */

#include <kvmobj/kvmobj.h>

G_BEGIN_DECLS

/* g_test_init (), a bound on the time, and a place for the log; and g_test_run (). */
void null_test_init (int *argc, char ***argv);
int null_test_run (void);

/* The null KVM reads its variables once, so each test begins with this, and returns if it is FALSE.
 */
gboolean in_process (const char *variable, const char *value);

/* A system, a VM and its vCPU 5. */
typedef struct
{
  KvmSystem *system;
  KvmVm *vm;
  KvmVcpu *vcpu;
} Machine;

Machine *machine_new (void);
void machine_free (Machine *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Machine, machine_free)

/* The argument of the newest request with this name. */
char *last_argument (const char *name);

guint count_requests (const char *name);

/* The newest request with this name has this argument. */
void assert_request (const char *name, const char *expected);

/* Without what is a pointer: so many hexadecimal digits are compared. */
void assert_request_starts (const char *name, const char *expected);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Statistics of kernels that have none, and those of the null KVM, under the null KVM. */

#include <dirent.h>
#include <string.h>

#include "null-test.h"

static guint
count_fds (void)
{
  DIR *directory = opendir ("/proc/self/fd");
  guint n = 0;

  while (readdir (directory) != NULL)
    n++;
  closedir (directory);
  return n;
}

/* Of a VM and of a vCPU, without an fd that stays. */
static void
assert_refused (int code, const char *vm_text, const char *vcpu_text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Machine) machine = machine_new ();
  guint n_fds = count_fds ();

  g_assert_null (kvm_vm_get_stats (machine->vm, &error));
  g_assert_error (error, KVM_ERROR, code);
  g_assert_nonnull (strstr (error->message, vm_text));
  g_clear_error (&error);
  g_assert_null (kvm_vcpu_get_stats (machine->vcpu, &error));
  g_assert_error (error, KVM_ERROR, code);
  g_assert_nonnull (strstr (error->message, vcpu_text));
  g_assert_cmpuint (count_fds (), ==, n_fds);
  g_assert_cmpuint (count_requests ("KVM_GET_STATS_FD"), ==, 2);
  assert_request ("KVM_GET_STATS_FD", "0x0");
}

/* An unknown ioctl is ENOTTY on a VM and EINVAL on a vCPU. */
static void
test_missing (void)
{
  if (!in_process ("NULL_KVM_FAIL", "KVM_GET_STATS_FD:ENOTTY:1,KVM_GET_STATS_FD:EINVAL:2"))
    return;

  g_setenv ("NULL_KVM_CAPABILITIES", "203=0", TRUE);
  assert_refused (KVM_ERROR_NOT_SUPPORTED,
                  "KVM_GET_STATS_FD on VM: this kernel does not have it "
                  "(KVM_CAP_BINARY_STATS_FD is 0)",
                  "KVM_GET_STATS_FD on vCPU 5: this kernel does not have it "
                  "(KVM_CAP_BINARY_STATS_FD is 0)");
}

static void
test_no_fds_left (void)
{
  if (!in_process ("NULL_KVM_FAIL", "KVM_GET_STATS_FD:EMFILE"))
    return;

  assert_refused (KVM_ERROR_TOO_MANY_FILES, "KVM_GET_STATS_FD on VM", "KVM_GET_STATS_FD on vCPU 5");
}

static void
test_values (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmStats) stats = NULL;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  stats = kvm_vcpu_get_stats (machine->vcpu, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (stats)), ==, 2);
  g_assert_cmpuint (kvm_stat_get_value (kvm_stats_find (stats, "exits")), ==, 5);
}

int
main (int argc, char **argv)
{
  null_test_init (&argc, &argv);
  g_test_add_func ("/requests-stats/missing", test_missing);
  g_test_add_func ("/requests-stats/no-fds-left", test_no_fds_left);
  g_test_add_func ("/requests-stats/values", test_values);
  return null_test_run ();
}

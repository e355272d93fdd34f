/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the library hands to the kernel about CPUID and MSRs, byte by byte, and how often it asks,
 * under the null KVM. The bytes are worked out by hand from api.rst and the layouts there. */

#include "null-test.h"

#include <malloc.h>
#include <string.h>

/* The null KVM's vCPUs of the system 0 have these. */
static const guint32 listed[] = { 0x10, 0x1b, 0x174, 0x277, 0xc0000080 };
static const guint32 listed_features[] = { 0x8b, 0x10a };

static void
assert_not_supported (GError *error, const char *text)
{
  g_assert_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, text));
}

/* Number of entries, padding; then room that is all zero. */
static void
test_cpuid (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  kvm_x86_cpuid_unref (kvm_system_x86_get_emulated_cpuid (machine->system, &error));
  g_assert_no_error (error);
  assert_request_starts ("KVM_GET_EMULATED_CPUID", "00010000"
                                                   "00000000"
                                                   "00000000");
  kvm_x86_cpuid_unref (kvm_system_x86_get_supported_hv_cpuid (machine->system, &error));
  g_assert_no_error (error);
  assert_request_starts ("KVM_GET_SUPPORTED_HV_CPUID", "00010000"
                                                       "00000000"
                                                       "00000000");
  g_assert_cmpuint (count_requests ("KVM_GET_SUPPORTED_HV_CPUID"), ==, 1);
  kvm_x86_cpuid_unref (kvm_vcpu_x86_get_supported_hv_cpuid (machine->vcpu, &error));
  g_assert_no_error (error);
  assert_request_starts ("KVM_GET_SUPPORTED_HV_CPUID", "00010000"
                                                       "00000000"
                                                       "00000000");
  g_assert_cmpuint (count_requests ("KVM_GET_SUPPORTED_HV_CPUID"), ==, 2);
}

/* The system's tables and lists are asked for once, and the tables once more after a refresh; a
 * vCPU's each time. */
static void
test_asked_once (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  for (guint i = 0; i < 4; i++)
    {
      gsize n;

      if (i == 2)
        kvm_system_x86_refresh_cpuid (machine->system);
      kvm_x86_cpuid_unref (kvm_system_x86_get_supported_cpuid (machine->system, &error));
      kvm_x86_cpuid_unref (kvm_system_x86_get_emulated_cpuid (machine->system, &error));
      kvm_x86_cpuid_unref (kvm_system_x86_get_supported_hv_cpuid (machine->system, &error));
      g_free (kvm_system_x86_get_msr_index_list (machine->system, &n, &error));
      g_free (kvm_system_x86_get_msr_feature_index_list (machine->system, &n, &error));
      g_assert_no_error (error);
    }
  g_assert_cmpuint (count_requests ("KVM_GET_SUPPORTED_CPUID"), ==, 2);
  g_assert_cmpuint (count_requests ("KVM_GET_EMULATED_CPUID"), ==, 2);
  g_assert_cmpuint (count_requests ("KVM_GET_SUPPORTED_HV_CPUID"), ==, 2);
  g_assert_cmpuint (count_requests ("KVM_GET_MSR_INDEX_LIST"), ==, 1);
  g_assert_cmpuint (count_requests ("KVM_GET_MSR_FEATURE_INDEX_LIST"), ==, 1);
}

/* What the kernel finds too short is made longer, and not for ever. */
static void
test_too_short (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autofree guint32 *indexes = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  if (!in_process ("NULL_KVM_FAIL",
                   "KVM_GET_SUPPORTED_CPUID:E2BIG:1,KVM_GET_EMULATED_CPUID:E2BIG,"
                   "KVM_GET_MSR_INDEX_LIST:E2BIG:1,KVM_GET_MSR_FEATURE_INDEX_LIST:E2BIG"))
    return;

  machine = machine_new ();
  cpuid = kvm_system_x86_get_supported_cpuid (machine->system, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kvm_x86_cpuid_get_n_entries (cpuid), ==, 4);
  g_assert_cmpuint (count_requests ("KVM_GET_SUPPORTED_CPUID"), ==, 2);
  assert_request_starts ("KVM_GET_SUPPORTED_CPUID", "00020000"
                                                    "00000000");
  g_assert_null (kvm_system_x86_get_emulated_cpuid (machine->system, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_TOO_BIG);
  g_clear_error (&error);
  g_assert_cmpuint (count_requests ("KVM_GET_EMULATED_CPUID"), <, 10);

  indexes = kvm_system_x86_get_msr_index_list (machine->system, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (indexes, n * sizeof *indexes, listed, sizeof listed);
  g_assert_cmpuint (count_requests ("KVM_GET_MSR_INDEX_LIST"), ==, 2);
  assert_request_starts ("KVM_GET_MSR_INDEX_LIST", "00020000");
  g_assert_null (kvm_system_x86_get_msr_feature_index_list (machine->system, &n, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_TOO_BIG);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpuint (count_requests ("KVM_GET_MSR_FEATURE_INDEX_LIST"), <, 10);
}

/* Number of MSRs, padding; index, nothing, and value of each. */
static void
test_msrs (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmX86Msrs) msrs = kvm_x86_msrs_new ();
  g_autoptr (KvmX86Msrs) back = NULL;
  g_autoptr (KvmX86Msrs) features = NULL;
  g_autofree guint32 *indexes = NULL;
  g_autoptr (GError) error = NULL;
  guint64 value;
  gsize n;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  kvm_x86_msrs_set (msrs, 0xc0000080, G_GUINT64_CONSTANT (0x1122334455667788));
  kvm_x86_msrs_set (msrs, 0x10, 5);
  kvm_vcpu_x86_set_msrs (machine->vcpu, msrs, &error);
  g_assert_no_error (error);
  assert_request ("KVM_SET_MSRS", "02000000"
                                  "00000000"
                                  "800000c0"
                                  "00000000"
                                  "8877665544332211"
                                  "10000000"
                                  "00000000"
                                  "0500000000000000");
  kvm_vcpu_x86_set_msr (machine->vcpu, 0x277, G_MAXUINT64, &error);
  g_assert_no_error (error);
  assert_request ("KVM_SET_MSRS", "01000000"
                                  "00000000"
                                  "77020000"
                                  "00000000"
                                  "ffffffffffffffff");

  back = kvm_vcpu_x86_get_msrs (machine->vcpu, listed, G_N_ELEMENTS (listed), &error);
  g_assert_no_error (error);
  assert_request ("KVM_GET_MSRS", "05000000"
                                  "00000000"
                                  "10000000"
                                  "00000000"
                                  "0000000000000000"
                                  "1b000000"
                                  "00000000"
                                  "0000000000000000"
                                  "74010000"
                                  "00000000"
                                  "0000000000000000"
                                  "77020000"
                                  "00000000"
                                  "0000000000000000"
                                  "800000c0"
                                  "00000000"
                                  "0000000000000000");
  g_assert_true (kvm_x86_msrs_lookup (back, 0xc0000080, &value));
  g_assert_cmphex (value, ==, G_GUINT64_CONSTANT (0x1122334455667788));
  g_assert_true (kvm_vcpu_x86_get_msr (machine->vcpu, 0x277, &value, &error));
  assert_request ("KVM_GET_MSRS", "01000000"
                                  "00000000"
                                  "77020000"
                                  "00000000"
                                  "0000000000000000");
  g_assert_cmphex (value, ==, G_MAXUINT64);

  indexes = kvm_system_x86_get_msr_feature_index_list (machine->system, &n, &error);
  g_assert_cmpmem (indexes, n * sizeof *indexes, listed_features, sizeof listed_features);
  assert_request_starts ("KVM_GET_MSR_FEATURE_INDEX_LIST", "00010000"
                                                           "00000000");
  features = kvm_system_x86_get_feature_msrs (machine->system, indexes, n, &error);
  g_assert_no_error (error);
  assert_request ("KVM_GET_MSRS", "02000000"
                                  "00000000"
                                  "8b000000"
                                  "00000000"
                                  "0000000000000000"
                                  "0a010000"
                                  "00000000"
                                  "0000000000000000");
}

/* The kernel takes 255 at a time; none gets lost between two requests. */
static void
test_many_msrs (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmX86Msrs) msrs = kvm_x86_msrs_new ();
  g_autoptr (KvmX86Msrs) back = NULL;
  g_autoptr (GError) error = NULL;
  guint32 indexes[601];

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  g_assert_true (kvm_vcpu_x86_set_msrs (machine->vcpu, msrs, &error)); /* nothing to be done */
  g_assert_cmpuint (count_requests ("KVM_SET_MSRS"), ==, 0);
  for (guint i = 0; i < 600; i++)
    {
      indexes[i] = 0x1000 + i;
      kvm_x86_msrs_set (msrs, indexes[i], i * G_GUINT64_CONSTANT (0x100000001));
    }
  indexes[600] = 0x1000; /* asked twice, got once */
  g_assert_true (kvm_vcpu_x86_set_msrs (machine->vcpu, msrs, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_requests ("KVM_SET_MSRS"), ==, 3);
  assert_request_starts ("KVM_SET_MSRS", "5a000000" /* 600 - 2 × 255 */
                                         "00000000"
                                         "fe110000"
                                         "00000000"
                                         "fe010000fe010000");
  back = kvm_vcpu_x86_get_msrs (machine->vcpu, indexes, G_N_ELEMENTS (indexes), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_requests ("KVM_GET_MSRS"), ==, 3);
  g_assert_true (kvm_x86_msrs_equal (back, msrs));

  kvm_x86_msrs_free (g_steal_pointer (&back));
  back = kvm_vcpu_x86_get_readable_msrs (machine->vcpu, indexes, 255, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_requests ("KVM_GET_MSRS"), ==, 4);
  g_assert_cmpuint (kvm_x86_msrs_get_n_entries (back), ==, 255);
}

/* Flags, padding; then 16 ranges: accesses, number of MSRs, the first of them, padding, and where
 * the bitmap is, in whole words. */
static void
test_filter (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmX86MsrFilter) filter
      = kvm_x86_msr_filter_new (KVM_X86_MSR_FILTER_FLAGS_DEFAULT_DENY);
  g_autofree char *zeros = g_strnfill (2 * 392, '0');
  g_autofree char *argument = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  kvm_x86_msr_filter_allow (filter, KVM_X86_MSR_ACCESSES_READ, 0x174, 3, &error);
  kvm_x86_msr_filter_deny (filter, KVM_X86_MSR_ACCESSES_READ | KVM_X86_MSR_ACCESSES_WRITE,
                           0xc0000080, 12288, &error);
  kvm_vm_x86_set_msr_filter (machine->vm, filter, &error);
  g_assert_no_error (error);
  argument = last_argument ("KVM_X86_SET_MSR_FILTER");
  g_assert_cmpuint (strlen (argument), ==, 2 * 392);
  for (guint i = 0; i < 2; i++) /* what is there, and not where */
    {
      char *pointer = argument + 2 * (8 + 24 * i + 16);
      g_autofree char *digits = g_strndup (pointer, 16);
      const guint8 *bitmap
          = (gpointer) (gulong) GUINT64_SWAP_LE_BE (g_ascii_strtoull (digits, NULL, 16));

      g_assert_cmpuint (malloc_usable_size ((gpointer) bitmap), >=, i == 0 ? 8 : 12288 / 8);
      g_assert_cmphex (bitmap[0], ==, i == 0 ? 0xff : 0);
      memset (pointer, 'P', 16);
    }
  g_assert_true (g_str_has_prefix (argument, "01000000"
                                             "00000000"
                                             "01000000"
                                             "03000000"
                                             "74010000"
                                             "00000000"
                                             "PPPPPPPPPPPPPPPP"
                                             "03000000"
                                             "00300000"
                                             "800000c0"
                                             "00000000"
                                             "PPPPPPPPPPPPPPPP"));
  g_assert_cmpstr (argument + 2 * 56, ==, zeros + 2 * 56);

  kvm_vm_x86_set_msr_filter (machine->vm, NULL, &error);
  g_assert_no_error (error);
  assert_request ("KVM_X86_SET_MSR_FILTER", zeros);

  /* capability 188, flags, the reasons */
  kvm_vm_x86_set_msr_exits (
      machine->vm, KVM_X86_MSR_EXIT_REASONS_UNKNOWN | KVM_X86_MSR_EXIT_REASONS_FILTERED, &error);
  g_assert_no_error (error);
  assert_request_starts ("KVM_ENABLE_CAP", "bc000000"
                                           "00000000"
                                           "0600000000000000"
                                           "0000000000000000");
}

/* Kernels that lack them. */
static void
test_missing (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  g_setenv ("NULL_KVM_CAPABILITIES", "95=0,153=0,167=0,188=0,189=0,191=0", TRUE);
  if (!in_process ("NULL_KVM_FAIL",
                   "KVM_GET_EMULATED_CPUID:EINVAL,KVM_GET_SUPPORTED_HV_CPUID:EINVAL,"
                   "KVM_GET_MSR_FEATURE_INDEX_LIST:EINVAL,KVM_GET_MSRS:EINVAL,"
                   "KVM_X86_SET_MSR_FILTER:ENOTTY,KVM_ENABLE_CAP:EINVAL"))
    {
      g_unsetenv ("NULL_KVM_CAPABILITIES");
      return;
    }

  machine = machine_new ();
  g_assert_null (kvm_system_x86_get_emulated_cpuid (machine->system, &error));
  assert_not_supported (error, "KVM_CAP_EXT_EMUL_CPUID is 0");
  g_clear_error (&error);
  g_assert_null (kvm_system_x86_get_supported_hv_cpuid (machine->system, &error));
  assert_not_supported (error, "KVM_CAP_SYS_HYPERV_CPUID is 0");
  g_clear_error (&error);
  g_assert_null (kvm_vcpu_x86_get_supported_hv_cpuid (machine->vcpu, &error));
  assert_not_supported (error, "KVM_CAP_HYPERV_CPUID is 0");
  g_clear_error (&error);
  g_assert_null (kvm_system_x86_get_msr_feature_index_list (machine->system, &n, &error));
  assert_not_supported (error, "KVM_CAP_GET_MSR_FEATURES is 0");
  g_clear_error (&error);
  g_assert_null (kvm_system_x86_get_feature_msrs (machine->system, listed, 1, &error));
  assert_not_supported (error, "KVM_CAP_GET_MSR_FEATURES is 0");
  g_clear_error (&error);
  g_assert_false (kvm_vm_x86_set_msr_filter (machine->vm, NULL, &error));
  assert_not_supported (error, "KVM_CAP_X86_MSR_FILTER is 0");
  g_clear_error (&error);
  g_assert_false (
      kvm_vm_x86_set_msr_exits (machine->vm, KVM_X86_MSR_EXIT_REASONS_FILTERED, &error));
  assert_not_supported (error, "KVM_CAP_X86_USER_SPACE_MSR is 0");
  g_clear_error (&error);

  /* A vCPU's MSRs need no capability: there is another mistake. */
  g_assert_null (kvm_vcpu_x86_get_msrs (machine->vcpu, listed, 2, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "(from entry 1 of 2 on, MSR 0x00000010)"));
}

int
main (int argc, char **argv)
{
  null_test_init (&argc, &argv);
  g_test_add_func ("/requests/msrs/cpuid", test_cpuid);
  g_test_add_func ("/requests/msrs/asked-once", test_asked_once);
  g_test_add_func ("/requests/msrs/too-short", test_too_short);
  g_test_add_func ("/requests/msrs/msrs", test_msrs);
  g_test_add_func ("/requests/msrs/many-msrs", test_many_msrs);
  g_test_add_func ("/requests/msrs/filter", test_filter);
  g_test_add_func ("/requests/msrs/missing", test_missing);
  return null_test_run ();
}

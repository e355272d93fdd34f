/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Model-specific registers: as the kernel has them, as guests have them, and as guests are kept
 * from them. */

#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kvm-test.h"

#define TSC 0x10
#define SYSENTER_CS 0x174
#define SYSENTER_ESP 0x175
#define SYSENTER_EIP 0x176
#define EFER 0xc0000080
#define KERNEL_GS_BASE 0xc0000102 /* has 64 bits on every processor */
#define NO_MSR 0xdeadbeef

#define READ KVM_X86_MSR_ACCESSES_READ
#define WRITE KVM_X86_MSR_ACCESSES_WRITE

static void
test_list (void)
{
  g_autoptr (KvmX86Msrs) msrs = kvm_x86_msrs_new ();
  g_autoptr (KvmX86Msrs) copy = NULL;
  g_autofree char *lines = NULL;
  guint32 index;
  guint64 value;

  g_assert_false (kvm_x86_msrs_lookup (msrs, 0, &value));
  kvm_x86_msrs_set (msrs, EFER, G_MAXUINT64);
  kvm_x86_msrs_set (msrs, 0, 1);
  kvm_x86_msrs_set (msrs, G_MAXUINT32, 2);
  copy = kvm_x86_msrs_copy (msrs);
  g_assert_true (kvm_x86_msrs_equal (copy, msrs));
  kvm_x86_msrs_set (copy, 0, 7); /* stays in its place */
  g_assert_false (kvm_x86_msrs_equal (copy, msrs));
  lines = kvm_x86_msrs_to_string (copy);
  g_assert_cmpstr (lines, ==,
                   "0xc0000080=ffffffffffffffff\n"
                   "0x00000000=0000000000000007\n"
                   "0xffffffff=0000000000000002\n");
  g_assert_true (kvm_x86_msrs_lookup (msrs, 0, &value));
  g_assert_cmphex (value, ==, 1);
  g_assert_cmpuint (kvm_x86_msrs_get_n_entries (msrs), ==, 3);
  g_assert_true (kvm_x86_msrs_get_entry (msrs, 2, &index, &value));
  g_assert_cmphex (index, ==, G_MAXUINT32);
  g_assert_cmphex (value, ==, 2);
  g_assert_false (kvm_x86_msrs_get_entry (msrs, 3, &index, &value));
  g_assert_cmphex (index, ==, 0);
  kvm_x86_msrs_set (copy, 0, 1);
  kvm_x86_msrs_set (copy, 1, 1);
  g_assert_false (kvm_x86_msrs_equal (copy, msrs));
}

static void
test_bytes (void)
{
  static const guint8 expected[32] = {
    0x80, 0, 0, 0xc0, 0, 0, 0, 0, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x10,
  };
  static const guint8 twice[32] = { 0x10, [16] = 0x10 };
  g_autoptr (KvmX86Msrs) msrs = kvm_x86_msrs_new ();
  g_autoptr (KvmX86Msrs) back = NULL;
  g_autoptr (KvmX86Msrs) empty = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) part = g_bytes_new_static (expected, 17);
  g_autoptr (GBytes) doubled = g_bytes_new_static (twice, sizeof twice);
  g_autoptr (GBytes) many = g_bytes_new_take (g_malloc0 (16 * 65537), 16 * 65537);
  g_autoptr (GError) error = NULL;

  kvm_x86_msrs_set (msrs, EFER, G_GUINT64_CONSTANT (0x1122334455667788));
  kvm_x86_msrs_set (msrs, TSC, 0);
  bytes = kvm_x86_msrs_to_bytes (msrs);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected,
                   sizeof expected);
  back = kvm_x86_msrs_new_from_bytes (bytes, &error);
  empty = kvm_x86_msrs_new_from_bytes (nothing, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_x86_msrs_equal (back, msrs));
  g_assert_cmpuint (kvm_x86_msrs_get_n_entries (empty), ==, 0);

  g_assert_null (kvm_x86_msrs_new_from_bytes (part, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "17 bytes are not");
  g_assert_null (kvm_x86_msrs_new_from_bytes (many, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "at most 65536");
  g_assert_null (kvm_x86_msrs_new_from_bytes (doubled, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID,
                         "MSR 0x00000010 is there twice, at last as entry 2");
}

/* What the kernel says to a request that is made without the library. */
static void
check_index_list (int fd, gulong request, const guint32 *indexes, gsize n)
{
  g_autofree struct kvm_msr_list *list = g_malloc0 (sizeof *list + 4096 * sizeof (guint32));

  list->nmsrs = 4096;
  g_assert_cmpint (ioctl (fd, request, list), ==, 0);
  g_assert_cmpmem (indexes, n * sizeof *indexes, list->indices, list->nmsrs * sizeof (guint32));
}

static void
test_index_lists (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autofree guint32 *indexes = NULL;
  g_autofree guint32 *again = NULL;
  g_autofree guint32 *features = NULL;
  gsize n, n_again, n_features;

  indexes = kvm_system_x86_get_msr_index_list (system, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, >, 8);
  check_index_list (kvm_system_get_fd (system), KVM_GET_MSR_INDEX_LIST, indexes, n);
  indexes[0] = NO_MSR; /* it is the caller's */
  again = kvm_system_x86_get_msr_index_list (system, &n_again, &error);
  check_index_list (kvm_system_get_fd (system), KVM_GET_MSR_INDEX_LIST, again, n_again);
  features = kvm_system_x86_get_msr_feature_index_list (system, &n_features, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_features, >, 0);
  check_index_list (kvm_system_get_fd (system), KVM_GET_MSR_FEATURE_INDEX_LIST, features,
                    n_features);
}

static void
test_features (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = kvm_system_new (&error);
  g_autofree guint32 *indexes = NULL;
  g_autoptr (KvmX86Msrs) msrs = NULL;
  g_autoptr (KvmX86Msrs) readable = NULL;
  g_autofree guint32 *more = NULL;
  gsize n;

  indexes = kvm_system_x86_get_msr_feature_index_list (system, &n, &error);
  msrs = kvm_system_x86_get_feature_msrs (system, indexes, n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kvm_x86_msrs_get_n_entries (msrs), ==, n);
  for (guint i = 0; i < n; i++)
    {
      guint64 request[3] = { 1, indexes[i], 0 };
      guint32 index;
      guint64 value;

      g_assert_true (kvm_x86_msrs_get_entry (msrs, i, &index, &value));
      g_assert_cmphex (index, ==, indexes[i]);
      g_assert_cmpint (ioctl (kvm_system_get_fd (system), KVM_GET_MSRS, request), ==, 1);
      g_assert_cmphex (value, ==, request[2]);
    }

  /* One that there is not, in the second place. */
  more = g_new (guint32, n + 1);
  more[0] = indexes[0];
  more[1] = NO_MSR;
  memcpy (more + 2, indexes + 1, (n - 1) * sizeof *more);
  g_assert_null (kvm_system_x86_get_feature_msrs (system, more, n + 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_PARTIAL,
                         "KVM_GET_MSRS on /dev/kvm: MSR 0xdeadbeef cannot be read (entry 2 of ");
  readable = kvm_system_x86_get_readable_feature_msrs (system, more, n + 1, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_x86_msrs_equal (readable, msrs));
}

/* Guests that are about to access the MSR. */
static const guint8 read_code[] = {
  0x0f, 0x32,       /* rdmsr */
  0x66, 0xe7, 0x61, /* out %eax, $0x61 */
  0x66, 0x89, 0xd0, /* mov %edx, %eax */
  0x66, 0xe7, 0x62, /* out %eax, $0x62 */
  0xf4,             /* hlt */
};
static const guint8 write_code[] = {
  0x0f, 0x30, /* wrmsr */
  0xe7, 0x63, /* out %eax, $0x63 */
  0xf4,       /* hlt */
};
static const guint8 fault_code[] = {
  0xe7, 0x6f, /* out %eax, $0x6f */
  0xf4,       /* hlt */
};

#define FAULT_HANDLER 0x1100
#define STACK 0x4000

static void
begin (KvmTestGuest *self, const guint8 *code, gsize length, guint32 index, guint64 value)
{
  static const guint8 vector[4] = { FAULT_HANDLER & 0xff, FAULT_HANDLER >> 8, 0, 0 };
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs;

  kvm_memory_write (self->memory, KVM_TEST_ENTRY, code, length, &error);
  kvm_memory_write (self->memory, FAULT_HANDLER, fault_code, sizeof fault_code, &error);
  kvm_memory_write (self->memory, 4 * 13, vector, sizeof vector, &error);
  kvm_vcpu_x86_setup_real_mode (self->vcpu, KVM_TEST_ENTRY, &error);
  kvm_vcpu_x86_get_regs (self->vcpu, &regs, &error);
  regs.rsp = STACK;
  regs.rcx = index;
  regs.rax = value & G_MAXUINT32;
  regs.rdx = value >> 32;
  kvm_vcpu_x86_set_regs (self->vcpu, &regs, &error);
  g_assert_no_error (error);
}

static void
begin_read (KvmTestGuest *self, guint32 index)
{
  begin (self, read_code, sizeof read_code, index, 0);
}

static void
begin_write (KvmTestGuest *self, guint32 index, guint64 value)
{
  begin (self, write_code, sizeof write_code, index, value);
}

/* It got this from RDMSR. */
static void
assert_read (KvmTestGuest *self, guint64 expected)
{
  kvm_test_run (self, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_address (self->exit), ==, 0x61);
  g_assert_cmphex (kvm_exit_get_value (self->exit), ==, expected & G_MAXUINT32);
  kvm_test_run (self, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_address (self->exit), ==, 0x62);
  g_assert_cmphex (kvm_exit_get_value (self->exit), ==, expected >> 32);
  kvm_test_run (self, KVM_EXIT_REASON_HLT);
}

/* It went on behind WRMSR. */
static void
assert_written (KvmTestGuest *self)
{
  kvm_test_run (self, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_address (self->exit), ==, 0x63);
  kvm_test_run (self, KVM_EXIT_REASON_HLT);
}

/* It got a general protection fault. */
static void
assert_fault (KvmTestGuest *self)
{
  kvm_test_run (self, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_address (self->exit), ==, 0x6f);
  kvm_test_run (self, KVM_EXIT_REASON_HLT);
}

/* It stopped for the program to serve it. */
static void
assert_exit (KvmTestGuest *self, KvmExitReason reason, guint32 index, guint why)
{
  kvm_test_run (self, reason);
  g_assert_cmphex (kvm_exit_x86_get_msr_index (self->exit), ==, index);
  g_assert_cmpuint (kvm_exit_x86_get_msr_reason (self->exit), ==, why);
}

static void
test_one (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  guint64 value;

  g_assert_true (kvm_vcpu_x86_set_msr (guest->vcpu, KERNEL_GS_BASE, 0xffffffff81234567, &error));
  g_assert_true (kvm_vcpu_x86_get_msr (guest->vcpu, KERNEL_GS_BASE, &value, &error));
  g_assert_no_error (error);
  g_assert_cmphex (value, ==, 0xffffffff81234567);
  begin_read (guest, KERNEL_GS_BASE);
  assert_read (guest, 0xffffffff81234567);
  begin_write (guest, KERNEL_GS_BASE, 0x7654321089ab);
  assert_written (guest);
  g_assert_true (kvm_vcpu_x86_get_msr (guest->vcpu, KERNEL_GS_BASE, &value, &error));
  g_assert_no_error (error);
  g_assert_cmphex (value, ==, 0x7654321089ab);

  g_assert_false (kvm_vcpu_x86_get_msr (guest->vcpu, NO_MSR, &value, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_FOUND,
                         "KVM_GET_MSRS on vCPU 0: there is no MSR 0xdeadbeef that can be read");
  g_assert_cmphex (value, ==, 0);
  g_assert_false (kvm_vcpu_x86_set_msr (guest->vcpu, EFER, 0x8000000000000000, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT,
                         "KVM_SET_MSRS on vCPU 0: there is no MSR 0xc0000080, or it does not take "
                         "0x8000000000000000");
}

static void
test_many (void)
{
  static const guint32 indexes[] = { SYSENTER_CS, SYSENTER_EIP, SYSENTER_ESP };
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmX86Msrs) msrs = kvm_x86_msrs_new ();
  g_autoptr (KvmX86Msrs) back = NULL;
  g_autoptr (KvmX86Msrs) all = NULL;
  g_autofree guint32 *listed = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  for (guint i = 0; i < G_N_ELEMENTS (indexes); i++)
    kvm_x86_msrs_set (msrs, indexes[i], 0x1000 + i);
  g_assert_true (kvm_vcpu_x86_set_msrs (guest->vcpu, msrs, &error));
  back = kvm_vcpu_x86_get_msrs (guest->vcpu, indexes, G_N_ELEMENTS (indexes), &error);
  g_assert_no_error (error);
  g_assert_true (kvm_x86_msrs_equal (back, msrs));
  for (guint i = 0; i < G_N_ELEMENTS (indexes); i++)
    {
      begin_read (guest, indexes[i]);
      assert_read (guest, 0x1000 + i);
    }

  /* All that the host lists. */
  listed = kvm_system_x86_get_msr_index_list (guest->system, &n, &error);
  all = kvm_vcpu_x86_get_readable_msrs (guest->vcpu, listed, n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kvm_x86_msrs_get_n_entries (all), >, G_N_ELEMENTS (indexes));
  g_assert_cmpuint (kvm_x86_msrs_get_n_entries (all), <=, n);
}

/* The kernel does one after the other, and stops at what it cannot do. */
static void
test_partial (void)
{
  static const guint32 indexes[] = { SYSENTER_CS, NO_MSR, SYSENTER_EIP };
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmX86Msrs) msrs = kvm_x86_msrs_new ();
  g_autoptr (KvmX86Msrs) readable = NULL;
  g_autofree char *lines = NULL;
  g_autoptr (GError) error = NULL;
  guint32 many[600];
  guint64 value;

  for (guint i = 0; i < G_N_ELEMENTS (indexes); i++)
    kvm_x86_msrs_set (msrs, indexes[i], 0x30 + i);
  g_assert_false (kvm_vcpu_x86_set_msrs (guest->vcpu, msrs, &error));
  kvm_test_assert_error (error, KVM_ERROR_PARTIAL,
                         "KVM_SET_MSRS on vCPU 0: MSR 0xdeadbeef does not take 0x0000000000000031 "
                         "(entry 2 of 3; those before it are set)");
  g_assert_true (kvm_vcpu_x86_get_msr (guest->vcpu, SYSENTER_CS, &value, &error));
  g_assert_cmphex (value, ==, 0x30);
  g_assert_true (kvm_vcpu_x86_get_msr (guest->vcpu, SYSENTER_EIP, &value, &error));
  g_assert_cmphex (value, ==, 0);
  g_assert_no_error (error);

  g_assert_null (kvm_vcpu_x86_get_msrs (guest->vcpu, indexes, G_N_ELEMENTS (indexes), &error));
  kvm_test_assert_error (error, KVM_ERROR_PARTIAL,
                         "KVM_GET_MSRS on vCPU 0: MSR 0xdeadbeef cannot be read (entry 2 of 3)");
  readable = kvm_vcpu_x86_get_readable_msrs (guest->vcpu, indexes, G_N_ELEMENTS (indexes), &error);
  g_assert_no_error (error);
  lines = kvm_x86_msrs_to_string (readable);
  g_assert_cmpstr (lines, ==,
                   "0x00000174=0000000000000030\n"
                   "0x00000176=0000000000000000\n");

  /* In the first place, in the last, and in between where nothing can be read. */
  for (guint i = 0; i < G_N_ELEMENTS (many); i++)
    many[i] = NO_MSR + i;
  many[300] = SYSENTER_CS;
  kvm_x86_msrs_free (g_steal_pointer (&readable));
  readable = kvm_vcpu_x86_get_readable_msrs (guest->vcpu, many, G_N_ELEMENTS (many), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kvm_x86_msrs_get_n_entries (readable), ==, 1);
  g_assert_true (kvm_x86_msrs_lookup (readable, SYSENTER_CS, &value));
  g_assert_cmphex (value, ==, 0x30);
}

/* As many as the library asks for at once are as many as the kernel takes. */
static void
test_limit (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autofree guint64 *request = g_new0 (guint64, 1 + 2 * 256);
  g_autofree guint32 *indexes = g_new0 (guint32, 65537);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 256; i++)
    request[1 + 2 * i] = TSC;
  request[0] = 255;
  g_assert_cmpint (ioctl (kvm_vcpu_get_fd (guest->vcpu), KVM_GET_MSRS, request), ==, 255);
  request[0] = 256;
  g_assert_cmpint (ioctl (kvm_vcpu_get_fd (guest->vcpu), KVM_GET_MSRS, request), ==, -1);

  g_assert_null (kvm_vcpu_x86_get_msrs (guest->vcpu, indexes, 65537, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID,
                         "at most 65536 MSRs are read at once, not 65537");
  g_assert_null (kvm_vcpu_x86_get_readable_msrs (guest->vcpu, indexes, G_MAXSIZE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "at most 65536 MSRs");
}

/* Registers do not change under a guest that waits for an answer. */
static void
test_pending (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (echo);
  g_autoptr (KvmX86Msrs) msrs = kvm_x86_msrs_new ();
  g_autoptr (GError) error = NULL;
  guint64 value;

  kvm_x86_msrs_set (msrs, SYSENTER_CS, 8);
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  g_assert_false (kvm_vcpu_x86_set_msr (guest->vcpu, SYSENTER_CS, 8, &error));
  kvm_test_assert_error (error, KVM_ERROR_PENDING, "KVM_SET_MSRS on vCPU 0");
  g_assert_false (kvm_vcpu_x86_set_msrs (guest->vcpu, msrs, &error));
  kvm_test_assert_error (error, KVM_ERROR_PENDING, "KVM_SET_MSRS on vCPU 0");
  g_assert_true (kvm_vcpu_x86_get_msr (guest->vcpu, SYSENTER_CS, &value, &error));
  g_assert_cmphex (value, ==, 0);
  kvm_exit_set_value (guest->exit, 0x41);
  g_assert_cmpint (kvm_vcpu_complete_pending (guest->vcpu, &error), ==,
                   KVM_EXIT_REASON_INTERRUPTED);
  g_assert_true (kvm_vcpu_x86_set_msrs (guest->vcpu, msrs, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x42);
}

static void
set_filter (KvmTestGuest *self, const KvmX86MsrFilter *filter)
{
  g_autoptr (GError) error = NULL;

  kvm_vm_x86_set_msr_filter (self->vm, filter, &error);
  g_assert_no_error (error);
}

static void
set_exits (KvmTestGuest *self, KvmX86MsrExitReasons reasons)
{
  g_autoptr (GError) error = NULL;

  kvm_vm_x86_set_msr_exits (self->vm, reasons, &error);
  g_assert_no_error (error);
}

/* What is denied is a fault, and goes to the program once it asks for that. */
static void
test_filter (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmX86MsrFilter) filter = kvm_x86_msr_filter_new (KVM_X86_MSR_FILTER_FLAGS_NONE);
  g_autoptr (GError) error = NULL;
  guint64 value;

  g_assert_true (kvm_vcpu_x86_set_msr (guest->vcpu, SYSENTER_EIP, 0x1234, &error));
  g_assert_true (kvm_x86_msr_filter_deny (filter, READ, SYSENTER_EIP, 1, &error));
  g_assert_true (kvm_x86_msr_filter_deny (filter, WRITE, SYSENTER_ESP, 1, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (kvm_x86_msr_filter_get_n_ranges (filter), ==, 2);
  set_filter (guest, filter);
  kvm_x86_msr_filter_free (g_steal_pointer (&filter)); /* the kernel has its own */

  begin_read (guest, SYSENTER_EIP);
  assert_fault (guest);
  begin_write (guest, SYSENTER_EIP, 0x5678); /* reads alone are denied */
  assert_written (guest);
  begin_write (guest, SYSENTER_ESP, 0x9abc);
  assert_fault (guest);
  begin_read (guest, SYSENTER_ESP);
  assert_read (guest, 0);

  set_exits (guest, KVM_X86_MSR_EXIT_REASONS_FILTERED);
  begin_read (guest, SYSENTER_EIP);
  assert_exit (guest, KVM_EXIT_REASON_X86_RDMSR, SYSENTER_EIP, KVM_X86_MSR_EXIT_REASONS_FILTERED);
  kvm_exit_set_value (guest->exit, 0x1122334455667788);
  assert_read (guest, 0x1122334455667788);
  begin_read (guest, SYSENTER_EIP);
  assert_exit (guest, KVM_EXIT_REASON_X86_RDMSR, SYSENTER_EIP, KVM_X86_MSR_EXIT_REASONS_FILTERED);
  kvm_exit_x86_set_msr_error (guest->exit, TRUE);
  assert_fault (guest);

  begin_write (guest, SYSENTER_ESP, 0x8877665544332211);
  assert_exit (guest, KVM_EXIT_REASON_X86_WRMSR, SYSENTER_ESP, KVM_X86_MSR_EXIT_REASONS_FILTERED);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x8877665544332211);
  assert_written (guest);
  begin_write (guest, SYSENTER_ESP, 1);
  assert_exit (guest, KVM_EXIT_REASON_X86_WRMSR, SYSENTER_ESP, KVM_X86_MSR_EXIT_REASONS_FILTERED);
  kvm_exit_x86_set_msr_error (guest->exit, TRUE);
  assert_fault (guest);

  /* The program itself is not filtered; nothing of what it served reached the registers. */
  g_assert_true (kvm_vcpu_x86_get_msr (guest->vcpu, SYSENTER_EIP, &value, &error));
  g_assert_cmphex (value, ==, 0x5678);
  g_assert_true (kvm_vcpu_x86_get_msr (guest->vcpu, SYSENTER_ESP, &value, &error));
  g_assert_cmphex (value, ==, 0);
  g_assert_no_error (error);

  set_filter (guest, NULL);
  begin_read (guest, SYSENTER_EIP);
  assert_read (guest, 0x5678);
}

static void
test_bitmap (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmX86MsrFilter) filter
      = kvm_x86_msr_filter_new (KVM_X86_MSR_FILTER_FLAGS_DEFAULT_DENY);
  g_autoptr (KvmX86MsrFilter) copy = NULL;
  guint8 bitmap[3] = { 0 };
  g_autoptr (GError) error = NULL;

  /* From 0x160 on; 0x174 and 0x176 are the bits 4 and 6 of the third byte. */
  bitmap[2] = 0x50;
  g_assert_true (
      kvm_x86_msr_filter_add_bitmap (filter, READ | WRITE, 0x160, 24, bitmap, 3, &error));
  g_assert_true (kvm_x86_msr_filter_allow (filter, READ, SYSENTER_CS, 3, &error)); /* too late */
  g_assert_true (kvm_x86_msr_filter_allow (filter, READ, TSC, 1, &error));
  g_assert_no_error (error);
  copy = kvm_x86_msr_filter_copy (filter);
  kvm_x86_msr_filter_free (g_steal_pointer (&filter));
  set_filter (guest, copy);
  set_exits (guest, KVM_X86_MSR_EXIT_REASONS_FILTERED);

  begin_write (guest, SYSENTER_CS, 0x10);
  assert_written (guest);
  begin_read (guest, SYSENTER_CS);
  assert_read (guest, 0x10);
  begin_read (guest, SYSENTER_ESP);
  assert_exit (guest, KVM_EXIT_REASON_X86_RDMSR, SYSENTER_ESP, KVM_X86_MSR_EXIT_REASONS_FILTERED);
  kvm_exit_set_value (guest->exit, 5);
  assert_read (guest, 5);
  begin_read (guest, SYSENTER_EIP);
  assert_read (guest, 0);

  /* No range is for these. */
  begin_read (guest, EFER);
  assert_exit (guest, KVM_EXIT_REASON_X86_RDMSR, EFER, KVM_X86_MSR_EXIT_REASONS_FILTERED);
  kvm_exit_set_value (guest->exit, 6);
  assert_read (guest, 6);
  begin_write (guest, TSC, 0);
  assert_exit (guest, KVM_EXIT_REASON_X86_WRMSR, TSC, KVM_X86_MSR_EXIT_REASONS_FILTERED);
  assert_written (guest);
}

/* What the kernel does not know, and values that it does not take. */
static void
test_unknown_and_invalid (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;

  begin_read (guest, NO_MSR);
  assert_fault (guest);
  set_exits (guest, KVM_X86_MSR_EXIT_REASONS_UNKNOWN);
  begin_read (guest, NO_MSR);
  assert_exit (guest, KVM_EXIT_REASON_X86_RDMSR, NO_MSR, KVM_X86_MSR_EXIT_REASONS_UNKNOWN);
  kvm_exit_set_value (guest->exit, 0xcafebabe12345678);
  assert_read (guest, 0xcafebabe12345678);
  begin_write (guest, EFER, 0x8000000000000000);
  assert_fault (guest);
  set_exits (guest, KVM_X86_MSR_EXIT_REASONS_INVALID);
  begin_write (guest, EFER, 0x8000000000000000);
  assert_exit (guest, KVM_EXIT_REASON_X86_WRMSR, EFER, KVM_X86_MSR_EXIT_REASONS_INVALID);
  assert_written (guest);
  begin_read (guest, NO_MSR);
  assert_fault (guest);
  set_exits (guest, KVM_X86_MSR_EXIT_REASONS_NONE);
  begin_write (guest, EFER, 0x8000000000000000);
  assert_fault (guest);

  g_assert_false (kvm_vm_x86_set_msr_exits (guest->vm, 1u << 30, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT,
                         "KVM_ENABLE_CAP on VM: Invalid argument (KVM_CAP_X86_USER_SPACE_MSR, "
                         "reasons 0x40000000)");
}

static void
test_wrong_filters (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmX86MsrFilter) filter = kvm_x86_msr_filter_new (KVM_X86_MSR_FILTER_FLAGS_NONE);
  g_autoptr (KvmX86MsrFilter) strict
      = kvm_x86_msr_filter_new (KVM_X86_MSR_FILTER_FLAGS_DEFAULT_DENY);
  g_autoptr (KvmX86MsrFilter) strange = kvm_x86_msr_filter_new (1u << 30);
  g_autofree guint8 *bitmap = g_malloc0 (12288 / 8 + 1);
  g_autoptr (GError) error = NULL;

  g_assert_false (kvm_x86_msr_filter_deny (filter, READ, 0x10, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID,
                         "Range 1 of the MSR filter, 0 from 0x00000010 on: a range has 1 to 12288");
  g_assert_false (kvm_x86_msr_filter_allow (filter, READ, 0x10, 12289, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "a range has 1 to 12288 MSRs");
  g_assert_false (kvm_x86_msr_filter_allow (filter, READ, 0, G_MAXUINT, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "a range has 1 to 12288 MSRs");
  g_assert_false (kvm_x86_msr_filter_deny (filter, 0, 0x10, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "0x0 is neither reads, writes nor both");
  g_assert_false (kvm_x86_msr_filter_deny (filter, 7, 0x10, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "0x7 is neither");
  g_assert_false (kvm_x86_msr_filter_deny (filter, READ, 0xffffffff, 2, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "beyond the last MSR");
  g_assert_false (kvm_x86_msr_filter_add_bitmap (filter, READ, 0x10, 9, bitmap, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "its bitmap is 2 bytes, not 1");
  g_assert_false (
      kvm_x86_msr_filter_add_bitmap (filter, READ, 0x10, 12289, bitmap, 12288 / 8 + 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "a range has 1 to 12288 MSRs");
  g_assert_cmpuint (kvm_x86_msr_filter_get_n_ranges (filter), ==, 0);

  /* The kernel takes the largest that there can be. */
  for (guint i = 0; i < 15; i++)
    kvm_x86_msr_filter_allow (filter, READ | WRITE, 0xffffd000 - i * 0x3000, 12288, &error);
  kvm_x86_msr_filter_add_bitmap (filter, READ, 0x40000000, 12281, bitmap, 12288 / 8, &error);
  g_assert_no_error (error);
  g_assert_false (kvm_x86_msr_filter_deny (filter, READ, 0x10, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID,
                         "Range 17 of the MSR filter, 1 from 0x00000010 on: there are no more than "
                         "16");
  g_assert_cmpuint (kvm_x86_msr_filter_get_n_ranges (filter), ==, 16);
  set_filter (guest, filter);

  g_assert_false (kvm_vm_x86_set_msr_filter (guest->vm, strict, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "denies by default needs a range");
  g_assert_false (kvm_vm_x86_set_msr_filter (guest->vm, strange, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT,
                         "KVM_X86_SET_MSR_FILTER on VM: Invalid argument (flags 0x40000000, 0 "
                         "ranges)");
}

static void
test_unusable (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmX86Msrs) empty = kvm_x86_msrs_new ();
  g_autoptr (GError) error = NULL;
  guint64 value;
  gsize n;
  int status;
  pid_t pid;

  g_free (kvm_system_x86_get_msr_index_list (guest->system, &n, &error));
  g_assert_no_error (error);
  pid = fork ();
  if (pid == 0)
    {
      gboolean is_good = kvm_system_x86_get_msr_index_list (guest->system, &n, &error) == NULL
                         && g_error_matches (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS)
                         && kvm_vcpu_x86_get_msrs (guest->vcpu, NULL, 0, NULL) == NULL
                         && !kvm_vcpu_x86_set_msr (guest->vcpu, SYSENTER_CS, 1, NULL)
                         && !kvm_vm_x86_set_msr_filter (guest->vm, NULL, NULL)
                         && !kvm_vm_x86_set_msr_exits (guest->vm, 0, NULL);

      _exit (is_good ? 0 : 1);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);

  /* Also where there is nothing to be asked. */
  kvm_vm_close (guest->vm);
  g_assert_null (kvm_vcpu_x86_get_msrs (guest->vcpu, NULL, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_GET_MSRS on vCPU 0: it is closed");
  g_assert_false (kvm_vcpu_x86_set_msrs (guest->vcpu, empty, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_SET_MSRS");
  g_assert_false (kvm_vcpu_x86_get_msr (guest->vcpu, TSC, &value, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "(MSR 0x00000010)");
  g_assert_false (kvm_vm_x86_set_msr_filter (guest->vm, NULL, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_X86_SET_MSR_FILTER");
  g_assert_false (kvm_vm_x86_set_msr_exits (guest->vm, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_ENABLE_CAP");
  kvm_system_close (guest->system);
  g_assert_null (kvm_system_x86_get_msr_index_list (guest->system, &n, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED,
                         "KVM_GET_MSR_INDEX_LIST on /dev/kvm: it is closed");
  g_assert_null (kvm_system_x86_get_feature_msrs (guest->system, NULL, 0, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_GET_MSRS on /dev/kvm");
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/x86-msrs/list", test_list);
  kvm_test_add ("/x86-msrs/bytes", test_bytes);
  kvm_test_add ("/x86-msrs/index-lists", test_index_lists);
  kvm_test_add ("/x86-msrs/features", test_features);
  kvm_test_add ("/x86-msrs/one", test_one);
  kvm_test_add ("/x86-msrs/many", test_many);
  kvm_test_add ("/x86-msrs/partial", test_partial);
  kvm_test_add ("/x86-msrs/limit", test_limit);
  kvm_test_add ("/x86-msrs/pending", test_pending);
  kvm_test_add ("/x86-msrs/filter", test_filter);
  kvm_test_add ("/x86-msrs/bitmap", test_bitmap);
  kvm_test_add ("/x86-msrs/unknown-and-invalid", test_unknown_and_invalid);
  kvm_test_add ("/x86-msrs/wrong-filters", test_wrong_filters);
  kvm_test_add ("/x86-msrs/unusable", test_unusable);
  return g_test_run ();
}

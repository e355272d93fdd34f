/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What vCPUs of riscv64 have alone: registers by name, extensions, traps, and the firmware. */

#include "riscv-guest.h"

#include <string.h>

KVM_TEST_DECLARE_GUEST (exceptions);
KVM_TEST_DECLARE_GUEST (interrupts);
KVM_TEST_DECLARE_GUEST (timer);
KVM_TEST_DECLARE_GUEST (registers);
KVM_TEST_DECLARE_GUEST (scratch);
KVM_TEST_DECLARE_GUEST (floats);
KVM_TEST_DECLARE_GUEST (vectors);
KVM_TEST_DECLARE_GUEST (call);
KVM_TEST_DECLARE_GUEST (hart);

#define CAUSE_ILLEGAL 2
#define CAUSE_BREAKPOINT 3
#define CAUSE_TIMER (INTERRUPT | 5)
#define SIE_TIMER 0x20

#define SBI_BASE 0x10
#define SBI_HSM 0x48534d
#define SBI_SRST 0x53525354
#define SBI_DBCN 0x4442434e
#define SBI_EXPERIMENTAL 0x08000000
#define SBI_VENDOR 0x09000000
#define SBI_NOT_SUPPORTED G_GUINT64_CONSTANT (-2)

static void
set_up (KvmTestGuest *guest, guint64 argument)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      kvm_vcpu_riscv_setup_supervisor_mode (guest->vcpu, KVM_TEST_ENTRY, argument, &error));
  g_assert_no_error (error);
}

static void
set_reg (KvmVcpu *vcpu, guint64 id, guint64 value)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (kvm_vcpu_set_one_reg (vcpu, id, value, &error));
  g_assert_no_error (error);
}

static guint64
get_reg (KvmVcpu *vcpu, guint64 id)
{
  g_autoptr (GError) error = NULL;
  guint64 value;

  g_assert_true (kvm_vcpu_get_one_reg (vcpu, id, &value, &error));
  g_assert_no_error (error);
  return value;
}

/* What setting up makes of a vCPU that had other registers. */
static void
test_setup (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (hart);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmVcpu) second = kvm_vm_create_vcpu (guest->vm, 5, &error);
  KvmVcpuState state;

  g_assert_no_error (error);
  for (guint i = 1; i <= 31; i++)
    set_reg (second, kvm_riscv_reg_x (i), 0x1234);
  set_reg (second, KVMOBJ_RISCV_REG_SSTATUS, 2);
  g_assert_true (kvm_vcpu_get_mp_state (second, &state, &error));
  g_assert_cmpint (state, ==, KVM_VCPU_STATE_STOPPED);
  g_assert_true (kvm_vcpu_riscv_setup_supervisor_mode (second, KVM_TEST_ENTRY, 0xabcd, &error));
  g_assert_no_error (error);
  g_assert_true (kvm_vcpu_get_mp_state (second, &state, &error));
  g_assert_cmpint (state, ==, KVM_VCPU_STATE_RUNNABLE);
  g_assert_cmphex (get_reg (second, KVMOBJ_RISCV_REG_SP), ==, 0);
  g_assert_cmphex (get_reg (second, KVMOBJ_RISCV_REG_SSTATUS) & 2, ==, 0);
  g_assert_cmphex (get_reg (second, KVMOBJ_RISCV_REG_MODE), ==, 1);

  g_set_object (&guest->vcpu, second);
  guest->exit = kvm_vcpu_get_exit (second);
  expect_write (guest, 0x61, 5);
  expect_write (guest, 0x62, 0xabcd);
  kvm_test_run_to_halt (guest);
}

/* What is set is what the guest has, and what it makes of it is read back. */
static void
test_registers (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (registers);
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i <= 31; i++)
    set_reg (guest->vcpu, kvm_riscv_reg_x (i), 1000 * i);
  g_assert_true (kvm_vcpu_set_guest_debug (
      guest->vcpu, KVM_GUEST_DEBUG_FLAGS_ENABLE | KVM_GUEST_DEBUG_FLAGS_SOFTWARE_BREAKPOINTS, NULL,
      0, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_DEBUG);
  for (guint i = 1; i <= 31; i++)
    g_assert_cmpuint (get_reg (guest->vcpu, kvm_riscv_reg_x (i)), ==, 1000 * i + (i == 10 ? 0 : i));
  g_assert_cmphex (get_reg (guest->vcpu, KVMOBJ_RISCV_REG_PC), ==, KVM_TEST_ENTRY + 4 * 30);

  /* The breakpoint itself is the program's to get over. */
  set_reg (guest->vcpu, KVMOBJ_RISCV_REG_PC, KVM_TEST_ENTRY + 4 * 31);
  kvm_test_run (guest, KVM_EXIT_REASON_DEBUG);
  g_assert_cmpuint (get_reg (guest->vcpu, KVMOBJ_RISCV_REG_A0), ==, 10001);

  /* Steps are accepted, but there are none; see the manual. */
  set_reg (guest->vcpu, KVMOBJ_RISCV_REG_PC, KVM_TEST_ENTRY);
  g_assert_true (kvm_vcpu_set_guest_debug (
      guest->vcpu, KVM_GUEST_DEBUG_FLAGS_ENABLE | KVM_GUEST_DEBUG_FLAGS_SINGLE_STEP, NULL, 0,
      &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_DEBUG);
  g_assert_cmphex (get_reg (guest->vcpu, KVMOBJ_RISCV_REG_PC), ==, KVM_TEST_ENTRY + 4 * 30);
}

static void
test_control_registers (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (scratch);
  guint64 time;

  set_reg (guest->vcpu, KVMOBJ_RISCV_REG_SSCRATCH, 0xfedcba9876543210);
  set_reg (guest->vcpu, KVMOBJ_RISCV_REG_A1, 0x123456789abcdef0);
  g_assert_cmpuint (get_reg (guest->vcpu, KVMOBJ_RISCV_REG_TIMER_FREQUENCY), >, 0);
  set_reg (guest->vcpu, KVMOBJ_RISCV_REG_TIMER_TIME, G_GUINT64_CONSTANT (1) << 60);
  kvm_test_run_to_halt (guest);
  g_assert_cmphex (get_reg (guest->vcpu, KVMOBJ_RISCV_REG_A1), ==, 0xfedcba9876543210);
  g_assert_cmphex (get_reg (guest->vcpu, KVMOBJ_RISCV_REG_SSCRATCH), ==, 0x123456789abcdef0);
  time = get_reg (guest->vcpu, KVMOBJ_RISCV_REG_TIMER_TIME);
  g_assert_cmpuint (time >> 60, ==, 1);
  g_assert_cmpuint (time, <, get_reg (guest->vcpu, KVMOBJ_RISCV_REG_TIMER_TIME));
}

/* Each register of the list has a name of its own and a value. */
static void
test_list (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree guint64 *ids = NULL;
  gsize n_ids;

  ids = kvm_vcpu_get_reg_list (guest->vcpu, &n_ids, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_ids, >, 100);
  for (gsize i = 0; i < n_ids; i++)
    {
      g_autofree guint8 *value = NULL;
      char *name = kvm_riscv_reg_to_string (ids[i]);
      gsize length;

      g_assert_nonnull (name);
      value = kvm_vcpu_get_one_reg_bytes (guest->vcpu, ids[i], &length, &error);
      g_assert_no_error (error);
      g_assert_true (g_hash_table_add (names, name));
    }
  g_assert_true (g_hash_table_contains (names, "a0"));
  g_assert_true (g_hash_table_contains (names, "sstatus"));
  g_assert_true (g_hash_table_contains (names, "isa extension a"));
  g_assert_true (g_hash_table_contains (names, "sbi extension hsm"));
}

static void
test_floats (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (floats);
  const double addend = 1.5, sum = 3.0;
  guint64 addend_bits, sum_bits;

  memcpy (&addend_bits, &addend, sizeof addend);
  memcpy (&sum_bits, &sum, sizeof sum);
  set_reg (guest->vcpu, kvm_riscv_reg_d (1), addend_bits);
  set_reg (guest->vcpu, KVMOBJ_RISCV_REG_FP_D_FCSR, 0);
  expect_write (guest, 0x62, sum_bits);
  kvm_test_run_to_halt (guest);
  g_assert_cmphex (get_reg (guest->vcpu, kvm_riscv_reg_d (2)), ==, sum_bits);
  g_assert_cmphex (get_reg (guest->vcpu, KVMOBJ_RISCV_REG_FP_D_FCSR), ==, 0);
}

static gboolean
has_extension (KvmTestGuest *guest, guint extension)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint *extensions = NULL;
  gsize n;

  extensions = kvm_vcpu_riscv_get_isa_extensions (guest->vcpu, &n, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < n; i++)
    if (extensions[i] == extension)
      return TRUE;
  return FALSE;
}

/* What is taken away traps in the guest. */
static void
test_isa_extension (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (floats);
  g_autoptr (GError) error = NULL;
  gboolean enabled;

  g_assert_true (has_extension (guest, KVM_RISCV_ISA_EXTENSION_I));
  g_assert_false (has_extension (guest, KVM_RISCV_ISA_EXTENSION_H));
  for (guint i = 0; i < 2; i++)
    {
      guint extension = i == 0 ? KVM_RISCV_ISA_EXTENSION_D : KVM_RISCV_ISA_EXTENSION_F;

      g_assert_true (kvm_vcpu_riscv_get_isa_extension (guest->vcpu, extension, &enabled, &error));
      g_assert_true (enabled);
      g_assert_true (has_extension (guest, extension));
      g_assert_true (kvm_vcpu_riscv_set_isa_extension (guest->vcpu, extension, FALSE, &error));
      g_assert_no_error (error);
      g_assert_true (kvm_vcpu_riscv_get_isa_extension (guest->vcpu, extension, &enabled, &error));
      g_assert_false (enabled);
      g_assert_false (has_extension (guest, extension));
    }
  expect_write (guest, 0x61, CAUSE_ILLEGAL);
  expect_write (guest, 0x61, CAUSE_ILLEGAL);
  kvm_test_run (guest, KVM_EXIT_REASON_MMIO);
  kvm_test_run_to_halt (guest);

  g_assert_false (
      kvm_vcpu_riscv_set_isa_extension (guest->vcpu, KVM_RISCV_ISA_EXTENSION_D, TRUE, &error));
  kvm_test_assert_error (error, KVM_ERROR_BUSY, "isa extension d of 8 bytes");
}

/* Vectors, where the host has them. */
static void
test_vectors (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (vectors);
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *value = NULL;
  gsize length;

  value = kvm_vcpu_riscv_get_vector (guest->vcpu, 1, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length, ==, get_reg (guest->vcpu, KVMOBJ_RISCV_REG_VLENB));
  for (gsize i = 0; i < length; i++)
    value[i] = i;
  g_assert_true (kvm_vcpu_riscv_set_vector (guest->vcpu, 1, value, length, &error));
  g_assert_no_error (error);
  g_assert_false (kvm_vcpu_riscv_set_vector (guest->vcpu, 1, value, length - 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "bytes, not");
  kvm_test_run_to_halt (guest);
  g_clear_pointer (&value, g_free);
  value = kvm_vcpu_riscv_get_vector (guest->vcpu, 2, &length, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < length; i++)
    g_assert_cmpuint (value[i], ==, 2 * i);
}

static void
test_no_vectors (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_null (kvm_vcpu_riscv_get_vector (guest->vcpu, 1, &length, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_FOUND, "vlenb of 8 bytes");
}

static void
test_exceptions (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (exceptions);

  expect_write (guest, 0x61, CAUSE_BREAKPOINT);
  expect_write (guest, 0x61, CAUSE_ILLEGAL);
  kvm_test_run_to_halt (guest);
}

typedef struct
{
  KvmVcpu *vcpu;
  KvmExitReason reason;
} Run;

static gpointer
run_thread (gpointer data)
{
  g_autoptr (GError) error = NULL;
  Run *run = data;

  run->reason = kvm_vcpu_run (run->vcpu, NULL, &error);
  g_assert_no_error (error);
  return NULL;
}

static void
set_interrupt (KvmTestGuest *guest, gboolean level)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (kvm_vcpu_riscv_set_external_interrupt (guest->vcpu, level, &error));
  g_assert_no_error (error);
}

/* Before a run, and from another thread, where it wakes a guest that waits in the kernel. */
static void
test_external_interrupt (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (interrupts);
  Run run = { .vcpu = guest->vcpu };
  GThread *thread;

  set_up (guest, SIE_EXTERNAL);
  expect_write (guest, 0x60, 0);
  set_interrupt (guest, TRUE);
  for (guint i = 0; i < 3; i++)
    expect_write (guest, 0x61, CAUSE_EXTERNAL); /* it is up still */
  set_interrupt (guest, FALSE);

  thread = g_thread_new ("run", run_thread, &run);
  kvm_test_wait_until_running (guest->vcpu);
  set_interrupt (guest, TRUE);
  g_thread_join (thread);
  g_assert_cmpint (run.reason, ==, KVM_EXIT_REASON_MMIO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, CAUSE_EXTERNAL);
  set_interrupt (guest, FALSE);
}

static void
test_timer (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (timer);
  guint64 frequency = get_reg (guest->vcpu, KVMOBJ_RISCV_REG_TIMER_FREQUENCY);
  guint64 begin;

  set_up (guest, frequency / 50);
  begin = get_reg (guest->vcpu, KVMOBJ_RISCV_REG_TIMER_TIME);
  expect_write (guest, 0x60, 0);
  expect_write (guest, 0x61, CAUSE_TIMER);
  g_assert_cmpuint (get_reg (guest->vcpu, KVMOBJ_RISCV_REG_TIMER_TIME) - begin, >=, frequency / 50);
}

/* What the guest calls next. */
static void
set_call (KvmTestGuest *guest, guint64 extension, guint64 function, guint64 a0, guint64 a1,
          guint64 a2)
{
  const guint64 words[] = { extension, function, a0, a1, a2 };
  g_autoptr (GError) error = NULL;

  kvm_memory_write (guest->memory, 0x2000, (const guint8 *) words, sizeof words, &error);
  g_assert_no_error (error);
}

static void
expect_result (KvmTestGuest *guest, guint64 a0, guint64 a1)
{
  expect_write (guest, 0x61, a0);
  expect_write (guest, 0x62, a1);
}

/* A call that the process answers. */
static void
assert_answered (KvmTestGuest *guest, guint64 extension)
{
  g_autofree guint64 *arguments = NULL;
  g_autofree guint64 *results = NULL;
  g_autoptr (GError) error = NULL;
  guint64 pc;
  gsize n;

  set_call (guest, extension, 2, 100, 200, 300);
  kvm_test_run (guest, KVM_EXIT_REASON_RISCV_SBI);
  g_assert_cmphex (kvm_exit_riscv_get_sbi_extension (guest->exit), ==, extension);
  g_assert_cmphex (kvm_exit_riscv_get_sbi_function (guest->exit), ==, 2);
  arguments = kvm_exit_riscv_get_sbi_arguments (guest->exit, &n);
  g_assert_cmpuint (n, ==, 6);
  g_assert_cmpuint (arguments[0], ==, 100);
  g_assert_cmpuint (arguments[1], ==, 200);
  g_assert_cmpuint (arguments[2], ==, 300);
  kvm_exit_riscv_set_sbi_result (guest->exit, -5, 0x123456789abcdef0);
  results = kvm_exit_riscv_get_sbi_result (guest->exit, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpint (results[0], ==, -5);
  g_assert_cmphex (results[1], ==, 0x123456789abcdef0);

  /* The next KVM_RUN puts them into a0 and a1, and goes on behind the call. */
  pc = get_reg (guest->vcpu, KVMOBJ_RISCV_REG_PC);
  g_assert_false (kvm_vcpu_set_one_reg (guest->vcpu, KVMOBJ_RISCV_REG_PC, pc, &error));
  kvm_test_assert_error (error, KVM_ERROR_PENDING,
                         "the answer that the guest is to get would be lost");
  g_assert_cmpint (kvm_vcpu_complete_pending (guest->vcpu, &error), ==,
                   KVM_EXIT_REASON_INTERRUPTED);
  g_assert_no_error (error);
  g_assert_cmphex (get_reg (guest->vcpu, KVMOBJ_RISCV_REG_PC), ==, pc + 4);
  g_assert_cmpint (get_reg (guest->vcpu, kvm_riscv_reg_x (10)), ==, -5);
  expect_result (guest, -5, 0x123456789abcdef0);
}

static void
test_calls (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (call);
  g_autoptr (GError) error = NULL;

  g_assert_true (
      kvm_vcpu_riscv_set_sbi_extension (guest->vcpu, KVM_RISCV_SBI_EXTENSION_DBCN, TRUE, &error));
  g_assert_no_error (error);
  set_call (guest, SBI_BASE, 3, SBI_HSM, 0, 0); /* whether there is such an extension */
  expect_result (guest, 0, 1);
  assert_answered (guest, SBI_EXPERIMENTAL);
  assert_answered (guest, SBI_VENDOR);
  assert_answered (guest, SBI_DBCN);
}

/* What is taken away fails in the guest, or is not even seen by the process. */
static void
test_sbi_extension (void)
{
  static const struct
  {
    KvmRiscvSbiExtension extension;
    guint64 id;
  } extensions[] = {
    { KVM_RISCV_SBI_EXTENSION_HSM, SBI_HSM },
    { KVM_RISCV_SBI_EXTENSION_SRST, SBI_SRST },
    { KVM_RISCV_SBI_EXTENSION_DBCN, SBI_DBCN },
  };
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (call);
  g_autoptr (GError) error = NULL;
  g_autofree guint *enabled_ones = NULL;
  gboolean enabled;
  gsize n;

  for (guint i = 0; i < G_N_ELEMENTS (extensions); i++)
    {
      g_assert_true (
          kvm_vcpu_riscv_set_sbi_extension (guest->vcpu, extensions[i].extension, FALSE, &error));
      g_assert_no_error (error);
      g_assert_true (kvm_vcpu_riscv_get_sbi_extension (guest->vcpu, extensions[i].extension,
                                                       &enabled, &error));
      g_assert_false (enabled);
    }
  enabled_ones = kvm_vcpu_riscv_get_sbi_extensions (guest->vcpu, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, >, 0);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_cmpuint (enabled_ones[i], !=, KVM_RISCV_SBI_EXTENSION_HSM);
      g_assert_nonnull (kvm_riscv_sbi_ext_to_string (enabled_ones[i]));
    }
  for (guint i = 0; i < G_N_ELEMENTS (extensions); i++)
    {
      set_call (guest, extensions[i].id, 0, 0, 0, 0);
      expect_result (guest, SBI_NOT_SUPPORTED, 0);
      set_call (guest, SBI_BASE, 3, extensions[i].id, 0, 0);
      expect_result (guest, 0, 0);
    }
  g_assert_false (
      kvm_vcpu_riscv_set_sbi_extension (guest->vcpu, KVM_RISCV_SBI_EXTENSION_HSM, TRUE, &error));
  kvm_test_assert_error (error, KVM_ERROR_BUSY, "sbi extension hsm of 8 bytes");
}

static void
test_shutdown (void)
{
  static const struct
  {
    guint64 type;
    KvmSystemEventType event;
  } resets[] = {
    { 0, KVM_SYSTEM_EVENT_TYPE_SHUTDOWN },
    { 1, KVM_SYSTEM_EVENT_TYPE_RESET },
  };

  for (guint i = 0; i < G_N_ELEMENTS (resets); i++)
    {
      g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (call);
      g_autofree guint64 *data = NULL;
      gsize n;

      set_call (guest, SBI_SRST, 0, resets[i].type, 1, 0); /* the reason: a failure */
      kvm_test_run (guest, KVM_EXIT_REASON_SYSTEM_EVENT);
      g_assert_cmpint (kvm_exit_get_system_event (guest->exit), ==, resets[i].event);
      data = kvm_exit_get_system_event_data (guest->exit, &n);
      g_assert_cmpuint (n, ==, 1);
      g_assert_cmpuint (data[0], ==, 1);
    }
}

/* A second hart waits until the first starts it, which is told where and with what. */
static void
test_start_hart (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (call);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmVcpu) second = kvm_vm_create_vcpu (guest->vm, 1, &error);
  KvmTestGuest other = *guest;
  Run run = { .vcpu = second };
  KvmVcpuState state;
  GThread *thread;

  g_assert_no_error (error);
  other.vcpu = second;
  other.exit = kvm_vcpu_get_exit (second);
  kvm_memory_write (guest->memory, 0x3000, guest_hart, guest_hart_end - guest_hart, &error);
  g_assert_no_error (error);

  set_call (guest, SBI_HSM, 2, 1, 0, 0); /* the state of hart 1: 1 is stopped */
  expect_result (guest, 0, 1);
  thread = g_thread_new ("run", run_thread, &run);
  kvm_test_wait_until_running (second);
  set_call (guest, SBI_HSM, 0, 1, 0x3000, 0xabcd);
  expect_result (guest, 0, 0);
  g_thread_join (thread);
  g_assert_cmpint (run.reason, ==, KVM_EXIT_REASON_MMIO);
  g_assert_cmphex (kvm_exit_get_address (other.exit), ==, KVM_TEST_PORT (0x61));
  g_assert_cmphex (kvm_exit_get_value (other.exit), ==, 1);
  expect_write (&other, 0x62, 0xabcd);
  kvm_test_run_to_halt (&other);

  set_call (guest, SBI_HSM, 2, 1, 0, 0);
  expect_result (guest, 0, 0);
  g_assert_true (kvm_vcpu_set_mp_state (second, KVM_VCPU_STATE_STOPPED, &error));
  g_assert_no_error (error);
  expect_result (guest, 0, 1);
  g_assert_true (kvm_vcpu_get_mp_state (second, &state, &error));
  g_assert_cmpint (state, ==, KVM_VCPU_STATE_STOPPED);
  g_assert_false (kvm_vcpu_set_mp_state (second, KVM_VCPU_STATE_HALTED, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "state 3");
}

/* What is wrong has its name in the error. */
static void
test_bad_registers (void)
{
  static const struct
  {
    guint64 id;
    int code;
    const char *text;
  } bad[] = {
    { G_GUINT64_CONSTANT (0x8020000002000000), KVM_ERROR_INVALID_ARGUMENT, "pc of 4 bytes" },
    { G_GUINT64_CONSTANT (0x8030000002000021), KVM_ERROR_NOT_FOUND, "core 33 of 8 bytes" },
    { G_GUINT64_CONSTANT (0x8030000003000fff), KVM_ERROR_NOT_FOUND, "csr 4095 of 8 bytes" },
    { G_GUINT64_CONSTANT (0x8030000004000009), KVM_ERROR_NOT_FOUND, "timer 9 of 8 bytes" },
    { G_GUINT64_CONSTANT (0x8020000005000022), KVM_ERROR_NOT_FOUND, "fp_f 34 of 4 bytes" },
    { G_GUINT64_CONSTANT (0x8030000007001000), KVM_ERROR_NOT_FOUND, "isa extension 4096" },
    { G_GUINT64_CONSTANT (0x8030000008001000), KVM_ERROR_NOT_FOUND, "sbi extension 4096" },
    { G_GUINT64_CONSTANT (0x803000000f000000), KVM_ERROR_NOT_FOUND, "0x803000000f000000" },
  };
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  gboolean enabled;
  guint64 value;
  gsize length;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (kvm_vcpu_get_one_reg (guest->vcpu, bad[i].id, &value, &error));
      kvm_test_assert_error (error, bad[i].code, bad[i].text);
      g_assert_false (kvm_vcpu_set_one_reg (guest->vcpu, bad[i].id, 0, &error));
      kvm_test_assert_error (error, bad[i].code, bad[i].text);
    }
  g_assert_false (kvm_vcpu_set_one_reg (guest->vcpu, KVMOBJ_RISCV_REG_TIMER_FREQUENCY, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "timer_frequency");
  g_assert_null (kvm_vcpu_riscv_get_vector (guest->vcpu, 32, &length, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "v32: they are v0 to v31");
  g_assert_false (kvm_vcpu_riscv_get_isa_extension (guest->vcpu, 0x10000, &enabled, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "65536: they are below 65536");
  g_assert_false (kvm_vcpu_riscv_set_sbi_extension (guest->vcpu, G_MAXUINT, TRUE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "4294967295: they are below 65536");
  g_assert_false (
      kvm_vcpu_riscv_set_isa_extension (guest->vcpu, KVM_RISCV_ISA_EXTENSION_M, FALSE, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "isa extension m");
  g_assert_false (kvm_vcpu_interrupt (guest->vcpu, 5, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "no interrupt 0x5");
}

/* Without an interrupt controller in the kernel. A trigger is taken all the same, but leads
 * nowhere; see the manual. */
static void
test_no_irqchip (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmIrqRouting) routing = kvm_irq_routing_new ();
  g_autoptr (GError) error = NULL;
  guint n;

  g_assert_false (kvm_vm_create_irqchip (guest->vm, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "on riscv64 the AIA is a device");
  g_assert_false (kvm_vm_set_irq_line (guest->vm, 5, TRUE, &error));
  kvm_test_assert_error (error, KVM_ERROR_NO_SUCH_ATTRIBUTE, "kvm_device_riscv_init_aia ()");
  g_assert_false (kvm_vm_signal_msi (guest->vm, 0x28000000, 5, KVM_MSI_FLAGS_NONE, 0, &n, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "address 0x28000000");
  kvm_irq_routing_add_msi (routing, 40, 0x28000000, 5, KVM_MSI_FLAGS_NONE, 0, &error);
  g_assert_false (kvm_vm_set_irq_routing (guest->vm, routing, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "kvm_device_riscv_init_aia ()");
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/riscv-vcpu/setup", test_setup);
  kvm_test_add ("/riscv-vcpu/registers", test_registers);
  kvm_test_add ("/riscv-vcpu/control-registers", test_control_registers);
  kvm_test_add ("/riscv-vcpu/list", test_list);
  kvm_test_add ("/riscv-vcpu/floats", test_floats);
  kvm_test_add ("/riscv-vcpu/vectors", test_vectors);
  kvm_test_add ("/riscv-vcpu/no-vectors", test_no_vectors);
  kvm_test_add ("/riscv-vcpu/isa-extension", test_isa_extension);
  kvm_test_add ("/riscv-vcpu/exceptions", test_exceptions);
  kvm_test_add ("/riscv-vcpu/external-interrupt", test_external_interrupt);
  kvm_test_add ("/riscv-vcpu/timer", test_timer);
  kvm_test_add ("/riscv-vcpu/calls", test_calls);
  kvm_test_add ("/riscv-vcpu/sbi-extension", test_sbi_extension);
  kvm_test_add ("/riscv-vcpu/shutdown", test_shutdown);
  kvm_test_add ("/riscv-vcpu/start-hart", test_start_hart);
  kvm_test_add ("/riscv-vcpu/bad-registers", test_bad_registers);
  kvm_test_add ("/riscv-vcpu/no-irqchip", test_no_irqchip);
  return g_test_run ();
}

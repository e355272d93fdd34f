/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How the library hands registers of x86 to the kernel, byte by byte, under the null KVM. The bytes
 * are worked out by hand from api.rst and the layouts there. */

#include "null-test.h"

#include <string.h>

#define ZEROS_8 "0000000000000000"
#define ZEROS_16 ZEROS_8 ZEROS_8
#define ZEROS_64 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16

static void
test_fpu (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86Fpu fpu = { .fcw = 0x37f,
                    .fsw = 0x3801,
                    .ftwx = 0x80,
                    .last_opcode = 0x123,
                    .last_ip = G_GUINT64_CONSTANT (0x1122334455667788),
                    .last_dp = 0x99,
                    .mxcsr = 0x1f80 };

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  kvm_x86_fpu_set_fpr (&fpu, 1, (const guint8 *) "0123456789ABCDEF", 16, &error);
  kvm_x86_fpu_set_xmm (&fpu, 0, (const guint8 *) "abcdefghijklmnop", 16, &error);
  g_assert_true (kvm_vcpu_x86_set_fpu (machine->vcpu, &fpu, &error));
  g_assert_no_error (error);

  /* 8 registers; control, status, tags, a byte of nothing, opcode, two addresses; 16 registers;
   * MXCSR, a word of nothing */
  assert_request (
      "KVM_SET_FPU", ZEROS_16
      "30313233343536373839414243444546" ZEROS_16 ZEROS_16 ZEROS_64 "7f03"
      "0138"
      "80"
      "00"
      "2301"
      "8877665544332211"
      "9900000000000000"
      "6162636465666768696a6b6c6d6e6f70" ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_64 ZEROS_64 ZEROS_64
      "801f0000"
      "00000000");

  /* The state said nothing of x87 and SSE; the second time it does. */
  g_assert_cmpuint (count_requests ("KVM_SET_XSAVE"), ==, 1);
  g_assert_true (kvm_vcpu_x86_set_fpu (machine->vcpu, &fpu, &error));
  g_assert_cmpuint (count_requests ("KVM_SET_XSAVE"), ==, 1);
  g_assert_cmpuint (count_requests ("KVM_SET_FPU"), ==, 2);
}

/* What cannot be marked as used is not. */
static void
test_fpu_without_xsave (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86Fpu fpu = { 0 };

  g_setenv ("NULL_KVM_CAPABILITIES", "55=0,208=0", TRUE);
  if (!in_process ("NULL_KVM_FAIL", "KVM_GET_XSAVE:EINVAL"))
    {
      g_unsetenv ("NULL_KVM_CAPABILITIES");
      return;
    }

  machine = machine_new ();
  g_assert_null (kvm_vcpu_x86_get_xsave (machine->vcpu, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "KVM_CAP_XSAVE is 0"));
  g_clear_error (&error);
  g_assert_true (kvm_vcpu_x86_set_fpu (machine->vcpu, &fpu, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_requests ("KVM_SET_FPU"), ==, 1);
}

static KvmX86Xsave *
make_xsave (gsize size)
{
  guint8 *data = g_malloc0 (size);
  g_autoptr (GBytes) bytes = g_bytes_new_take (data, size);
  g_autoptr (GError) error = NULL;
  KvmX86Xsave *xsave;

  data[0] = 0x7f;
  data[512] = 3;
  data[size - 1] = 0x99;
  xsave = kvm_x86_xsave_new_from_bytes (bytes, &error);
  g_assert_no_error (error);
  return xsave;
}

/* All of a long state gets there and back, and one of another size does not. */
static void
test_long_xsave (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmX86Xsave) xsave = NULL;
  g_autoptr (KvmX86Xsave) shorter = NULL;
  g_autoptr (KvmX86Xsave) back = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process ("NULL_KVM_CAPABILITIES", "208=11008"))
    return;

  machine = machine_new ();
  xsave = make_xsave (11008);
  shorter = make_xsave (4096);
  g_assert_true (kvm_vcpu_x86_set_xsave (machine->vcpu, xsave, &error));
  assert_request_starts ("KVM_SET_XSAVE", "7f00000000000000" ZEROS_8);
  back = kvm_vcpu_x86_get_xsave (machine->vcpu, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kvm_x86_xsave_get_size (back), ==, 11008);
  g_assert_true (kvm_x86_xsave_equal (xsave, back));
  g_assert_cmpuint (count_requests ("KVM_GET_XSAVE2"), ==, 1);
  g_assert_cmpuint (count_requests ("KVM_GET_XSAVE"), ==, 0);

  g_assert_false (kvm_vcpu_x86_set_xsave (machine->vcpu, shorter, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "11008 bytes on this host, not 4096"));
  g_assert_cmpuint (count_requests ("KVM_SET_XSAVE"), ==, 1);
}

/* An old kernel has one size and one request. */
static void
test_old_xsave (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmX86Xsave) xsave = NULL;
  g_autoptr (KvmX86Xsave) back = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process ("NULL_KVM_CAPABILITIES", "208=0"))
    return;

  machine = machine_new ();
  xsave = make_xsave (4096);
  g_assert_true (kvm_vcpu_x86_set_xsave (machine->vcpu, xsave, &error));
  back = kvm_vcpu_x86_get_xsave (machine->vcpu, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_x86_xsave_equal (xsave, back));
  g_assert_cmpuint (count_requests ("KVM_GET_XSAVE"), ==, 1);
  g_assert_cmpuint (count_requests ("KVM_GET_XSAVE2"), ==, 0);
}

static void
test_structs (void)
{
  const KvmX86DebugRegs regs = { .dr0 = 1,
                                 .dr1 = 2,
                                 .dr2 = 3,
                                 .dr3 = G_GUINT64_CONSTANT (0x1122334455667788),
                                 .dr6 = 0xffff0ff0,
                                 .dr7 = 0x401,
                                 .flags = 5 };
  const KvmX86VcpuEvents events = { .exception_injected = 1,
                                    .exception_nr = 2,
                                    .exception_has_error_code = 3,
                                    .exception_pending = 4,
                                    .exception_error_code = 0x05060708,
                                    .interrupt_injected = 9,
                                    .interrupt_nr = 10,
                                    .interrupt_soft = 11,
                                    .interrupt_shadow = 12,
                                    .nmi_injected = 13,
                                    .nmi_pending = 14,
                                    .nmi_masked = 15,
                                    .sipi_vector = 0x10111213,
                                    .flags = 0x3f,
                                    .smi_smm = 17,
                                    .smi_pending = 18,
                                    .smi_smm_inside_nmi = 19,
                                    .smi_latched_init = 20,
                                    .triple_fault_pending = 21,
                                    .exception_has_payload = 22,
                                    .exception_payload = G_GUINT64_CONSTANT (0x1122334455667788) };
  const KvmX86Sregs2 sregs = { .cs = { .base = 1,
                                       .limit = 2,
                                       .selector = 3,
                                       .type = 4,
                                       .present = 5,
                                       .dpl = 6,
                                       .db = 7,
                                       .s = 8,
                                       .l = 9,
                                       .g = 10,
                                       .avl = 11,
                                       .unusable = 12 },
                               .ldt = { .base = 13 },
                               .gdt = { .base = 14, .limit = 15 },
                               .idt = { .base = 16, .limit = 17 },
                               .cr0 = 18,
                               .cr2 = 19,
                               .cr3 = 20,
                               .cr4 = 21,
                               .cr8 = 22,
                               .efer = 23,
                               .apic_base = 24,
                               .flags = KVM_X86_SREGS2_FLAGS_PDPTRS_VALID,
                               .pdptr0 = 25,
                               .pdptr1 = 26,
                               .pdptr2 = 27,
                               .pdptr3 = G_GUINT64_CONSTANT (0x1122334455667788) };
  g_autoptr (KvmX86Xcrs) xcrs = kvm_x86_xcrs_new ();
  g_autoptr (KvmX86Xcrs) xcrs_back = NULL;
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86VcpuEvents events_back;
  KvmX86DebugRegs regs_back;
  KvmX86Sregs2 sregs_back;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();

  /* four addresses, DR6, DR7, flags; nine words of nothing */
  kvm_vcpu_x86_set_debug_regs (machine->vcpu, &regs, &error);
  assert_request ("KVM_SET_DEBUGREGS", "0100000000000000"
                                       "0200000000000000"
                                       "0300000000000000"
                                       "8877665544332211"
                                       "f00fffff00000000"
                                       "0104000000000000"
                                       "0500000000000000" ZEROS_64 ZEROS_8);
  kvm_vcpu_x86_get_debug_regs (machine->vcpu, &regs_back, &error);
  g_assert_true (kvm_x86_debug_regs_equal (&regs, &regs_back));

  /* exception; interrupt; NMI; SIPI, flags; SMI; triple fault; 26 bytes of nothing; payload */
  kvm_vcpu_x86_set_vcpu_events (machine->vcpu, &events, &error);
  assert_request ("KVM_SET_VCPU_EVENTS", "0102030408070605"
                                         "090a0b0c"
                                         "0d0e0f00"
                                         "13121110"
                                         "3f000000"
                                         "11121314"
                                         "15" ZEROS_16 ZEROS_8 "0000"
                                         "16"
                                         "8877665544332211");
  kvm_vcpu_x86_get_vcpu_events (machine->vcpu, &events_back, &error);
  g_assert_true (kvm_x86_vcpu_events_equal (&events, &events_back));

  /* eight segments, two tables, seven registers, flags, four PDPTRs */
  kvm_vcpu_x86_set_sregs2 (machine->vcpu, &sregs, &error);
  assert_request ("KVM_SET_SREGS2",
                  "0100000000000000"
                  "02000000"
                  "0300"
                  "0405060708090a0b"
                  "0c00" ZEROS_64 ZEROS_64 ZEROS_16 "0d00000000000000" ZEROS_16 "0e00000000000000"
                  "0f00000000000000"
                  "1000000000000000"
                  "1100000000000000"
                  "1200000000000000"
                  "1300000000000000"
                  "1400000000000000"
                  "1500000000000000"
                  "1600000000000000"
                  "1700000000000000"
                  "1800000000000000"
                  "0100000000000000"
                  "1900000000000000"
                  "1a00000000000000"
                  "1b00000000000000"
                  "8877665544332211");
  kvm_vcpu_x86_get_sregs2 (machine->vcpu, &sregs_back, &error);
  g_assert_true (kvm_x86_sregs2_equal (&sregs, &sregs_back));

  /* how many, flags; number, a word of nothing, value for each of 16; 16 words of nothing */
  kvm_x86_xcrs_set_xcr (xcrs, 0, 7, &error);
  kvm_x86_xcrs_set_xcr (xcrs, 1, G_GUINT64_CONSTANT (0x1122334455667788), &error);
  kvm_vcpu_x86_set_xcrs (machine->vcpu, xcrs, &error);
  assert_request (
      "KVM_SET_XCRS",
      "02000000"
      "00000000"
      "00000000"
      "00000000"
      "0700000000000000"
      "01000000"
      "00000000"
      "8877665544332211" ZEROS_64 ZEROS_64 ZEROS_64 ZEROS_16 ZEROS_16 ZEROS_64 ZEROS_64);
  xcrs_back = kvm_vcpu_x86_get_xcrs (machine->vcpu, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_x86_xcrs_equal (xcrs, xcrs_back));
}

static KvmX86NestedState *
make_nested_state (guint size)
{
  guint8 *data = g_malloc0 (size);
  g_autoptr (GBytes) bytes = g_bytes_new_take (data, size);
  g_autoptr (GError) error = NULL;
  KvmX86NestedState *state;

  data[0] = 1; /* guest mode */
  data[2] = 1; /* SVM */
  data[4] = size & 0xff;
  data[5] = size >> 8;
  data[8] = 0x99;
  data[size - 1] = 0x77;
  state = kvm_x86_nested_state_new_from_bytes (bytes, &error);
  g_assert_no_error (error);
  return state;
}

/* The kernel said 128 bytes, and then needs more. */
static void
test_nested_state (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmX86NestedState) small = NULL;
  g_autoptr (KvmX86NestedState) state = NULL;
  g_autoptr (KvmX86NestedState) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *argument = NULL;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  small = kvm_vcpu_x86_get_nested_state (machine->vcpu, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kvm_x86_nested_state_get_size (small), ==, 128);
  assert_request_starts ("KVM_GET_NESTED_STATE", "0000"
                                                 "0000"
                                                 "80000000" ZEROS_8);

  /* flags, format, size; then the processor maker's */
  state = make_nested_state (4224);
  g_assert_true (kvm_vcpu_x86_set_nested_state (machine->vcpu, state, &error));
  argument = last_argument ("KVM_SET_NESTED_STATE");
  g_assert_cmpuint (strlen (argument), ==, 2 * 4224);
  g_assert_true (g_str_has_prefix (argument, "0100"
                                             "0100"
                                             "80100000"
                                             "9900000000000000"));
  g_assert_true (g_str_has_suffix (argument, "0077"));
  back = kvm_vcpu_x86_get_nested_state (machine->vcpu, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_x86_nested_state_equal (state, back));
  g_assert_cmpuint (count_requests ("KVM_GET_NESTED_STATE"), ==, 3);
}

/* A kernel that wants more and does not say how much is not asked for ever. */
static void
test_nested_state_that_fails (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmX86NestedState) state = NULL;
  g_autoptr (GError) error = NULL;

  if (!in_process ("NULL_KVM_FAIL", "KVM_GET_NESTED_STATE:E2BIG,KVM_SET_NESTED_STATE:EINVAL"))
    return;

  machine = machine_new ();
  g_assert_null (kvm_vcpu_x86_get_nested_state (machine->vcpu, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_TOO_BIG);
  g_assert_cmpuint (count_requests ("KVM_GET_NESTED_STATE"), ==, 1);
  g_clear_error (&error);
  state = make_nested_state (128);
  g_assert_false (kvm_vcpu_x86_set_nested_state (machine->vcpu, state, &error));
  g_assert_error (error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "(format 1, flags 0x1, 128 bytes)"));
}

static void
test_translate (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86TranslationFlags flags;
  guint64 address;

  if (!in_process (NULL, NULL))
    return;

  machine = machine_new ();
  g_assert_true (kvm_vcpu_x86_translate (machine->vcpu, G_GUINT64_CONSTANT (0x1122334455667788),
                                         &address, &flags, &error));
  g_assert_no_error (error);

  /* address; room for the answer */
  assert_request ("KVM_TRANSLATE", "8877665544332211" ZEROS_16);
  g_assert_cmphex (address, ==, G_GUINT64_CONSTANT (0x1122334455667788));
  g_assert_cmphex (flags, ==, KVM_X86_TRANSLATION_FLAGS_WRITABLE);
}

/* Each request that depends on a capability names it. */
static void
test_missing (void)
{
  g_autoptr (Machine) machine = NULL;
  g_autoptr (KvmX86Xcrs) xcrs = NULL;
  g_autoptr (KvmX86Xsave) xsave = NULL;
  g_autoptr (KvmX86NestedState) state = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86VcpuEvents events = { 0 };
  KvmX86DebugRegs regs = { 0 };
  KvmX86Sregs2 sregs = { 0 };

  /* VCPU_EVENTS, DEBUGREGS, XSAVE, XCRS, NESTED_STATE, SREGS2, XSAVE2 */
  g_setenv ("NULL_KVM_CAPABILITIES", "41=0,50=0,55=0,56=0,157=0,200=0,208=0", TRUE);
  if (!in_process ("NULL_KVM_FAIL",
                   "KVM_GET_VCPU_EVENTS:EINVAL,KVM_SET_VCPU_EVENTS:EINVAL,"
                   "KVM_GET_DEBUGREGS:EINVAL,KVM_SET_DEBUGREGS:EINVAL,KVM_SET_XSAVE:EINVAL,"
                   "KVM_GET_XCRS:EINVAL,KVM_SET_XCRS:EINVAL,KVM_GET_NESTED_STATE:EINVAL,"
                   "KVM_SET_NESTED_STATE:EINVAL,KVM_GET_SREGS2:EINVAL,KVM_SET_SREGS2:EINVAL"))
    {
      g_unsetenv ("NULL_KVM_CAPABILITIES");
      return;
    }

  machine = machine_new ();
  xcrs = kvm_x86_xcrs_new ();
  xsave = make_xsave (4096);
  state = make_nested_state (128);
#define ASSERT_MISSING(call, capability)                                                           \
  g_assert_false (call);                                                                           \
  g_assert_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED);                                      \
  g_assert_nonnull (strstr (error->message, "(KVM_CAP_" capability " is 0)"));                     \
  g_clear_error (&error)
  ASSERT_MISSING (kvm_vcpu_x86_get_vcpu_events (machine->vcpu, &events, &error), "VCPU_EVENTS");
  ASSERT_MISSING (kvm_vcpu_x86_set_vcpu_events (machine->vcpu, &events, &error), "VCPU_EVENTS");
  ASSERT_MISSING (kvm_vcpu_x86_get_debug_regs (machine->vcpu, &regs, &error), "DEBUGREGS");
  ASSERT_MISSING (kvm_vcpu_x86_set_debug_regs (machine->vcpu, &regs, &error), "DEBUGREGS");
  ASSERT_MISSING (kvm_vcpu_x86_set_xsave (machine->vcpu, xsave, &error), "XSAVE");
  ASSERT_MISSING (kvm_vcpu_x86_get_xcrs (machine->vcpu, &error), "XCRS");
  ASSERT_MISSING (kvm_vcpu_x86_set_xcrs (machine->vcpu, xcrs, &error), "XCRS");
  ASSERT_MISSING (kvm_vcpu_x86_get_nested_state (machine->vcpu, &error), "NESTED_STATE");
  ASSERT_MISSING (kvm_vcpu_x86_set_nested_state (machine->vcpu, state, &error), "NESTED_STATE");
  ASSERT_MISSING (kvm_vcpu_x86_get_sregs2 (machine->vcpu, &sregs, &error), "SREGS2");
  ASSERT_MISSING (kvm_vcpu_x86_set_sregs2 (machine->vcpu, &sregs, &error), "SREGS2");
}

int
main (int argc, char **argv)
{
  null_test_init (&argc, &argv);
  g_test_add_func ("/requests/registers/fpu", test_fpu);
  g_test_add_func ("/requests/registers/fpu-without-xsave", test_fpu_without_xsave);
  g_test_add_func ("/requests/registers/long-xsave", test_long_xsave);
  g_test_add_func ("/requests/registers/old-xsave", test_old_xsave);
  g_test_add_func ("/requests/registers/structs", test_structs);
  g_test_add_func ("/requests/registers/nested-state", test_nested_state);
  g_test_add_func ("/requests/registers/nested-state-that-fails", test_nested_state_that_fails);
  g_test_add_func ("/requests/registers/translate", test_translate);
  g_test_add_func ("/requests/registers/missing", test_missing);
  return null_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The registers of x86 beside the general ones: what is set is what the guest has, and what the
 * guest changes is read back. */

#include "x86-guest.h"

#include <string.h>

#define CR4_SSE 0x600
#define CR4_OSXSAVE 0x40000

/* Stores the control and status words of x87 at 0x2000 and 0x2004, and xmm0 at 0x2010; resets x87,
 * and loads xmm0 from 0x2030. */
static const guint8 fpu_code[] = {
  0xd9, 0x3e, 0x00, 0x20,       /* fnstcw 0x2000 */
  0xdd, 0x3e, 0x04, 0x20,       /* fnstsw 0x2004 */
  0x0f, 0x11, 0x06, 0x10, 0x20, /* movups %xmm0, 0x2010 */
  0xdb, 0xe3,                   /* fninit */
  0x0f, 0x10, 0x06, 0x30, 0x20, /* movups 0x2030, %xmm0 */
  0xf4,                         /* hlt */
};

static void
assert_fpu_in_guest (KvmTestGuest *guest)
{
  guint16 word;
  char xmm[16];

  kvm_test_write (guest, 0x2030, "abcdefghijklmnop", 16);
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  kvm_test_read (guest, 0x2000, &word, sizeof word);
  g_assert_cmphex (word, ==, 0x27f);
  kvm_test_read (guest, 0x2004, &word, sizeof word);
  g_assert_cmphex (word, ==, 0x3800);
  kvm_test_read (guest, 0x2010, xmm, sizeof xmm);
  g_assert_cmpmem (xmm, 16, "0123456789ABCDEF", 16);
}

/* The vCPU has never run: that is when the kernel alone would lose it. */
static void
test_fpu (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_X86_GUEST (fpu_code, CR4_SSE);
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *xmm = NULL;
  gsize length;
  KvmX86Fpu fpu;

  g_assert_true (kvm_vcpu_x86_get_fpu (guest->vcpu, &fpu, &error));
  g_assert_cmphex (fpu.fcw, ==, 0x37f);
  fpu.fcw = 0x27f;
  fpu.fsw = 0x3800;
  g_assert_true (kvm_x86_fpu_set_xmm (&fpu, 0, (const guint8 *) "0123456789ABCDEF", 16, &error));
  g_assert_true (kvm_vcpu_x86_set_fpu (guest->vcpu, &fpu, &error));
  g_assert_no_error (error);
  assert_fpu_in_guest (guest);

  g_assert_true (kvm_vcpu_x86_get_fpu (guest->vcpu, &fpu, &error));
  g_assert_no_error (error);
  g_assert_cmphex (fpu.fcw, ==, 0x37f);
  g_assert_cmphex (fpu.fsw, ==, 0);
  xmm = kvm_x86_fpu_get_xmm (&fpu, 0, &length, &error);
  g_assert_cmpmem (xmm, length, "abcdefghijklmnop", 16);
}

static void
test_fpu_registers (void)
{
  g_autoptr (KvmX86Fpu) fpu = kvm_x86_fpu_new ();
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *last = NULL;
  g_autofree char *text = NULL;
  const guint8 data[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 0xff, 0x3f };
  gsize length;

  g_assert_true (kvm_x86_fpu_set_fpr (fpu, 7, data, 16, &error));
  g_assert_true (kvm_x86_fpu_set_xmm (fpu, 15, data, 16, &error));
  last = kvm_x86_fpu_get_fpr (fpu, 7, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (last, length, data, 16);
  fpu->fcw = 0x37f;
  fpu->mxcsr = 0x1f80;
  text = kvm_x86_fpu_to_string (fpu);
  g_assert_true (g_str_has_prefix (text, "fcw=037f fsw=0000 ftw=00 mxcsr=00001f80\n"));
  g_assert_nonnull (strstr (text, " st7=3fff0807060504030201\nxmm0=0000"));
  g_assert_true (g_str_has_suffix (text, " xmm15=0000000000003fff0807060504030201"));

  g_assert_null (kvm_x86_fpu_get_fpr (fpu, 8, &length, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "the registers st0 to st7, not st8");
  g_assert_cmpuint (length, ==, 0);
  g_assert_null (kvm_x86_fpu_get_xmm (fpu, 16, &length, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not xmm16");
  g_assert_false (kvm_x86_fpu_set_fpr (fpu, G_MAXUINT, data, 16, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not st4294967295");
  g_assert_false (kvm_x86_fpu_set_xmm (fpu, 16, data, 16, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not xmm16");
  g_assert_false (kvm_x86_fpu_set_xmm (fpu, 1, data, 15, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "16 bytes, not 15");
}

static KvmX86Xsave *
change_xsave (KvmX86Xsave *xsave, gsize offset, gconstpointer data, gsize size)
{
  GByteArray *array = g_bytes_unref_to_array (kvm_x86_xsave_to_bytes (xsave));
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  KvmX86Xsave *changed;

  g_assert_cmpuint (offset + size, <=, array->len);
  memcpy (array->data + offset, data, size);
  bytes = g_byte_array_free_to_bytes (array);
  changed = kvm_x86_xsave_new_from_bytes (bytes, &error);
  g_assert_no_error (error);
  kvm_x86_xsave_unref (xsave);
  return changed;
}

static void
test_xsave (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_X86_GUEST (fpu_code, CR4_SSE);
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autoptr (KvmX86Xsave) xsave = NULL;
  g_autoptr (KvmX86Xsave) back = NULL;
  g_autoptr (GBytes) ymm = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  KvmX86CpuidEntry entry;

  xsave = kvm_vcpu_x86_get_xsave (guest->vcpu, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (kvm_x86_xsave_get_size (xsave), ==,
                    kvm_vm_check_extension (guest->vm, KVM_CAPABILITY_XSAVE2, &error));
  g_assert_cmphex (kvm_x86_xsave_get_fcw (xsave), ==, 0x37f);
  g_assert_cmphex (kvm_x86_xsave_get_mxcsr (xsave), ==, 0x1f80);

  /* Component 2 is the upper halves of the YMM. */
  cpuid = kvm_vcpu_x86_get_cpuid (guest->vcpu, &error);
  g_assert_true (kvm_x86_cpuid_find (cpuid, 0xd, 2, &entry));
  g_assert_cmpuint (entry.eax, ==, 256);
  xsave = change_xsave (xsave, 0, (const guint16[]){ 0x27f, 0x3800 }, 4);
  xsave = change_xsave (xsave, 24, (const guint32[]){ 0x1f81 }, 4);
  xsave = change_xsave (xsave, 160, "0123456789ABCDEF", 16);
  xsave = change_xsave (xsave, 512, (const guint8[]){ 7 }, 1);
  xsave = change_xsave (xsave, entry.ebx, "upper half", 10);
  g_assert_true (kvm_vcpu_x86_set_xsave (guest->vcpu, xsave, &error));
  g_assert_no_error (error);

  back = kvm_vcpu_x86_get_xsave (guest->vcpu, &error);
  g_assert_cmphex (kvm_x86_xsave_get_xstate_bv (back), ==, 7);
  g_assert_cmphex (kvm_x86_xsave_get_fsw (back), ==, 0x3800);
  g_assert_cmphex (kvm_x86_xsave_get_mxcsr (back), ==, 0x1f81);
  ymm = kvm_x86_xsave_get_component (back, cpuid, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (ymm), ==, 256);
  g_assert_cmpmem (g_bytes_get_data (ymm, NULL), 10, "upper half", 10);
  text = kvm_x86_xsave_to_string (back);
  g_assert_true (
      g_str_has_prefix (text, "fcw=027f fsw=3800 mxcsr=00001f81 xstate_bv=0000000000000007 size="));
  assert_fpu_in_guest (guest);

  g_clear_pointer (&back, kvm_x86_xsave_unref);
  back = kvm_vcpu_x86_get_xsave (guest->vcpu, &error);
  g_assert_no_error (error);
  g_assert_cmphex (kvm_x86_xsave_get_fcw (back), ==, 0x37f);
  g_assert_false (kvm_x86_xsave_equal (xsave, back));
}

static void
test_wrong_xsave (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autoptr (KvmX86Xsave) before = NULL;
  g_autoptr (KvmX86Xsave) after = NULL;
  g_autoptr (KvmX86Xsave) xsave = NULL;
  g_autoptr (KvmX86Xsave) longer = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (64 * 1024), 64 * 1024);
  g_autoptr (GBytes) few = g_bytes_new_from_bytes (bytes, 0, 4095);
  g_autoptr (GError) error = NULL;

  before = kvm_vcpu_x86_get_xsave (guest->vcpu, &error);
  longer = kvm_x86_xsave_new_from_bytes (bytes, &error);
  g_assert_false (kvm_vcpu_x86_set_xsave (guest->vcpu, longer, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "on this host, not 65536");
  g_assert_null (kvm_x86_xsave_new_from_bytes (few, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "at least 4096 bytes, not 4095");

  /* A reserved bit of MXCSR, and a component that nobody has. */
  xsave = kvm_vcpu_x86_get_xsave (guest->vcpu, &error);
  xsave = change_xsave (xsave, 512, (const guint8[]){ 3 }, 1);
  xsave = change_xsave (xsave, 24, (const guint32[]){ 0x80001f80 }, 4);
  g_assert_false (kvm_vcpu_x86_set_xsave (guest->vcpu, xsave, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "MXCSR 0x80001f80");
  xsave = change_xsave (xsave, 24, (const guint32[]){ 0x1f80 }, 4);
  xsave = change_xsave (xsave, 519, (const guint8[]){ 0x40 }, 1);
  g_assert_false (kvm_vcpu_x86_set_xsave (guest->vcpu, xsave, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "components 0x4000000000000003");
  after = kvm_vcpu_x86_get_xsave (guest->vcpu, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_x86_xsave_equal (before, after));

  cpuid = kvm_system_x86_get_supported_cpuid (guest->system, &error);
  g_assert_null (kvm_x86_xsave_get_component (before, cpuid, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "components begin with 2");
  g_assert_null (kvm_x86_xsave_get_component (before, cpuid, 62, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_FOUND, "no component 62");
  g_assert_null (kvm_x86_xsave_get_component (before, cpuid, G_MAXUINT, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_FOUND, "no component");
}

/* The CPUID instruction says how long a state with the parts in XCR0 is. */
static void
test_xcrs (void)
{
  static const guint8 code[] = {
    0x66, 0xb8, 0x0d, 0x00, 0x00, 0x00, /* mov $0xd, %eax */
    0x66, 0x31, 0xc9,                   /* xor %ecx, %ecx */
    0x0f, 0xa2,                         /* cpuid */
    0x66, 0x89, 0xd8,                   /* mov %ebx, %eax */
    0x66, 0xe7, 0x61,                   /* out %eax, $0x61 */
    0xf4,                               /* hlt */
  };
  static const guint sizes[][2] = { { 1, 576 }, { 7, 832 } };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (KvmTestGuest) guest = KVM_TEST_X86_GUEST (code, CR4_OSXSAVE);
      g_autoptr (KvmX86Xcrs) xcrs = kvm_vcpu_x86_get_xcrs (guest->vcpu, &error);
      g_autoptr (KvmX86Xcrs) back = NULL;
      g_autofree guint32 *numbers = NULL;
      guint64 value;
      gsize n;

      g_assert_no_error (error);
      numbers = kvm_x86_xcrs_get_numbers (xcrs, &n);
      g_assert_cmpuint (n, ==, 1);
      g_assert_cmpuint (numbers[0], ==, 0);
      g_assert_true (kvm_x86_xcrs_get_xcr (xcrs, 0, &value));
      g_assert_cmphex (value, ==, 1);
      g_assert_true (kvm_x86_xcrs_set_xcr (xcrs, 0, sizes[i][0], &error));
      g_assert_true (kvm_vcpu_x86_set_xcrs (guest->vcpu, xcrs, &error));
      g_assert_no_error (error);
      kvm_test_run (guest, KVM_EXIT_REASON_IO);
      g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, sizes[i][1]);
      kvm_test_run (guest, KVM_EXIT_REASON_HLT);
      back = kvm_vcpu_x86_get_xcrs (guest->vcpu, &error);
      g_assert_no_error (error);
      g_assert_true (kvm_x86_xcrs_equal (back, xcrs));

      kvm_x86_xcrs_set_xcr (xcrs, 0, 2, &error); /* SSE without x87 */
      g_assert_false (kvm_vcpu_x86_set_xcrs (guest->vcpu, xcrs, &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "set the CPUID first");
    }
}

static void
test_xcrs_of_guest (void)
{
  static const guint8 code[] = {
    0x66, 0xb8, 0x03, 0x00, 0x00, 0x00, /* mov $3, %eax */
    0x66, 0x31, 0xd2,                   /* xor %edx, %edx */
    0x66, 0x31, 0xc9,                   /* xor %ecx, %ecx */
    0x0f, 0x01, 0xd1,                   /* xsetbv */
    0xf4,                               /* hlt */
  };
  g_autoptr (KvmTestGuest) guest = KVM_TEST_X86_GUEST (code, CR4_OSXSAVE);
  g_autoptr (KvmX86Xcrs) xcrs = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  xcrs = kvm_vcpu_x86_get_xcrs (guest->vcpu, &error);
  g_assert_no_error (error);
  text = kvm_x86_xcrs_to_string (xcrs);
  g_assert_cmpstr (text, ==, "xcr0=0000000000000003");
}

static void
test_xcrs_table (void)
{
  g_autoptr (KvmX86Xcrs) xcrs = kvm_x86_xcrs_new ();
  g_autoptr (KvmX86Xcrs) copy = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) wrong = NULL;
  g_autoptr (GError) error = NULL;
  GByteArray *array;
  guint64 value = 1;

  g_assert_false (kvm_x86_xcrs_get_xcr (xcrs, 0, &value));
  g_assert_cmpuint (value, ==, 0);
  for (guint i = 0; i < 16; i++)
    g_assert_true (kvm_x86_xcrs_set_xcr (xcrs, 2 * i, G_MAXUINT64 - i, &error));
  g_assert_false (kvm_x86_xcrs_set_xcr (xcrs, 1, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "no room for extended control register 1");
  g_assert_true (kvm_x86_xcrs_set_xcr (xcrs, 30, 5, &error));
  g_assert_true (kvm_x86_xcrs_get_xcr (xcrs, 30, &value));
  g_assert_cmphex (value, ==, 5);
  g_assert_true (kvm_x86_xcrs_get_xcr (xcrs, 28, &value));
  g_assert_cmphex (value, ==, G_MAXUINT64 - 14);

  bytes = kvm_x86_xcrs_to_bytes (xcrs);
  copy = kvm_x86_xcrs_new_from_bytes (bytes, &error);
  g_assert_no_error (error);
  g_assert_true (kvm_x86_xcrs_equal (xcrs, copy));
  array = g_bytes_unref_to_array (g_bytes_ref (bytes));
  array->data[0] = 17;
  wrong = g_byte_array_free_to_bytes (array);
  g_assert_null (kvm_x86_xcrs_new_from_bytes (wrong, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "at most 16 extended control registers, not 17");
}

static void
test_debug_regs (void)
{
  static const guint8 code[] = {
    0x0f, 0x21, 0xc0,                   /* mov %dr0, %eax */
    0x66, 0xe7, 0x61,                   /* out %eax, $0x61 */
    0x0f, 0x21, 0xd8,                   /* mov %dr3, %eax */
    0x66, 0xe7, 0x61,                   /* out %eax, $0x61 */
    0x66, 0xb8, 0x11, 0x22, 0x33, 0x44, /* mov $0x44332211, %eax */
    0x0f, 0x23, 0xc8,                   /* mov %eax, %dr1 */
    0xf4,                               /* hlt */
  };
  g_autoptr (KvmTestGuest) guest = KVM_TEST_X86_GUEST (code, 0);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  KvmX86DebugRegs regs;

  g_assert_true (kvm_vcpu_x86_get_debug_regs (guest->vcpu, &regs, &error));
  regs.dr0 = 0x12345678;
  regs.dr3 = 0x87654321;
  g_assert_true (kvm_vcpu_x86_set_debug_regs (guest->vcpu, &regs, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x12345678);
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x87654321);
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  g_assert_true (kvm_vcpu_x86_get_debug_regs (guest->vcpu, &regs, &error));
  g_assert_no_error (error);
  g_assert_cmphex (regs.dr1, ==, 0x44332211);
  text = kvm_x86_debug_regs_to_string (&regs);
  g_assert_true (g_str_has_prefix (text, "dr0=0000000012345678 dr1=0000000044332211 "
                                         "dr2=0000000000000000 dr3=0000000087654321\ndr6="));

  regs.dr7 = G_GUINT64_CONSTANT (0x100000400);
  g_assert_false (kvm_vcpu_x86_set_debug_regs (guest->vcpu, &regs, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "upper halves of DR6 and DR7");
}

static void
test_sregs2 (void)
{
  static const guint8 code[] = {
    0x0f, 0x20, 0xd0, /* mov %cr2, %eax */
    0x66, 0xe7, 0x61, /* out %eax, $0x61 */
    0x0f, 0x22, 0xd1, /* mov %ecx, %cr2 */
    0xf4,             /* hlt */
  };
  g_autoptr (KvmTestGuest) guest = KVM_TEST_X86_GUEST (code, 0);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *other_text = NULL;
  KvmX86Sregs2 sregs;
  KvmX86Sregs other;

  g_assert_true (kvm_vcpu_x86_get_sregs2 (guest->vcpu, &sregs, &error));
  g_assert_true (kvm_vcpu_x86_get_sregs (guest->vcpu, &other, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (&sregs, G_STRUCT_OFFSET (KvmX86Sregs2, flags), &other,
                   G_STRUCT_OFFSET (KvmX86Sregs, interrupt_bitmap));
  text = kvm_x86_sregs2_to_string (&sregs);
  other_text = kvm_x86_sregs_to_string (&other);
  g_assert_cmpstr (text, ==, other_text);

  sregs.cr2 = 0x12345678;
  g_assert_true (kvm_vcpu_x86_set_sregs2 (guest->vcpu, &sregs, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x12345678);
  kvm_test_run (guest, KVM_EXIT_REASON_HLT);
  g_assert_true (kvm_vcpu_x86_get_sregs2 (guest->vcpu, &sregs, &error));
  g_assert_cmphex (sregs.cr2, ==, 0);
  g_assert_cmphex (sregs.flags, ==, 0);

  sregs.flags = KVM_X86_SREGS2_FLAGS_PDPTRS_VALID;
  g_assert_false (kvm_vcpu_x86_set_sregs2 (guest->vcpu, &sregs, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "for 32-bit PAE paging alone");
  sregs.flags = 2;
  g_assert_false (kvm_vcpu_x86_set_sregs2 (guest->vcpu, &sregs, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID_ARGUMENT, "unknown flags");
}

/* What the local host may lack: then the capability is named. */
static void
test_nested_state (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmX86NestedState) state = NULL;
  g_autoptr (GError) error = NULL;
  guint32 head[32] = { 0, sizeof head };
  g_autoptr (GBytes) bytes = g_bytes_new (head, sizeof head);

  state = kvm_vcpu_x86_get_nested_state (guest->vcpu, &error);
  if (kvm_vm_check_extension (guest->vm, KVM_CAPABILITY_NESTED_STATE, NULL) > 0)
    {
      g_assert_no_error (error);
      g_assert_cmphex (
          kvm_x86_nested_state_get_flags (state) & KVM_X86_NESTED_STATE_FLAGS_GUEST_MODE, ==, 0);
      g_assert_true (kvm_vcpu_x86_set_nested_state (guest->vcpu, state, &error));
      g_assert_no_error (error);
      return;
    }

  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_CAP_NESTED_STATE is 0");
  state = kvm_x86_nested_state_new_from_bytes (bytes, &error);
  g_assert_false (kvm_vcpu_x86_set_nested_state (guest->vcpu, state, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "KVM_CAP_NESTED_STATE is 0");
}

static void
test_nested_state_as_bytes (void)
{
  g_autoptr (KvmX86NestedState) state = NULL;
  g_autoptr (KvmX86NestedState) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint32 head[40] = { 0x00010100, sizeof head };
  g_autoptr (GBytes) bytes = g_bytes_new (head, sizeof head);
  g_autoptr (GBytes) few = g_bytes_new (head, 127);
  g_autoptr (GBytes) cut = g_bytes_new (head, 128);
  g_autoptr (GBytes) back = NULL;

  state = kvm_x86_nested_state_new_from_bytes (bytes, &error);
  g_assert_no_error (error);
  g_assert_cmphex (kvm_x86_nested_state_get_flags (state), ==, KVM_X86_NESTED_STATE_FLAGS_GIF_SET);
  g_assert_cmpuint (kvm_x86_nested_state_get_format (state), ==, KVM_X86_NESTED_STATE_FORMAT_SVM);
  g_assert_cmpuint (kvm_x86_nested_state_get_size (state), ==, 160);
  text = kvm_x86_nested_state_to_string (state);
  g_assert_cmpstr (text, ==, "flags=0100 format=1 size=160");
  back = kvm_x86_nested_state_to_bytes (state);
  again = kvm_x86_nested_state_new_from_bytes (back, &error);
  g_assert_true (kvm_x86_nested_state_equal (state, again));

  g_assert_null (kvm_x86_nested_state_new_from_bytes (few, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "at least 128 bytes, not 127");
  g_assert_null (kvm_x86_nested_state_new_from_bytes (cut, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "says that it has 160 bytes, and it has 128");
}

/* Nothing is set while the guest waits for an answer. */
static void
test_pending (void)
{
  static const guint8 code[] = { 0xe4, 0x60, 0xf4 }; /* in $0x60, %al; hlt */
  g_autoptr (KvmTestGuest) guest = KVM_TEST_X86_GUEST (code, 0);
  g_autoptr (KvmX86Xsave) xsave = NULL;
  g_autoptr (KvmX86Xcrs) xcrs = NULL;
  g_autoptr (KvmX86NestedState) state = NULL;
  g_autoptr (GError) error = NULL;
  guint32 head[32] = { 0, sizeof head };
  g_autoptr (GBytes) bytes = g_bytes_new (head, sizeof head);
  guint8 before[24] = { 1 }, after[24];
  KvmX86VcpuEvents events;
  KvmX86DebugRegs regs;
  KvmX86Sregs2 sregs;
  KvmX86Fpu fpu;

  kvm_test_run (guest, KVM_EXIT_REASON_IO);
  kvm_test_write (guest, 0x4000, before, sizeof before);
  g_assert_true (kvm_vcpu_x86_get_fpu (guest->vcpu, &fpu, &error));
  g_assert_true (kvm_vcpu_x86_get_debug_regs (guest->vcpu, &regs, &error));
  g_assert_true (kvm_vcpu_x86_get_sregs2 (guest->vcpu, &sregs, &error));
  g_assert_true (kvm_vcpu_x86_get_vcpu_events (guest->vcpu, &events, &error));
  xsave = kvm_vcpu_x86_get_xsave (guest->vcpu, &error);
  xcrs = kvm_vcpu_x86_get_xcrs (guest->vcpu, &error);
  state = kvm_x86_nested_state_new_from_bytes (bytes, &error);
  g_assert_no_error (error);

#define ASSERT_PENDING(call)                                                                       \
  g_assert_false (call);                                                                           \
  kvm_test_assert_error (error, KVM_ERROR_PENDING, "waits for an answer")
  ASSERT_PENDING (kvm_vcpu_x86_set_fpu (guest->vcpu, &fpu, &error));
  ASSERT_PENDING (kvm_vcpu_x86_set_xsave (guest->vcpu, xsave, &error));
  ASSERT_PENDING (kvm_vcpu_x86_set_xcrs (guest->vcpu, xcrs, &error));
  ASSERT_PENDING (kvm_vcpu_x86_set_sregs2 (guest->vcpu, &sregs, &error));
  ASSERT_PENDING (kvm_vcpu_x86_set_debug_regs (guest->vcpu, &regs, &error));
  ASSERT_PENDING (kvm_vcpu_x86_set_vcpu_events (guest->vcpu, &events, &error));
  ASSERT_PENDING (kvm_vcpu_x86_set_nested_state (guest->vcpu, state, &error));
  ASSERT_PENDING (kvm_vcpu_x86_setup_protected_mode (guest->vcpu, 0x1000, 0x4000, &error));
  kvm_test_read (guest, 0x4000, after, sizeof after);
  g_assert_cmpmem (before, sizeof before, after, sizeof after);
}

static void
test_closed (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmX86Xsave) xsave = kvm_vcpu_x86_get_xsave (guest->vcpu, NULL);
  g_autoptr (KvmX86Xcrs) xcrs = kvm_vcpu_x86_get_xcrs (guest->vcpu, NULL);
  g_autoptr (GError) error = NULL;
  KvmX86VcpuEvents events = { 0 };
  KvmX86DebugRegs regs = { 0 };
  KvmX86Sregs2 sregs = { 0 };
  KvmX86Fpu fpu = { 0 };
  guint64 address;

  kvm_vcpu_close (guest->vcpu);
#define ASSERT_CLOSED(call)                                                                        \
  g_assert_false (call);                                                                           \
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "closed")
  ASSERT_CLOSED (kvm_vcpu_x86_get_fpu (guest->vcpu, &fpu, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_set_fpu (guest->vcpu, &fpu, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_get_xsave (guest->vcpu, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_set_xsave (guest->vcpu, xsave, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_get_xcrs (guest->vcpu, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_set_xcrs (guest->vcpu, xcrs, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_get_sregs2 (guest->vcpu, &sregs, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_set_sregs2 (guest->vcpu, &sregs, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_get_debug_regs (guest->vcpu, &regs, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_set_debug_regs (guest->vcpu, &regs, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_get_vcpu_events (guest->vcpu, &events, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_set_vcpu_events (guest->vcpu, &events, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_get_nested_state (guest->vcpu, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_translate (guest->vcpu, 0, &address, NULL, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_setup_protected_mode (guest->vcpu, 0x1000, 0x4000, &error));
  ASSERT_CLOSED (kvm_vcpu_x86_setup_long_mode (guest->vcpu, 0x1000, 0x1000, &error));
}

static void
test_never_opened (void)
{
  g_autoptr (KvmVcpu) vcpu = g_object_new (KVM_TYPE_VCPU, NULL);
  g_autoptr (GError) error = NULL;
  KvmX86Fpu fpu = { 0 };

  g_assert_null (kvm_vcpu_x86_get_xsave (vcpu, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "never opened");
  g_assert_false (kvm_vcpu_x86_set_fpu (vcpu, &fpu, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_SET_FPU on vCPU 0: it was never opened");
  g_assert_null (kvm_vcpu_x86_get_nested_state (vcpu, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "never opened");
  g_assert_false (kvm_vcpu_x86_setup_long_mode (vcpu, 0x1000, 0x2000, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "never opened");
}

/* Every value goes to bytes and back, is equal to its copy, and refuses other bytes. */
static void
test_values (void)
{
  g_autoptr (GBytes) one = g_bytes_new ("1", 1);
  g_autoptr (GError) error = NULL;

#define TEST_VALUE(Type, type, field, size)                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (KvmX86##Type) value = kvm_x86_##type##_new ();                                      \
    g_autoptr (KvmX86##Type) copy = kvm_x86_##type##_copy (value);                                 \
    g_autoptr (KvmX86##Type) back = NULL;                                                          \
    g_autoptr (GBytes) bytes = NULL;                                                               \
                                                                                                   \
    g_assert_true (kvm_x86_##type##_equal (value, copy));                                          \
    value->field = 1;                                                                              \
    g_assert_false (kvm_x86_##type##_equal (value, copy));                                         \
    bytes = kvm_x86_##type##_to_bytes (value);                                                     \
    g_assert_cmpuint (g_bytes_get_size (bytes), ==, (size));                                       \
    back = kvm_x86_##type##_new_from_bytes (bytes, &error);                                        \
    g_assert_no_error (error);                                                                     \
    g_assert_true (kvm_x86_##type##_equal (value, back));                                          \
    g_assert_null (kvm_x86_##type##_new_from_bytes (one, &error));                                 \
    kvm_test_assert_error (error, KVM_ERROR_INVALID, "are " #size " bytes, not 1");                \
  }                                                                                                \
  G_STMT_END

  TEST_VALUE (Regs, regs, rflags, 144);
  TEST_VALUE (Sregs, sregs, interrupt_bitmap[3], 312);
  TEST_VALUE (Sregs2, sregs2, pdptr3, 320);
  TEST_VALUE (Fpu, fpu, mxcsr, 416);
  TEST_VALUE (DebugRegs, debug_regs, dr7, 128);
  TEST_VALUE (VcpuEvents, vcpu_events, exception_payload, 64);
  g_assert_null (kvm_x86_xcrs_new_from_bytes (one, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "are 392 bytes, not 1");
}

static void
test_strings (void)
{
  KvmX86Regs regs = { .rip = 0x1000, .rflags = 0x246 };
  KvmX86Sregs sregs = { .cr0 = 0x60000010 };
  KvmX86Sregs2 sregs2 = { .flags = 1, .pdptr0 = 0x1001 };
  g_autofree char *text = kvm_x86_regs_to_string (&regs);
  g_autofree char *plain = NULL;
  g_autofree char *sregs_text = NULL;
  g_autofree char *sregs2_text = NULL;

  g_assert_true (g_str_has_suffix (text, "\nr15=0000000000000000 rip=0000000000001000 "
                                         "rflags=0000000000000246 [IF|ZF|PF]"));
  regs.rflags = 2; /* bit 1 has no name */
  plain = kvm_x86_regs_to_string (&regs);
  g_assert_true (g_str_has_suffix (plain, "rflags=0000000000000002"));

  sregs.cs = (KvmX86Segment){
    .base = 0xffff0000, .limit = 0xffff, .selector = 0xf000, .type = 0xb, .present = 1, .s = 1
  };
  sregs.interrupt_bitmap[1] = 2;
  sregs_text = kvm_x86_sregs_to_string (&sregs);
  g_assert_true (g_str_has_prefix (sregs_text, "cr0=0000000060000010 [CD|NW|ET]\n"));
  g_assert_nonnull (strstr (sregs_text, "\ncs=f000 base=00000000ffff0000 limit=0000ffff type=b s=1 "
                                        "dpl=0 present=1 db=0 l=0 g=0 avl=0 unusable=0\nds=0000 "));
  g_assert_true (g_str_has_suffix (sregs_text, "\ninterrupt=41"));
  sregs2_text = kvm_x86_sregs2_to_string (&sregs2);
  g_assert_nonnull (strstr (sregs2_text, "\npdptr0=0000000000001001 pdptr1=0"));
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/x86-registers/fpu", test_fpu);
  kvm_test_add ("/x86-registers/fpu-registers", test_fpu_registers);
  kvm_test_add ("/x86-registers/xsave", test_xsave);
  kvm_test_add ("/x86-registers/wrong-xsave", test_wrong_xsave);
  kvm_test_add ("/x86-registers/xcrs", test_xcrs);
  kvm_test_add ("/x86-registers/xcrs-of-guest", test_xcrs_of_guest);
  kvm_test_add ("/x86-registers/xcrs-table", test_xcrs_table);
  kvm_test_add ("/x86-registers/debug-regs", test_debug_regs);
  kvm_test_add ("/x86-registers/sregs2", test_sregs2);
  kvm_test_add ("/x86-registers/nested-state", test_nested_state);
  kvm_test_add ("/x86-registers/nested-state-as-bytes", test_nested_state_as_bytes);
  kvm_test_add ("/x86-registers/pending", test_pending);
  kvm_test_add ("/x86-registers/closed", test_closed);
  kvm_test_add ("/x86-registers/never-opened", test_never_opened);
  kvm_test_add ("/x86-registers/values", test_values);
  kvm_test_add ("/x86-registers/strings", test_strings);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every structure that is made of bytes: the first byte says which. What was accepted comes back as
 * as many bytes, of which the same is made again. */

#include "fuzz.h"

typedef gpointer (*NewFunc) (GBytes *bytes, GError **error);
typedef GBytes *(*ToBytesFunc) (gconstpointer value);
typedef gboolean (*EqualFunc) (gconstpointer value, gconstpointer other);
typedef char *(*ToStringFunc) (gconstpointer value);

typedef struct
{
  GType (*get_type) (void);
  NewFunc new_from_bytes;
  ToBytesFunc to_bytes;
  EqualFunc equal;
  ToStringFunc to_string;
  void (*look) (gpointer value, const guint8 *data, gsize size); /* at what is inside */
} Value;

/* Values that are likely to be there, and others. */
static const guint32 numbers[] = { 0, 1, 7, 0xd, 0x10, 0x174, 0x40000000, 0xc0000080, G_MAXUINT32 };

static void
look_at_cpuid (gpointer value, const guint8 *data, gsize size)
{
  KvmX86Cpuid *cpuid = value;
  guint n = kvm_x86_cpuid_get_n_entries (cpuid);
  KvmX86CpuidEntry entry = { 0 };

  g_assert_false (kvm_x86_cpuid_get_entry (cpuid, n, &entry));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (KvmX86Cpuid) with = NULL;
      g_autoptr (KvmX86Cpuid) without = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (kvm_x86_cpuid_get_entry (cpuid, i, &entry));
      g_assert_true (kvm_x86_cpuid_find (cpuid, entry.function, entry.index, &entry));
      if (i > 8)
        continue; /* it takes long, and is the same */
      with = kvm_x86_cpuid_with_entry (cpuid, &entry, &error);
      fuzz_assert (with != NULL, error);
      without = kvm_x86_cpuid_without (cpuid, entry.function);
      g_assert_false (kvm_x86_cpuid_find (without, entry.function, entry.index, &entry));
    }
}

/* With a description of the components that is as hostile. */
static void
look_at_xsave (gpointer value, const guint8 *data, gsize size)
{
  KvmX86CpuidEntry entries[6] = { 0 };
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      entries[i].function = 0xd;
      entries[i].index = i;
      entries[i].flags = KVM_X86_CPUID_FLAGS_SIGNIFICANT_INDEX;
      entries[i].eax = fuzz_take (&data, &size, 4);
      entries[i].ebx = fuzz_take (&data, &size, 4);
      entries[i].ecx = fuzz_take (&data, &size, 1);
    }
  cpuid = kvm_x86_cpuid_new (entries, G_N_ELEMENTS (entries), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 66; i++)
    {
      g_autoptr (GBytes) component = kvm_x86_xsave_get_component (value, cpuid, i, &error);

      fuzz_assert (component != NULL, error);
    }
  kvm_x86_xsave_get_size (value);
  kvm_x86_xsave_get_fcw (value);
  kvm_x86_xsave_get_fsw (value);
  kvm_x86_xsave_get_mxcsr (value);
  kvm_x86_xsave_get_xstate_bv (value);
}

static void
look_at_msrs (gpointer value, const guint8 *data, gsize size)
{
  guint n = kvm_x86_msrs_get_n_entries (value);
  guint32 index;
  guint64 number;

  g_assert_false (kvm_x86_msrs_get_entry (value, n, &index, &number));
  for (guint i = 0; i < n; i++)
    {
      g_assert_true (kvm_x86_msrs_get_entry (value, i, &index, &number));
      g_assert_true (kvm_x86_msrs_lookup (value, index, &number));
    }
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      kvm_x86_msrs_set (value, numbers[i], i);
      g_assert_true (kvm_x86_msrs_lookup (value, numbers[i], &number));
      g_assert_cmpuint (number, ==, i);
    }
}

static void
look_at_nested_state (gpointer value, const guint8 *data, gsize size)
{
  kvm_x86_nested_state_get_flags (value);
  kvm_x86_nested_state_get_format (value);
  g_assert_cmpuint (kvm_x86_nested_state_get_size (value), ==, size);
}

static void
look_at_fpu (gpointer value, const guint8 *data, gsize size)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree guint8 *fpr = NULL;
      g_autofree guint8 *xmm = NULL;
      gsize length;

      fpr = kvm_x86_fpu_get_fpr (value, i, &length, &error);
      fuzz_assert (fpr != NULL, error);
      xmm = kvm_x86_fpu_get_xmm (value, i, &length, &error);
      fuzz_assert (xmm != NULL, error);
      if (xmm == NULL)
        continue;
      kvm_x86_fpu_set_xmm (value, i, xmm, length, &error);
      g_assert_no_error (error);
    }
}

static void
look_at_xcrs (gpointer value, const guint8 *data, gsize size)
{
  g_autofree guint32 *xcrs = NULL;
  gsize n;

  xcrs = kvm_x86_xcrs_get_numbers (value, &n);
  for (gsize i = 0; i < n; i++)
    {
      guint64 number;

      g_assert_true (kvm_x86_xcrs_get_xcr (value, xcrs[i], &number));
    }
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GError) error = NULL;

      fuzz_assert (kvm_x86_xcrs_set_xcr (value, numbers[i], i, &error), error);
    }
}

static void
look_at_irqchip (gpointer value, const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  KvmX86PicState pic;

  kvm_x86_irqchip_get_id (value);
  if (kvm_x86_irqchip_get_pic (value, &pic, &error))
    {
      kvm_x86_irqchip_set_pic (value, &pic, &error);
      g_assert_no_error (error);
      return;
    }
  fuzz_assert_error (error);
  kvm_x86_irqchip_get_ioapic_address (value);
  kvm_x86_irqchip_get_ioapic_register (value);
  kvm_x86_irqchip_get_ioapic_id (value);
  kvm_x86_irqchip_get_ioapic_irr (value);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      guint64 entry;

      if (kvm_x86_irqchip_get_redirection (value, numbers[i], &entry, &error))
        kvm_x86_irqchip_set_redirection (value, numbers[i], ~entry, &error);
      g_clear_error (&error);
    }
}

#define VALUE(name, look)                                                                          \
  {                                                                                                \
    kvm_x86_##name##_get_type, (NewFunc) kvm_x86_##name##_new_from_bytes,                          \
        (ToBytesFunc) kvm_x86_##name##_to_bytes, (EqualFunc) kvm_x86_##name##_equal,               \
        (ToStringFunc) kvm_x86_##name##_to_string, look                                            \
  }

/* The order stays as it is, for the sake of the corpus. */
static const Value values[] = {
  VALUE (cpuid, look_at_cpuid),
  VALUE (xsave, look_at_xsave),
  VALUE (msrs, look_at_msrs),
  VALUE (nested_state, look_at_nested_state),
  VALUE (xcrs, look_at_xcrs),
  VALUE (irqchip, look_at_irqchip),
  VALUE (fpu, look_at_fpu),
  VALUE (lapic, NULL),
  VALUE (regs, NULL),
  VALUE (sregs, NULL),
  VALUE (sregs2, NULL),
  VALUE (debug_regs, NULL),
  VALUE (vcpu_events, NULL),
  VALUE (clock, NULL),
  VALUE (mce, NULL),
  VALUE (pit_state, NULL),
};

static void
look_at_value (const Value *kind, gpointer value, const guint8 *data, gsize size)
{
  gpointer copy = g_boxed_copy (kind->get_type (), value);
  g_autofree char *string = kind->to_string (value);
  g_autoptr (GBytes) bytes = kind->to_bytes (value);
  g_autoptr (GBytes) bytes_again = NULL;
  g_autoptr (GError) error = NULL;
  gpointer again = kind->new_from_bytes (bytes, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, size);
  bytes_again = kind->to_bytes (again);
  g_assert_true (g_bytes_equal (bytes, bytes_again));
  g_assert_true (g_utf8_validate (string, -1, NULL));
  g_assert_true (kind->equal (value, copy));
  g_assert_true (kind->equal (value, again));
  if (kind->look != NULL)
    kind->look (value, data, size);
  g_boxed_free (kind->get_type (), again);
  g_boxed_free (kind->get_type (), copy);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const Value *kind = &values[fuzz_take (&data, &size, 1) % G_N_ELEMENTS (values)];
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  gpointer value = kind->new_from_bytes (bytes, &error);

  fuzz_assert (value != NULL, error);
  if (value != NULL)
    {
      look_at_value (kind, value, data, size);
      g_boxed_free (kind->get_type (), value);
    }
  return 0;
}

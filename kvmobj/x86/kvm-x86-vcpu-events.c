/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-error.h"
#include "kvm-value-private.h"
#include "x86/kvm-x86-vcpu-events.h"

G_STATIC_ASSERT (sizeof (KvmX86VcpuEvents) == 64);

G_DEFINE_BOXED_TYPE (KvmX86VcpuEvents, kvm_x86_vcpu_events, kvm_x86_vcpu_events_copy,
                     kvm_x86_vcpu_events_free)

/**
 * kvm_x86_vcpu_events_new:
 *
 * Makes a set of events in which nothing is pending.
 *
 * Returns: (transfer full): the events
 *
 * Since: 0.1
 */
KvmX86VcpuEvents *
kvm_x86_vcpu_events_new (void)
{
  return g_new0 (KvmX86VcpuEvents, 1);
}

/**
 * kvm_x86_vcpu_events_new_from_bytes:
 * @bytes: what [method@Kvm.X86VcpuEvents.to_bytes] gave: 64 bytes
 * @error: return location for an error
 *
 * Makes a set of events from their bytes.
 *
 * Fails with %KVM_ERROR_INVALID if there are more or fewer bytes.
 *
 * Returns: (transfer full): the events
 *
 * Since: 0.1
 */
KvmX86VcpuEvents *
kvm_x86_vcpu_events_new_from_bytes (GBytes *bytes, GError **error)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return _kvm_value_from_bytes (bytes, sizeof (KvmX86VcpuEvents), "Events", error);
}

/**
 * kvm_x86_vcpu_events_copy:
 * @self: a set of events
 *
 * Copies the events.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86VcpuEvents *
kvm_x86_vcpu_events_copy (const KvmX86VcpuEvents *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_vcpu_events_free:
 * @self: (transfer full): a set of events
 *
 * Frees the events.
 *
 * Since: 0.1
 */
void
kvm_x86_vcpu_events_free (KvmX86VcpuEvents *self)
{
  g_free (self);
}

/**
 * kvm_x86_vcpu_events_equal:
 * @self: a set of events
 * @other: another
 *
 * Compares two of them, byte by byte.
 *
 * Returns: %TRUE if they are the same
 *
 * Since: 0.1
 */
gboolean
kvm_x86_vcpu_events_equal (const KvmX86VcpuEvents *self, const KvmX86VcpuEvents *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return memcmp (self, other, sizeof *self) == 0;
}

/**
 * kvm_x86_vcpu_events_to_bytes:
 * @self: a set of events
 *
 * Gets the events as the kernel lays them out, little-endian, in the order of the fields.
 *
 * Returns: (transfer full): 64 bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_vcpu_events_to_bytes (const KvmX86VcpuEvents *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self, sizeof *self);
}

/**
 * kvm_x86_vcpu_events_to_string:
 * @self: a set of events
 *
 * Writes the events down, one kind a line. The wording may change; it is for people, not for
 * programs.
 *
 * Returns: (transfer full): the lines, the last without a line end
 *
 * Since: 0.1
 */
char *
kvm_x86_vcpu_events_to_string (const KvmX86VcpuEvents *self)
{
  GString *string;

  g_return_val_if_fail (self != NULL, NULL);

  string = g_string_new (NULL);
  g_string_append_printf (string,
                          "exception nr=%u injected=%u pending=%u has_error_code=%u "
                          "error_code=%08x has_payload=%u payload=%016" G_GINT64_MODIFIER "x\n",
                          self->exception_nr, self->exception_injected, self->exception_pending,
                          self->exception_has_error_code, self->exception_error_code,
                          self->exception_has_payload, self->exception_payload);
  g_string_append_printf (string, "interrupt nr=%u injected=%u soft=%u shadow=%u\n",
                          self->interrupt_nr, self->interrupt_injected, self->interrupt_soft,
                          self->interrupt_shadow);
  g_string_append_printf (string, "nmi injected=%u pending=%u masked=%u\n", self->nmi_injected,
                          self->nmi_pending, self->nmi_masked);
  g_string_append_printf (string, "smi smm=%u pending=%u smm_inside_nmi=%u latched_init=%u\n",
                          self->smi_smm, self->smi_pending, self->smi_smm_inside_nmi,
                          self->smi_latched_init);
  g_string_append_printf (string, "triple_fault pending=%u\nsipi vector=%08x\nflags=%08x",
                          self->triple_fault_pending, self->sipi_vector, self->flags);
  return g_string_free (string, FALSE);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-error.h"
#include "kvm-abi-private.h"
#include "x86/kvm-x86-nested-state.h"

/* A nested state is nothing but its bytes, and has no struct of its own. */
#define BYTES(self) ((GBytes *) (self))

G_DEFINE_BOXED_TYPE (KvmX86NestedState, kvm_x86_nested_state, kvm_x86_nested_state_ref,
                     kvm_x86_nested_state_unref)

/**
 * kvm_x86_nested_state_new_from_bytes:
 * @bytes: what [method@Kvm.X86NestedState.to_bytes] gave: at least 128 bytes
 * @error: return location for an error
 *
 * Makes a nested state from its bytes, which are kept as they are.
 *
 * Fails with %KVM_ERROR_INVALID if there are fewer than 128 bytes, or the state says of itself that
 * it has another size.
 *
 * Returns: (transfer full): the state
 *
 * Since: 0.1
 */
KvmX86NestedState *
kvm_x86_nested_state_new_from_bytes (GBytes *bytes, GError **error)
{
  KvmAbiNestedState head;

  g_return_val_if_fail (bytes != NULL, NULL);

  if (g_bytes_get_size (bytes) < sizeof head)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "A nested state is at least %" G_GSIZE_FORMAT " bytes, not %" G_GSIZE_FORMAT,
                   sizeof head, g_bytes_get_size (bytes));
      return NULL;
    }
  memcpy (&head, g_bytes_get_data (bytes, NULL), sizeof head);
  if (head.size != g_bytes_get_size (bytes))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "The nested state says that it has %u bytes, and it has %" G_GSIZE_FORMAT,
                   head.size, g_bytes_get_size (bytes));
      return NULL;
    }

  return (KvmX86NestedState *) g_bytes_ref (bytes);
}

/**
 * kvm_x86_nested_state_ref:
 * @self: a nested state
 *
 * Adds a reference.
 *
 * Returns: (transfer full): the state
 *
 * Since: 0.1
 */
KvmX86NestedState *
kvm_x86_nested_state_ref (KvmX86NestedState *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (KvmX86NestedState *) g_bytes_ref (BYTES (self));
}

/**
 * kvm_x86_nested_state_unref:
 * @self: (transfer full): a nested state
 *
 * Drops a reference; the last one frees the state.
 *
 * Since: 0.1
 */
void
kvm_x86_nested_state_unref (KvmX86NestedState *self)
{
  g_return_if_fail (self != NULL);

  g_bytes_unref (BYTES (self));
}

/**
 * kvm_x86_nested_state_equal:
 * @self: a nested state
 * @other: another
 *
 * Compares two of them, byte by byte.
 *
 * Returns: %TRUE if they are the same
 *
 * Since: 0.1
 */
gboolean
kvm_x86_nested_state_equal (KvmX86NestedState *self, KvmX86NestedState *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return g_bytes_equal (BYTES (self), BYTES (other));
}

/**
 * kvm_x86_nested_state_to_bytes:
 * @self: a nested state
 *
 * Gets the state as the kernel lays it out.
 *
 * Returns: (transfer full): the bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_nested_state_to_bytes (KvmX86NestedState *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_ref (BYTES (self));
}

/**
 * kvm_x86_nested_state_to_string:
 * @self: a nested state
 *
 * Writes down what is at the beginning. The wording may change; it is for people, not for programs.
 *
 * Returns: (transfer full): the line, without a line end
 *
 * Since: 0.1
 */
char *
kvm_x86_nested_state_to_string (KvmX86NestedState *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_strdup_printf (
      "flags=%04x format=%u size=%" G_GSIZE_FORMAT, kvm_x86_nested_state_get_flags (self),
      kvm_x86_nested_state_get_format (self), kvm_x86_nested_state_get_size (self));
}

static KvmAbiNestedState
get_head (KvmX86NestedState *self)
{
  KvmAbiNestedState head;

  memcpy (&head, g_bytes_get_data (BYTES (self), NULL), sizeof head);
  return head;
}

/**
 * kvm_x86_nested_state_get_flags:
 * @self: a nested state
 *
 * Gets in what state the guest's own virtualization is.
 *
 * Returns: [flags@Kvm.X86NestedStateFlags], as a number
 *
 * Since: 0.1
 */
guint
kvm_x86_nested_state_get_flags (KvmX86NestedState *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return get_head (self).flags;
}

/**
 * kvm_x86_nested_state_get_format:
 * @self: a nested state
 *
 * Gets what the state is a state of.
 *
 * Returns: a [enum@Kvm.X86NestedStateFormat], as a number
 *
 * Since: 0.1
 */
guint
kvm_x86_nested_state_get_format (KvmX86NestedState *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return get_head (self).format;
}

/**
 * kvm_x86_nested_state_get_size:
 * @self: a nested state
 *
 * Gets how long the state is.
 *
 * Returns: the number of bytes, at least 128
 *
 * Since: 0.1
 */
gsize
kvm_x86_nested_state_get_size (KvmX86NestedState *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return g_bytes_get_size (BYTES (self));
}

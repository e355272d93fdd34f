/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-abi-private.h"
#include "kvm-error.h"
#include "kvm-value-private.h"

G_DEFINE_BOXED_TYPE (KvmX86PitChannel, kvm_x86_pit_channel, kvm_x86_pit_channel_copy,
                     kvm_x86_pit_channel_free)
G_DEFINE_BOXED_TYPE (KvmX86PitState, kvm_x86_pit_state, kvm_x86_pit_state_copy,
                     kvm_x86_pit_state_free)

/**
 * kvm_x86_pit_channel_new:
 *
 * Makes a channel that is all zero.
 *
 * Returns: (transfer full): the channel
 *
 * Since: 0.1
 */
KvmX86PitChannel *
kvm_x86_pit_channel_new (void)
{
  return g_new0 (KvmX86PitChannel, 1);
}

/**
 * kvm_x86_pit_channel_copy:
 * @self: a channel
 *
 * Copies the channel.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86PitChannel *
kvm_x86_pit_channel_copy (const KvmX86PitChannel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_pit_channel_free:
 * @self: (transfer full): a channel
 *
 * Frees the channel.
 *
 * Since: 0.1
 */
void
kvm_x86_pit_channel_free (KvmX86PitChannel *self)
{
  g_free (self);
}

/**
 * kvm_x86_pit_state_new_from_bytes:
 * @bytes: what [method@Kvm.X86PitState.to_bytes] gave: 112 bytes
 * @error: return location for an error
 *
 * Makes the state of a timer from its bytes.
 *
 * Fails with %KVM_ERROR_INVALID if there are more or fewer bytes.
 *
 * Returns: (transfer full): the state
 *
 * Since: 0.1
 */
KvmX86PitState *
kvm_x86_pit_state_new_from_bytes (GBytes *bytes, GError **error)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return _kvm_value_from_bytes (bytes, sizeof (KvmX86PitState), "The fields of a timer", error);
}

/**
 * kvm_x86_pit_state_copy:
 * @self: the state of a timer
 *
 * Copies the state.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86PitState *
kvm_x86_pit_state_copy (const KvmX86PitState *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_pit_state_free:
 * @self: (transfer full): the state of a timer
 *
 * Frees the state.
 *
 * Since: 0.1
 */
void
kvm_x86_pit_state_free (KvmX86PitState *self)
{
  g_free (self);
}

/**
 * kvm_x86_pit_state_equal:
 * @self: the state of a timer
 * @other: another
 *
 * Compares the two, byte by byte.
 *
 * Returns: %TRUE if they are the same
 *
 * Since: 0.1
 */
gboolean
kvm_x86_pit_state_equal (const KvmX86PitState *self, const KvmX86PitState *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return memcmp (self, other, sizeof *self) == 0;
}

/**
 * kvm_x86_pit_state_to_bytes:
 * @self: the state of a timer
 *
 * Gets the state as the kernel lays it out, little-endian.
 *
 * Returns: (transfer full): 112 bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_pit_state_to_bytes (const KvmX86PitState *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self, sizeof *self);
}

/**
 * kvm_x86_pit_state_to_string:
 * @self: the state of a timer
 *
 * Writes the state down, one line a channel. The wording may change; it is for people, not for
 * programs.
 *
 * Returns: (transfer full): the lines, the last without a line end
 *
 * Since: 0.1
 */
char *
kvm_x86_pit_state_to_string (const KvmX86PitState *self)
{
  GString *string;

  g_return_val_if_fail (self != NULL, NULL);

  string = g_string_new (NULL);
  g_string_append_printf (string, "flags=%x", self->flags);
  for (guint i = 0; i < KVMOBJ_PIT_N_CHANNELS; i++)
    {
      const KvmX86PitChannel *channel = &self->channels[i];

      g_string_append_printf (
          string, "\nchannel %u: mode=%u count=%u%s gate=%u rw=%u loaded=%" G_GINT64_FORMAT " ns",
          i, channel->mode, channel->count, channel->bcd ? " bcd" : "", channel->gate,
          channel->rw_mode, channel->count_load_time);
    }
  return g_string_free (string, FALSE);
}

static gboolean
check_has_channel (guint index, GError **error)
{
  if (index < KVMOBJ_PIT_N_CHANNELS)
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "The timer has channels 0 to %d, not %u",
               KVMOBJ_PIT_N_CHANNELS - 1, index);
  return FALSE;
}

/**
 * kvm_x86_pit_state_get_channel:
 * @self: the state of a timer
 * @index: which channel: 0 makes interrupts, 1 has no use, 2 makes the speaker's tone
 * @channel: (out caller-allocates): the channel
 * @error: return location for an error
 *
 * Gets the state of one channel.
 *
 * Fails with %KVM_ERROR_INVALID if there is no such channel.
 *
 * Returns: %TRUE on success; if not, @channel is all zero
 *
 * Since: 0.1
 */
gboolean
kvm_x86_pit_state_get_channel (const KvmX86PitState *self, guint index, KvmX86PitChannel *channel,
                               GError **error)
{
  g_return_val_if_fail (channel != NULL, FALSE);
  *channel = (KvmX86PitChannel){ 0 };
  g_return_val_if_fail (self != NULL, FALSE);

  if (!check_has_channel (index, error))
    return FALSE;
  *channel = self->channels[index];
  return TRUE;
}

/**
 * kvm_x86_pit_state_set_channel:
 * @self: the state of a timer
 * @index: which channel, 0 to 2
 * @channel: the channel
 * @error: return location for an error
 *
 * Changes the state of one channel.
 *
 * Fails with %KVM_ERROR_INVALID if there is no such channel.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_x86_pit_state_set_channel (KvmX86PitState *self, guint index, const KvmX86PitChannel *channel,
                               GError **error)
{
  g_return_val_if_fail (self != NULL && channel != NULL, FALSE);

  if (!check_has_channel (index, error))
    return FALSE;
  self->channels[index] = *channel;
  return TRUE;
}

/**
 * kvm_x86_pit_state_get_flags:
 * @self: the state of a timer
 *
 * Gets the flags: bit 0 is set while a HPET has taken over channel 0, bit 1 while the speaker is
 * on.
 *
 * Returns: the flags
 *
 * Since: 0.1
 */
guint
kvm_x86_pit_state_get_flags (const KvmX86PitState *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->flags;
}

/**
 * kvm_x86_pit_state_set_flags:
 * @self: the state of a timer
 * @flags: the flags; see [method@Kvm.X86PitState.get_flags]
 *
 * Changes the flags.
 *
 * Since: 0.1
 */
void
kvm_x86_pit_state_set_flags (KvmX86PitState *self, guint flags)
{
  g_return_if_fail (self != NULL);

  self->flags = flags;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

/* What a serial port holds for its guest, to be kept. */

#include <string.h>

#include "kvm-error-private.h"
#include "kvm-serial-private.h"
#include "kvm-state-private.h"

#define KIND "serial-port"
#define INPUT_MAX (1 << 20)

enum
{
  REGISTERS,
  FIFO,
  INPUT,
  N_ITEMS
};

static const KvmStateItem items[] = {
  [REGISTERS] = { "registers", "ay", sizeof (KvmSerialRegisters), FALSE },
  [FIFO] = { "fifo", "ay", 0, TRUE },
  [INPUT] = { "input", "ay", 0, TRUE },
};

static const KvmStateTable table = { items, N_ITEMS };

static void
add (KvmStateBuilder *builder, guint item, gconstpointer data, gsize size)
{
  if (size != 0)
    _kvm_state_add (builder, items[item].name, items[item].type, data, size);
}

/**
 * kvm_serial_save_state:
 * @self: a serial port
 * @error: return location for an error
 *
 * Saves what the port holds for its guest: its registers, and the input that the guest has not
 * taken yet. No vCPU should be running that uses the port.
 *
 * Output that waits goes out from here, and is not saved; [method@Kvm.Serial.flush] waits for it.
 * Who is told of the interrupt line is not saved either.
 *
 * Fails with %KVM_ERROR_NO_MEMORY, and with %KVM_ERROR_WRONG_PROCESS in a forked child.
 *
 * Returns: (transfer full): the state, a dictionary: see [the manual](state.html#a-serial-port)
 *
 * Since: 0.1
 */
GVariant *
kvm_serial_save_state (KvmSerial *self, GError **error)
{
  g_auto (KvmStateBuilder) builder = { 0 };
  KvmSerialRegisters registers;
  guint8 fifo[KVM_SERIAL_FIFO_SIZE];
  gsize size = 0;
  const guint8 *input = NULL;

  g_return_val_if_fail (KVM_IS_SERIAL (self), NULL);

  _kvm_state_builder_init (&builder);
  if (!_kvm_serial_lock_or_fail (self, error))
    return NULL;
  _kvm_serial_get_registers (self, &registers);
  for (guint i = 0; i < self->fifo_length; i++)
    fifo[i] = self->fifo[(self->fifo_start + i) % KVM_SERIAL_FIFO_SIZE];
  if (self->received != NULL)
    input = g_bytes_get_data (self->received, &size);

  _kvm_state_begin (&builder, KIND);
  add (&builder, REGISTERS, &registers, sizeof registers);
  add (&builder, FIFO, fifo, self->fifo_length);
  if (input != NULL)
    add (&builder, INPUT, input + self->received_start, size - self->received_start);
  _kvm_serial_unlock (self);
  _kvm_state_close (&builder);
  return _kvm_state_builder_end (&builder, error);
}

/* As it is there when the lock is had. */
static gboolean
restore (KvmSerial *self, const KvmStateValues *values, GError **error)
{
  const KvmStateSlice *fifo = &values->values[FIFO], *input = &values->values[INPUT];
  KvmSerialRegisters registers;

  _kvm_state_copy_bytes (values, REGISTERS, &registers, sizeof registers);
  if (input->size > INPUT_MAX)
    _kvm_state_set_invalid (error, items[INPUT].name, "has more than 1 MiB");
  else if (!_kvm_serial_set_registers (self, &registers, fifo->data, fifo->size))
    _kvm_state_set_invalid (error, items[FIFO].name,
                            "has %" G_GSIZE_FORMAT " bytes, for which the port has no room",
                            fifo->size);
  else
    {
      g_clear_pointer (&self->received, g_bytes_unref);
      if (input->size != 0)
        _kvm_serial_receive (self, input->data, input->size);
      _kvm_serial_update_level (self);
      return TRUE;
    }
  return FALSE;
}

/**
 * kvm_serial_restore_state:
 * @self: a serial port
 * @state: what [method@Kvm.Serial.save_state] gave, or what somebody says is that
 * @error: return location for an error
 *
 * Puts a state into a port, in the place of its own. It should do so after the state of the virtual
 * machine was restored: if the interrupt line is high then, the guest is interrupted.
 *
 * What the guest wrote before goes out; input that was read and that it has not taken is lost, and
 * what is read from now on comes behind that of the state.
 *
 * Fails with %KVM_ERROR_INVALID and %KVM_ERROR_NOT_SUPPORTED as [func@Kvm.state_from_bytes] does,
 * with %KVM_ERROR_INVALID also if there is more input than there can be, and with
 * %KVM_ERROR_WRONG_PROCESS in a forked child. The port is as it was then.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_serial_restore_state (KvmSerial *self, GVariant *state, GError **error)
{
  KvmStateSlice dictionary;
  KvmStateValues values;
  gboolean is_restored;

  g_return_val_if_fail (KVM_IS_SERIAL (self), FALSE);
  g_return_val_if_fail (state != NULL, FALSE);

  if (!_kvm_state_unpack (state, &dictionary, error)
      || !_kvm_state_parse (&dictionary, "kvm_serial_restore_state ()", KIND, &table, &values,
                            error)
      || !_kvm_serial_lock_or_fail (self, error))
    return FALSE;
  is_restored = restore (self, &values, error);
  _kvm_serial_unlock (self);
  return is_restored;
}

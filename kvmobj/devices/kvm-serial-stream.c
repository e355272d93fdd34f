/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

/* What a serial port has to do with others than the guest: the stream at its other end, and who is
 * told of its interrupt line. */

#include "kvm-error-private.h"
#include "kvm-fork-private.h"
#include "kvm-serial-private.h"

#define INPUT_SIZE 4096

/* At once; a pipe that has room at all has it for so much, even if it is blocking. */
#define OUTPUT_CHUNK 4096

gboolean
_kvm_serial_lock (KvmSerial *self)
{
  return _kvm_fork_lock (&self->lock, self->generation);
}

gboolean
_kvm_serial_lock_or_fail (KvmSerial *self, GError **error)
{
  if (self->generation == _kvm_fork_generation)
    {
      g_mutex_lock (&self->lock);
      return TRUE;
    }
  g_set_error_literal (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS,
                       "The serial port belongs to the process that this one was forked from");
  return FALSE;
}

static void
listener_clear (gpointer data)
{
  KvmSerialListener *listener = data;

  if (listener->destroy != NULL)
    listener->destroy (listener->user_data);
}

void
_kvm_serial_listener_unref (KvmSerialListener *listener)
{
  g_atomic_rc_box_release_full (listener, listener_clear);
}

static gboolean
is_level_untold (KvmSerial *self)
{
  if (self->listener == NULL || self->is_telling)
    return FALSE;
  return self->told_level ? !self->level || self->was_low : self->level;
}

/* Tells the listener of each change, one after the other, whichever thread made it. With the lock
 * held, which is given back meanwhile. */
static void
tell_level (KvmSerial *self)
{
  while (is_level_untold (self))
    {
      KvmSerialListener *listener = g_atomic_rc_box_acquire (self->listener);
      gboolean level = !self->told_level;

      self->told_level = level;
      self->was_low = FALSE;
      self->is_telling = TRUE;
      g_mutex_unlock (&self->lock);
      listener->func (self, level, listener->user_data);
      _kvm_serial_listener_unref (listener);
      g_mutex_lock (&self->lock);
      self->is_telling = FALSE;
    }
}

static void
drop_waiting (KvmSerial *self, guint n)
{
  gboolean was_empty = _kvm_serial_is_transmitter_empty (self);

  self->waiting_start = (self->waiting_start + n) % KVM_SERIAL_OUTPUT_SIZE;
  self->waiting_length -= n;
  self->n_written += n;
  if (!was_empty && _kvm_serial_is_transmitter_empty (self))
    self->is_transmitter_pending = TRUE;
  _kvm_serial_update_level (self);
}

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

/* What a source has of a port: it keeps none alive. */
static GWeakRef *
weak_ref_new (KvmSerial *self)
{
  GWeakRef *weak_ref = g_new (GWeakRef, 1);

  g_weak_ref_init (weak_ref, self);
  return weak_ref;
}

static gboolean
on_output_ready (GObject *output, gpointer data)
{
  g_autoptr (KvmSerial) self = g_weak_ref_get (data);

  if (self == NULL || self->generation != _kvm_fork_generation || !_kvm_serial_lock (self))
    return G_SOURCE_REMOVE;
  g_clear_pointer (&self->write_source, g_source_unref);
  _kvm_serial_unlock (self); /* which writes */
  return G_SOURCE_REMOVE;
}

/* Writes on when the stream takes more. With the lock held, which is given back meanwhile. */
static void
wait_for_output (KvmSerial *self)
{
  GSource *source;

  g_mutex_unlock (&self->lock);
  source = g_pollable_output_stream_create_source (G_POLLABLE_OUTPUT_STREAM (self->output), NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (on_output_ready), weak_ref_new (self),
                         weak_ref_free);
  g_mutex_lock (&self->lock);
  self->write_source = source;
  g_source_attach (source, self->context);
}

/* Writes some of what waits, of which there must be some, and which nobody else must be writing.
 * With the lock held, which is given back meanwhile. */
static gboolean
write_some (KvmSerial *self, gboolean may_block, GCancellable *cancellable, GError **error)
{
  GPollableOutputStream *pollable = may_block ? NULL : G_POLLABLE_OUTPUT_STREAM (self->output);
  const guint8 *at = self->waiting + self->waiting_start;
  guint n = MIN (self->waiting_length, KVM_SERIAL_OUTPUT_SIZE - self->waiting_start);
  GError *write_error = NULL;
  gssize written;

  n = MIN (n, OUTPUT_CHUNK);
  self->is_writing = TRUE;
  g_mutex_unlock (&self->lock);
  if (may_block)
    written = g_output_stream_write (self->output, at, n, cancellable, &write_error);
  else
    written = g_pollable_output_stream_write_nonblocking (pollable, at, n, NULL, &write_error);
  g_mutex_lock (&self->lock);
  if (g_error_matches (write_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)
      && self->write_source == NULL)
    wait_for_output (self);
  self->is_writing = FALSE;
  g_cond_broadcast (&self->cond);

  if (written > 0)
    {
      drop_waiting (self, written);
      return TRUE;
    }
  if (write_error == NULL)
    g_set_error_literal (&write_error, G_IO_ERROR, G_IO_ERROR_FAILED,
                         "The stream of the serial port takes no output");
  if (!g_error_matches (write_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)
      && !g_error_matches (write_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      self->output_error = g_error_copy (write_error);
      drop_waiting (self, self->waiting_length);
    }
  g_propagate_error (error, write_error);
  return FALSE;
}

void
_kvm_serial_receive (KvmSerial *self, const guint8 *data, gsize size)
{
  GByteArray *bytes = g_byte_array_new ();

  /* There is some still if it was restored while the stream was read. */
  if (self->received != NULL)
    g_byte_array_append (
        bytes, (const guint8 *) g_bytes_get_data (self->received, NULL) + self->received_start,
        g_bytes_get_size (self->received) - self->received_start);
  g_byte_array_append (bytes, data, size);
  g_clear_pointer (&self->received, g_bytes_unref);
  self->received = g_byte_array_free_to_bytes (bytes);
  self->received_start = 0;
  _kvm_serial_fill_fifo (self);
}

static void
on_input (GObject *input, GAsyncResult *result, gpointer data)
{
  g_autoptr (KvmSerial) self = g_weak_ref_get (data);
  g_autoptr (GBytes) bytes
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (input), result, NULL);

  weak_ref_free (data);
  if (self == NULL || self->generation != _kvm_fork_generation || !_kvm_serial_lock (self))
    return;
  self->is_reading = FALSE;
  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    self->input_ended = TRUE;
  else
    _kvm_serial_receive (self, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  _kvm_serial_unlock (self);
}

static gboolean
begin_read (gpointer data)
{
  g_autoptr (KvmSerial) self = g_weak_ref_get (data);

  if (self == NULL || self->generation != _kvm_fork_generation || !_kvm_serial_lock (self))
    return G_SOURCE_REMOVE;
  g_clear_pointer (&self->read_source, g_source_unref);
  g_mutex_unlock (&self->lock);

  g_main_context_push_thread_default (self->context);
  g_input_stream_read_bytes_async (self->input, INPUT_SIZE, G_PRIORITY_DEFAULT, self->reading,
                                   on_input, weak_ref_new (self));
  g_main_context_pop_thread_default (self->context);
  return G_SOURCE_REMOVE;
}

void
_kvm_serial_request_input (KvmSerial *self)
{
  if (self->input == NULL || self->received != NULL || self->is_reading || self->input_ended)
    return;
  self->is_reading = TRUE;
  self->read_source = g_idle_source_new ();
  g_source_set_priority (self->read_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->read_source, begin_read, weak_ref_new (self), weak_ref_free);
  g_source_attach (self->read_source, self->context);
}

void
_kvm_serial_unlock (KvmSerial *self)
{
  _kvm_serial_request_input (self);
  if ((self->waiting_length == 0 || self->is_writing) && !is_level_untold (self))
    {
      g_mutex_unlock (&self->lock);
      return;
    }

  g_object_ref (self); /* those who are called may drop the last one */
  while (self->waiting_length != 0 && !self->is_writing)
    if (!write_some (self, !self->can_poll, NULL, NULL))
      break;
  tell_level (self);
  g_mutex_unlock (&self->lock);
  g_object_unref (self);
}

/**
 * kvm_serial_set_interrupt_func:
 * @self: a serial port
 * @func: (scope notified) (closure user_data) (destroy destroy) (nullable): what is called when the
 *   level of the interrupt line changes; %NULL for nothing
 * @user_data: what it is given
 * @destroy: (nullable): what becomes of @user_data when it is not called any more
 *
 * Has the interrupt line watched, by one function at a time. The line counts as low at first: if it
 * is high, the function is called before this returns; but if another thread is just calling the
 * one before, it calls the new one next, which may be later.
 *
 * That call of the one before may still be going on when this has returned. @destroy is called when
 * it is over.
 *
 * In JavaScript this is of use only if the guest runs in the same thread. What a
 * [class@Kvm.Runner] runs changes the line in other threads, where GJS blocks the call; use
 * [method@Kvm.Serial.set_interrupt_trigger].
 *
 * Since: 0.1
 */
void
kvm_serial_set_interrupt_func (KvmSerial *self, KvmSerialInterruptFunc func, gpointer user_data,
                               GDestroyNotify destroy)
{
  KvmSerialListener *listener = NULL, *old;

  g_return_if_fail (KVM_IS_SERIAL (self));

  if (func != NULL)
    {
      listener = g_atomic_rc_box_new0 (KvmSerialListener);
      listener->func = func;
      listener->user_data = user_data;
      listener->destroy = destroy;
    }
  g_object_ref (self);
  if (_kvm_serial_lock (self))
    {
      old = g_steal_pointer (&self->listener);
      self->listener = g_steal_pointer (&listener);
      self->told_level = FALSE;
      _kvm_serial_unlock (self);
      listener = old;
    }
  g_clear_pointer (&listener, _kvm_serial_listener_unref);
  g_object_unref (self);
}

static void
raise_trigger (KvmSerial *self, gboolean level, gpointer user_data)
{
  /* One that was removed, or whose virtual machine is gone, has nobody to interrupt. */
  if (level)
    kvm_irq_trigger_raise (user_data, NULL);
}

/**
 * kvm_serial_set_interrupt_trigger:
 * @self: a serial port
 * @trigger: (nullable): what interrupts the guest; %NULL for nothing
 *
 * Has the interrupt line raise an interrupt of the guest's, in the place of a function: on a PC
 * that is GSI 4 for the first serial port, without flags.
 *
 * ```c
 * g_autoptr (KvmIrqTrigger) trigger = kvm_vm_add_irq_trigger (vm, 4, KVM_IRQ_TRIGGER_FLAGS_NONE,
 *                                                             &error);
 *
 * kvm_serial_set_interrupt_trigger (serial, trigger);
 * ```
 *
 * Since: 0.1
 */
void
kvm_serial_set_interrupt_trigger (KvmSerial *self, KvmIrqTrigger *trigger)
{
  g_return_if_fail (KVM_IS_SERIAL (self));
  g_return_if_fail (trigger == NULL || KVM_IS_IRQ_TRIGGER (trigger));

  if (trigger == NULL)
    kvm_serial_set_interrupt_func (self, NULL, NULL, NULL);
  else
    kvm_serial_set_interrupt_func (self, raise_trigger, g_object_ref (trigger), g_object_unref);
}

static gboolean
flush_output (KvmSerial *self, GCancellable *cancellable, GError **error)
{
  gboolean flushed;

  self->is_writing = TRUE;
  g_mutex_unlock (&self->lock);
  flushed = g_output_stream_flush (self->output, cancellable, error);
  g_mutex_lock (&self->lock);
  self->is_writing = FALSE;
  g_cond_broadcast (&self->cond);
  return flushed;
}

/**
 * kvm_serial_flush:
 * @self: a serial port
 * @cancellable: (nullable): what makes it stop waiting
 * @error: return location for an error
 *
 * Waits until the stream has taken what the guest has written so far. It needs no main loop.
 *
 * While another thread, such as that of a vCPU, writes to the stream, this waits for it and does
 * not look at @cancellable, however long the stream takes.
 *
 * Fails with the error with which the stream refused output, now or before, with
 * %G_IO_ERROR_CANCELLED, and with %KVM_ERROR_WRONG_PROCESS in a forked child.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_serial_flush (KvmSerial *self, GCancellable *cancellable, GError **error)
{
  gboolean flushed = TRUE;
  guint64 end;

  g_return_val_if_fail (KVM_IS_SERIAL (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  if (!_kvm_serial_lock_or_fail (self, error))
    return FALSE;
  if (self->output == NULL)
    {
      g_mutex_unlock (&self->lock);
      return TRUE;
    }

  g_object_ref (self);
  end = self->n_written + self->waiting_length;
  while (flushed)
    {
      while (self->is_writing)
        g_cond_wait (&self->cond, &self->lock);
      if (self->output_error != NULL)
        {
          g_propagate_error (error, g_error_copy (self->output_error));
          flushed = FALSE;
        }
      else if (self->n_written < end)
        flushed = write_some (self, TRUE, cancellable, error);
      else
        {
          flushed = flush_output (self, cancellable, error);
          break;
        }
    }
  _kvm_serial_unlock (self);
  g_object_unref (self);
  return flushed;
}

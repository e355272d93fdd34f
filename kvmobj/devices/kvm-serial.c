/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-fork-private.h"
#include "kvm-io-bytes-private.h"
#include "kvm-serial-private.h"

/**
 * KvmSerial:
 *
 * A serial port, a 16550A, at whose other end there is a `GIOStream`. On a PC the first is at the
 * 8 ports from 0x3f8 on with interrupt 4, the second at 0x2f8 with interrupt 3.
 *
 * ```c
 * g_autoptr (KvmSerial) serial = kvm_serial_new (stream);
 *
 * if (!kvm_io_bus_add_device (kvm_vm_get_io_bus (vm), KVM_IO_SPACE_PORT, 0x3f8, 8,
 *                             KVM_IO_DEVICE (serial), KVM_IO_DEVICE_FLAGS_NONE, &error))
 *   return FALSE;
 * ```
 *
 * # Output
 *
 * What the guest writes goes to the stream at once, in the thread that runs the vCPU, so a program
 * needs no main loop for it. What the stream does not take waits in the port and goes out when the
 * stream can take it, from the main context that was thread-default when the port was made, or when
 * the guest next uses the port. [method@Kvm.Serial.flush] waits for it, which a program without
 * main loop does before it ends.
 *
 * 64 KiB can wait. When they do, the port tells the guest that its transmitter is busy, as a slow
 * line would; what the guest writes nevertheless is lost. When the stream fails, all output is
 * dropped from then on, and the transmitter is never busy.
 *
 * A stream that can be polled, such as a socket, a pipe or a terminal, never makes the guest wait;
 * its file descriptor should be non-blocking. For one that cannot, such as a file, the guest waits,
 * as `g_output_stream_write ()` does, and a kick ends the run only when the stream has taken the
 * output. A program that writes to a pipe should ignore `SIGPIPE`. [Devices and the
 * bus](devices.html#a-serial-port-on-the-terminal) has a port on standard input and output.
 *
 * # Input
 *
 * Input is read in that main context, which must run, up to 4 KiB ahead of the guest. It comes at
 * whatever speed the guest reads it and is never lost, unless the guest clears its buffer of 16
 * bytes. There is no delay in the timeout interrupt: it tells at once of input that is less than
 * the guest waits for.
 *
 * # Interrupts
 *
 * [method@Kvm.Serial.set_interrupt_trigger] has the port interrupt the guest;
 * [method@Kvm.Serial.set_interrupt_func] tells a function of the level of the interrupt line, in
 * its place. The line does not depend on the modem control register's bit 3, as it does on some
 * PCs.
 *
 * The line's speed, format, parity and breaks mean nothing here. The other end is always there and
 * ready: the modem status says so until the guest turns on loopback.
 *
 * # State
 *
 * The state of a virtual machine does not have that of its ports. [method@Kvm.Serial.save_state]
 * gives it, and [method@Kvm.Serial.restore_state] puts it into another port.
 *
 * A port may be used from any thread. The stream should be used by nobody else.
 *
 * Since: 0.1
 */

/* Offsets */
#define DATA 0             /* the lower half of the divisor with LINE_CONTROL_DIVISOR */
#define INTERRUPT_ENABLE 1 /* the upper half of the divisor */
#define INTERRUPT_ID 2     /* read */
#define FIFO_CONTROL 2     /* written */
#define LINE_CONTROL 3
#define MODEM_CONTROL 4
#define LINE_STATUS 5
#define MODEM_STATUS 6
#define SCRATCH 7

#define INTERRUPT_ENABLE_INPUT 0x01
#define INTERRUPT_ENABLE_TRANSMITTER 0x02
#define INTERRUPT_ENABLE_LINE 0x04
#define INTERRUPT_ENABLE_MODEM 0x08
#define INTERRUPT_ENABLE_ALL 0x0f

#define INTERRUPT_ID_MODEM 0x00
#define INTERRUPT_ID_NONE 0x01
#define INTERRUPT_ID_TRANSMITTER 0x02
#define INTERRUPT_ID_INPUT 0x04
#define INTERRUPT_ID_LINE 0x06
#define INTERRUPT_ID_TIMEOUT 0x0c
#define INTERRUPT_ID_FIFO 0xc0

#define FIFO_CONTROL_ENABLE 0x01
#define FIFO_CONTROL_CLEAR_INPUT 0x02

#define LINE_CONTROL_DIVISOR 0x80

#define MODEM_CONTROL_READY 0x01
#define MODEM_CONTROL_REQUEST 0x02
#define MODEM_CONTROL_OUT_1 0x04
#define MODEM_CONTROL_OUT_2 0x08
#define MODEM_CONTROL_LOOPBACK 0x10
#define MODEM_CONTROL_ALL 0x1f

#define LINE_STATUS_INPUT 0x01
#define LINE_STATUS_OVERRUN 0x02
#define LINE_STATUS_TRANSMITTER_EMPTY 0x60 /* and what stands behind it, too */

#define MODEM_STATUS_CHANGES 0x0f /* of the lines, which are four bits above */
#define MODEM_STATUS_RING_ENDED 0x04
#define MODEM_STATUS_CLEAR_TO_SEND 0x10
#define MODEM_STATUS_READY 0x20
#define MODEM_STATUS_RING 0x40
#define MODEM_STATUS_CARRIER 0x80

typedef enum
{
  PROP_STREAM = 1,
} KvmSerialProperty;

static GParamSpec *properties[PROP_STREAM + 1];

static void kvm_serial_io_device_init (KvmIoDeviceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (KvmSerial, kvm_serial, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (KVM_TYPE_IO_DEVICE,
                                                      kvm_serial_io_device_init))

static void
destroy_source (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static void
kvm_serial_finalize (GObject *object)
{
  KvmSerial *self = KVM_SERIAL (object);

  g_clear_pointer (&self->read_source, destroy_source);
  g_clear_pointer (&self->write_source, destroy_source);
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_clear_object (&self->stream);
  g_clear_pointer (&self->listener, _kvm_serial_listener_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->received, g_bytes_unref);
  g_clear_error (&self->output_error);
  g_free (self->waiting);
  g_cond_clear (&self->cond);
  _kvm_fork_clear_lock (&self->lock, self->generation);

  G_OBJECT_CLASS (kvm_serial_parent_class)->finalize (object);
}

static void
kvm_serial_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((KvmSerialProperty) id)
    {
    case PROP_STREAM:
      g_value_set_object (value, KVM_SERIAL (object)->stream);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_serial_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch ((KvmSerialProperty) id)
    {
    case PROP_STREAM:
      KVM_SERIAL (object)->stream = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static guint
get_interrupt_id (KvmSerial *self)
{
  guint enable = self->interrupt_enable;

  if ((enable & INTERRUPT_ENABLE_LINE) != 0 && self->is_overrun)
    return INTERRUPT_ID_LINE;
  if ((enable & INTERRUPT_ENABLE_INPUT) != 0 && self->fifo_length != 0)
    return self->fifo_length >= self->trigger ? INTERRUPT_ID_INPUT : INTERRUPT_ID_TIMEOUT;
  if ((enable & INTERRUPT_ENABLE_TRANSMITTER) != 0 && self->is_transmitter_pending)
    return INTERRUPT_ID_TRANSMITTER;
  if ((enable & INTERRUPT_ENABLE_MODEM) != 0 && (self->modem_status & MODEM_STATUS_CHANGES) != 0)
    return INTERRUPT_ID_MODEM;
  return INTERRUPT_ID_NONE;
}

void
_kvm_serial_update_level (KvmSerial *self)
{
  self->level = get_interrupt_id (self) != INTERRUPT_ID_NONE;
  if (!self->level)
    self->was_low = TRUE;
}

gboolean
_kvm_serial_is_transmitter_empty (KvmSerial *self)
{
  return KVM_SERIAL_OUTPUT_SIZE - self->waiting_length >= KVM_SERIAL_FIFO_SIZE;
}

static gboolean
is_loopback (KvmSerial *self)
{
  return (self->modem_control & MODEM_CONTROL_LOOPBACK) != 0;
}

static guint
get_fifo_capacity (KvmSerial *self)
{
  return self->trigger != 0 ? KVM_SERIAL_FIFO_SIZE : 1;
}

static void
put_input (KvmSerial *self, guint8 byte)
{
  self->fifo[(self->fifo_start + self->fifo_length) % KVM_SERIAL_FIFO_SIZE] = byte;
  self->fifo_length++;
}

void
_kvm_serial_fill_fifo (KvmSerial *self)
{
  while (!is_loopback (self) && self->received != NULL
         && self->fifo_length < get_fifo_capacity (self))
    {
      gsize size;
      const guint8 *bytes = g_bytes_get_data (self->received, &size);

      put_input (self, bytes[self->received_start]);
      if (++self->received_start == size)
        g_clear_pointer (&self->received, g_bytes_unref);
    }
  _kvm_serial_update_level (self);
}

static guint8
take_input (KvmSerial *self)
{
  guint8 byte = self->fifo[self->fifo_start];

  if (self->fifo_length == 0)
    return 0;
  self->fifo_start = (self->fifo_start + 1) % KVM_SERIAL_FIFO_SIZE;
  self->fifo_length--;
  _kvm_serial_update_level (self);
  _kvm_serial_fill_fifo (self);
  return byte;
}

static void
transmit (KvmSerial *self, guint8 byte)
{
  self->is_transmitter_pending = FALSE;
  _kvm_serial_update_level (self); /* which is low for a moment even if there is room for more */

  if (is_loopback (self) && self->fifo_length == get_fifo_capacity (self))
    self->is_overrun = TRUE;
  else if (is_loopback (self))
    put_input (self, byte);
  else if (self->output != NULL && self->output_error == NULL
           && self->waiting_length < KVM_SERIAL_OUTPUT_SIZE)
    {
      self->waiting[(self->waiting_start + self->waiting_length) % KVM_SERIAL_OUTPUT_SIZE] = byte;
      self->waiting_length++;
    }
  if (_kvm_serial_is_transmitter_empty (self))
    self->is_transmitter_pending = TRUE;
}

/* By the upper two bits of the FIFO control register. */
static const guint8 triggers[] = { 1, 4, 8, 14 };

static void
set_fifo_control (KvmSerial *self, guint8 byte)
{
  gboolean enable = (byte & FIFO_CONTROL_ENABLE) != 0;

  /* Output has left the transmitter already, whatever of it still waits. */
  if (enable != (self->trigger != 0) || (enable && (byte & FIFO_CONTROL_CLEAR_INPUT) != 0))
    self->fifo_length = 0;
  self->trigger = enable ? triggers[byte >> 6] : 0;
  _kvm_serial_fill_fifo (self);
}

/* Those that come from the other end, which in loopback is this one. */
static guint8
get_modem_lines (KvmSerial *self)
{
  guint8 control = self->modem_control;

  if (!is_loopback (self))
    return MODEM_STATUS_CLEAR_TO_SEND | MODEM_STATUS_READY | MODEM_STATUS_CARRIER;
  return ((control & MODEM_CONTROL_REQUEST) != 0 ? MODEM_STATUS_CLEAR_TO_SEND : 0)
         | ((control & MODEM_CONTROL_READY) != 0 ? MODEM_STATUS_READY : 0)
         | ((control & MODEM_CONTROL_OUT_1) != 0 ? MODEM_STATUS_RING : 0)
         | ((control & MODEM_CONTROL_OUT_2) != 0 ? MODEM_STATUS_CARRIER : 0);
}

static void
set_modem_control (KvmSerial *self, guint8 byte)
{
  guint8 before = self->modem_status & ~MODEM_STATUS_CHANGES, lines, changes;

  self->modem_control = byte & MODEM_CONTROL_ALL;
  lines = get_modem_lines (self);
  changes = (before ^ lines) >> 4;
  if ((lines & MODEM_STATUS_RING) != 0) /* only the end of ringing counts */
    changes &= ~MODEM_STATUS_RING_ENDED;
  self->modem_status = lines | changes | (self->modem_status & MODEM_STATUS_CHANGES);
  _kvm_serial_fill_fifo (self);
}

static void
kvm_serial_constructed (GObject *object)
{
  KvmSerial *self = KVM_SERIAL (object);

  G_OBJECT_CLASS (kvm_serial_parent_class)->constructed (object);

  if (self->stream == NULL)
    return;
  self->input = g_io_stream_get_input_stream (self->stream);
  self->output = g_io_stream_get_output_stream (self->stream);
  if (self->output != NULL)
    self->waiting = g_malloc (KVM_SERIAL_OUTPUT_SIZE);
  self->can_poll = G_IS_POLLABLE_OUTPUT_STREAM (self->output)
                   && g_pollable_output_stream_can_poll (G_POLLABLE_OUTPUT_STREAM (self->output));
  _kvm_serial_request_input (self);
}

static void
kvm_serial_class_init (KvmSerialClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = kvm_serial_constructed;
  object_class->finalize = kvm_serial_finalize;
  object_class->get_property = kvm_serial_get_property;
  object_class->set_property = kvm_serial_set_property;

  /**
   * KvmSerial:stream:
   *
   * What the serial port is connected to.
   *
   * Since: 0.1
   */
  properties[PROP_STREAM]
      = g_param_spec_object ("stream", NULL, NULL, G_TYPE_IO_STREAM,
                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
kvm_serial_init (KvmSerial *self)
{
  _kvm_fork_watch ();
  self->generation = _kvm_fork_generation;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->context = g_main_context_ref_thread_default ();
  self->reading = g_cancellable_new ();
  self->divisor[0] = 12; /* 9600 baud */
  self->modem_status = get_modem_lines (self);
}

static guint8
read_register (gpointer data, guint64 offset)
{
  KvmSerial *self = data;
  gboolean is_divisor = (self->line_control & LINE_CONTROL_DIVISOR) != 0;
  guint8 value;

  switch (offset)
    {
    case DATA:
      return is_divisor ? self->divisor[0] : take_input (self);
    case INTERRUPT_ENABLE:
      return is_divisor ? self->divisor[1] : self->interrupt_enable;
    case INTERRUPT_ID:
      value = get_interrupt_id (self);
      if (value == INTERRUPT_ID_TRANSMITTER)
        self->is_transmitter_pending = FALSE;
      _kvm_serial_update_level (self);
      return value | (self->trigger != 0 ? INTERRUPT_ID_FIFO : 0);
    case LINE_CONTROL:
      return self->line_control;
    case MODEM_CONTROL:
      return self->modem_control;
    case LINE_STATUS:
      value = (self->fifo_length != 0 ? LINE_STATUS_INPUT : 0)
              | (self->is_overrun ? LINE_STATUS_OVERRUN : 0)
              | (_kvm_serial_is_transmitter_empty (self) ? LINE_STATUS_TRANSMITTER_EMPTY : 0);
      self->is_overrun = FALSE;
      _kvm_serial_update_level (self);
      return value;
    case MODEM_STATUS:
      value = self->modem_status;
      self->modem_status &= ~MODEM_STATUS_CHANGES;
      _kvm_serial_update_level (self);
      return value;
    case SCRATCH:
      return self->scratch;
    default:
      return 0xff;
    }
}

static gboolean
write_register (gpointer data, guint64 offset, guint8 byte)
{
  KvmSerial *self = data;
  gboolean is_divisor = (self->line_control & LINE_CONTROL_DIVISOR) != 0;

  if (is_divisor && offset <= 1)
    {
      self->divisor[offset] = byte;
      return FALSE;
    }

  switch (offset)
    {
    case DATA:
      transmit (self, byte);
      break;
    case INTERRUPT_ENABLE:
      if ((byte & ~self->interrupt_enable & INTERRUPT_ENABLE_TRANSMITTER) != 0
          && _kvm_serial_is_transmitter_empty (self))
        self->is_transmitter_pending = TRUE;
      self->interrupt_enable = byte & INTERRUPT_ENABLE_ALL;
      break;
    case FIFO_CONTROL:
      set_fifo_control (self, byte);
      break;
    case LINE_CONTROL:
      self->line_control = byte;
      break;
    case MODEM_CONTROL:
      set_modem_control (self, byte);
      break;
    case SCRATCH:
      self->scratch = byte;
      break;
    default: /* the status registers cannot be written */
      break;
    }
  _kvm_serial_update_level (self);
  return FALSE;
}

void
_kvm_serial_get_registers (KvmSerial *self, KvmSerialRegisters *registers)
{
  guint which = 0;

  while (which < 3 && triggers[which] < self->trigger)
    which++;
  *registers = (KvmSerialRegisters){
    .interrupt_enable = self->interrupt_enable,
    .fifo_control = self->trigger != 0 ? which << 6 | FIFO_CONTROL_ENABLE : 0,
    .line_control = self->line_control,
    .modem_control = self->modem_control,
    .modem_status = self->modem_status,
    .scratch = self->scratch,
    .divisor = { self->divisor[0], self->divisor[1] },
    .is_overrun = self->is_overrun,
    /* What waits now does not wait there. */
    .is_transmitter_pending
    = self->is_transmitter_pending || !_kvm_serial_is_transmitter_empty (self),
  };
}

gboolean
_kvm_serial_set_registers (KvmSerial *self, const KvmSerialRegisters *registers, const guint8 *fifo,
                           gsize n)
{
  gboolean enable = (registers->fifo_control & FIFO_CONTROL_ENABLE) != 0;

  if (n > (enable ? KVM_SERIAL_FIFO_SIZE : 1))
    return FALSE;
  self->interrupt_enable = registers->interrupt_enable & INTERRUPT_ENABLE_ALL;
  self->trigger = enable ? triggers[registers->fifo_control >> 6] : 0;
  self->line_control = registers->line_control;
  self->modem_control = registers->modem_control & MODEM_CONTROL_ALL;
  self->modem_status = get_modem_lines (self) | (registers->modem_status & MODEM_STATUS_CHANGES);
  self->scratch = registers->scratch;
  memcpy (self->divisor, registers->divisor, sizeof self->divisor);
  self->is_overrun = registers->is_overrun != 0;
  self->is_transmitter_pending = registers->is_transmitter_pending != 0;
  self->fifo_start = self->fifo_length = 0;
  while (self->fifo_length < n)
    put_input (self, fifo[self->fifo_length]);
  return TRUE;
}

static guint64
serial_read (KvmIoDevice *device, guint64 offset, guint size)
{
  KvmSerial *self = KVM_SERIAL (device);
  guint64 value;

  if (!_kvm_serial_lock (self))
    return G_MAXUINT64;
  value = _kvm_io_read_bytes (self, offset, size, read_register);
  _kvm_serial_unlock (self);
  return value;
}

static gboolean
serial_write (KvmIoDevice *device, guint64 offset, guint size, guint64 value)
{
  KvmSerial *self = KVM_SERIAL (device);

  if (!_kvm_serial_lock (self))
    return FALSE;
  _kvm_io_write_bytes (self, offset, size, value, write_register);
  _kvm_serial_unlock (self);
  return FALSE;
}

static void
kvm_serial_io_device_init (KvmIoDeviceInterface *iface)
{
  iface->read = serial_read;
  iface->write = serial_write;
}

/**
 * kvm_serial_new:
 * @stream: (nullable): what is at the other end; %NULL for nothing: then output is dropped and
 * there is no input
 *
 * Makes a serial port. It may be used by the guest at once; input is read when the main context
 * runs that is thread-default here.
 *
 * Returns: (transfer full): the device
 *
 * Since: 0.1
 */
KvmSerial *
kvm_serial_new (GIOStream *stream)
{
  g_return_val_if_fail (stream == NULL || G_IS_IO_STREAM (stream), NULL);

  return g_object_new (KVM_TYPE_SERIAL, "stream", stream, NULL);
}

/**
 * kvm_serial_get_stream:
 * @self: a serial port
 *
 * Gets what the serial port is connected to.
 *
 * Returns: (transfer none) (nullable): the stream; %NULL if there is none
 *
 * Since: 0.1
 */
GIOStream *
kvm_serial_get_stream (KvmSerial *self)
{
  g_return_val_if_fail (KVM_IS_SERIAL (self), NULL);

  return self->stream;
}

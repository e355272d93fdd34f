/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-fork-private.h"
#include "kvm-i8042.h"
#include "kvm-io-bytes-private.h"

/**
 * KvmI8042:
 *
 * The keyboard controller of a PC, without keyboard and mouse: what is left is the line with which
 * a guest resets the machine. It belongs at the 5 ports from 0x60 on, of which it uses 0x60 for
 * data and 0x64 for commands and status.
 *
 * When the guest asks for a reset, by the command 0xfe or with bit 0 of the output port,
 * [property@Kvm.I8042:reset-requested] becomes %TRUE, and [method@Kvm.Vcpu.run] returns that exit.
 * A [class@Kvm.Runner] ends with it, and does not emit [signal@Kvm.Runner::exit]. The program then
 * resets the machine, or ends it.
 *
 * ```c
 * g_autoptr (KvmI8042) i8042 = kvm_i8042_new ();
 *
 * if (!kvm_io_bus_add_device (kvm_vm_get_io_bus (vm), KVM_IO_SPACE_PORT, 0x60, 5,
 *                             KVM_IO_DEVICE (i8042), KVM_IO_DEVICE_FLAGS_NONE, &error))
 *   return FALSE;
 * ```
 *
 * The controller passes its self-test, keeps its command byte, and answers at once whatever is sent
 * to the devices that it does not have, so that no guest waits for them. It has no interrupts.
 *
 * The ports between its own, 0x61 among them, are in its range: they read 0xff, what is written
 * there is lost, and no exit tells of it. On a PC 0x61 has to do with the timer and the speaker. A
 * guest that waits there for bit 5 to see a timer run out finds it set at once; one that waits for
 * a bit to change waits for ever. [method@Kvm.Vm.x86_create_pit] with 1 lets the kernel serve 0x61,
 * and the kernel comes before the bus. Or a device of the program's takes the five ports, serves
 * 0x61, and hands on the rest with [method@Kvm.IoDevice.read] and [method@Kvm.IoDevice.write].
 *
 * It may be used from any thread.
 *
 * Since: 0.1
 */
struct _KvmI8042
{
  GObject parent_instance;
  guint generation; /* _kvm_fork_generation of the process that made it */
  GMutex lock;      /* for the following; taken with _kvm_fork_lock () */
  guint8 command;   /* what the next byte of data is for; 0: for the keyboard */
  guint8 command_byte;
  guint8 output_port;
  guint8 reply;
  gboolean has_reply;
  gboolean passed_test;
  gboolean reset_requested;
};

/* Offsets */
#define DATA 0
#define STATUS 4  /* read */
#define COMMAND 4 /* written */

#define STATUS_REPLY 0x01
#define STATUS_PASSED_TEST 0x04
#define STATUS_LAST_WAS_COMMAND 0x08
#define STATUS_NOT_LOCKED 0x10

#define COMMAND_READ_COMMAND_BYTE 0x20
#define COMMAND_WRITE_COMMAND_BYTE 0x60
#define COMMAND_TEST_MOUSE 0xa9
#define COMMAND_TEST 0xaa
#define COMMAND_TEST_KEYBOARD 0xab
#define COMMAND_READ_OUTPUT_PORT 0xd0
#define COMMAND_WRITE_OUTPUT_PORT 0xd1
#define COMMAND_LOOP_KEYBOARD 0xd2
#define COMMAND_LOOP_MOUSE 0xd3
#define COMMAND_WRITE_MOUSE 0xd4
#define COMMAND_PULSE 0xf0 /* and above; the lower four bits are the lines, 0 pulses one */

#define REPLY_TEST_PASSED 0x55
#define REPLY_LINE_FAILED 0x01 /* there is nothing at the clock line */
#define REPLY_RESEND 0xfe      /* nobody has understood that */

#define OUTPUT_PORT_NO_RESET 0x01
#define OUTPUT_PORT_A20 0x02

typedef enum
{
  PROP_RESET_REQUESTED = 1,
} KvmI8042Property;

static GParamSpec *properties[PROP_RESET_REQUESTED + 1];

static void kvm_i8042_io_device_init (KvmIoDeviceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (KvmI8042, kvm_i8042, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (KVM_TYPE_IO_DEVICE, kvm_i8042_io_device_init))

static void
kvm_i8042_finalize (GObject *object)
{
  KvmI8042 *self = KVM_I8042 (object);

  _kvm_fork_clear_lock (&self->lock, self->generation);

  G_OBJECT_CLASS (kvm_i8042_parent_class)->finalize (object);
}

static void
kvm_i8042_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((KvmI8042Property) id)
    {
    case PROP_RESET_REQUESTED:
      g_value_set_boolean (value, kvm_i8042_get_reset_requested (KVM_I8042 (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_i8042_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch ((KvmI8042Property) id)
    {
    case PROP_RESET_REQUESTED:
      kvm_i8042_set_reset_requested (KVM_I8042 (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_i8042_class_init (KvmI8042Class *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = kvm_i8042_finalize;
  object_class->get_property = kvm_i8042_get_property;
  object_class->set_property = kvm_i8042_set_property;

  /**
   * KvmI8042:reset-requested:
   *
   * Whether the guest has asked for a reset. A program that has reset the machine sets it to
   * %FALSE. It is not notified when the guest asks: the run ends.
   *
   * Since: 0.1
   */
  properties[PROP_RESET_REQUESTED] = g_param_spec_boolean (
      "reset-requested", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
kvm_i8042_init (KvmI8042 *self)
{
  _kvm_fork_watch ();
  self->generation = _kvm_fork_generation;
  g_mutex_init (&self->lock);
  self->output_port = OUTPUT_PORT_NO_RESET | OUTPUT_PORT_A20;
}

static void
set_reply (KvmI8042 *self, guint8 reply)
{
  self->reply = reply;
  self->has_reply = TRUE;
}

static gboolean
request_reset (KvmI8042 *self)
{
  self->reset_requested = TRUE;
  return TRUE;
}

static gboolean
write_command (KvmI8042 *self, guint8 command)
{
  self->command = command;
  if (command >= COMMAND_PULSE)
    return (command & OUTPUT_PORT_NO_RESET) == 0 ? request_reset (self) : FALSE;

  switch (command)
    {
    case COMMAND_READ_COMMAND_BYTE:
      set_reply (self, self->command_byte);
      break;
    case COMMAND_TEST:
      self->passed_test = TRUE;
      set_reply (self, REPLY_TEST_PASSED);
      break;
    case COMMAND_TEST_KEYBOARD:
    case COMMAND_TEST_MOUSE:
      set_reply (self, REPLY_LINE_FAILED);
      break;
    case COMMAND_READ_OUTPUT_PORT:
      set_reply (self, self->output_port);
      break;
    default:
      break;
    }
  return FALSE;
}

static gboolean
write_data (KvmI8042 *self, guint8 data)
{
  guint8 command = self->command;

  self->command = 0;
  switch (command)
    {
    case COMMAND_WRITE_COMMAND_BYTE:
      self->command_byte = data;
      return FALSE;
    case COMMAND_WRITE_OUTPUT_PORT:
      /* The line is not seen as held down: the machine would never come up again. */
      self->output_port = data | OUTPUT_PORT_NO_RESET;
      return (data & OUTPUT_PORT_NO_RESET) == 0 ? request_reset (self) : FALSE;
    case COMMAND_LOOP_KEYBOARD:
    case COMMAND_LOOP_MOUSE:
      set_reply (self, data);
      return FALSE;
    default: /* for the keyboard or the mouse */
      set_reply (self, REPLY_RESEND);
      return FALSE;
    }
}

static guint8
read_byte (gpointer data, guint64 offset)
{
  KvmI8042 *self = data;

  switch (offset)
    {
    case DATA:
      self->has_reply = FALSE;
      return self->reply;
    case STATUS:
      return STATUS_NOT_LOCKED | (self->has_reply ? STATUS_REPLY : 0)
             | (self->passed_test ? STATUS_PASSED_TEST : 0)
             | (self->command != 0 ? STATUS_LAST_WAS_COMMAND : 0);
    default:
      return 0xff;
    }
}

static gboolean
write_byte (gpointer data, guint64 offset, guint8 byte)
{
  switch (offset)
    {
    case DATA:
      return write_data (data, byte);
    case COMMAND:
      return write_command (data, byte);
    default:
      return FALSE;
    }
}

static guint64
i8042_read (KvmIoDevice *device, guint64 offset, guint size)
{
  KvmI8042 *self = KVM_I8042 (device);
  guint64 value;

  if (!_kvm_fork_lock (&self->lock, self->generation))
    return G_MAXUINT64;
  value = _kvm_io_read_bytes (self, offset, size, read_byte);
  g_mutex_unlock (&self->lock);
  return value;
}

static gboolean
i8042_write (KvmIoDevice *device, guint64 offset, guint size, guint64 value)
{
  KvmI8042 *self = KVM_I8042 (device);
  gboolean stop;

  if (!_kvm_fork_lock (&self->lock, self->generation))
    return FALSE;
  stop = _kvm_io_write_bytes (self, offset, size, value, write_byte);
  g_mutex_unlock (&self->lock);
  return stop;
}

static void
kvm_i8042_io_device_init (KvmIoDeviceInterface *iface)
{
  iface->read = i8042_read;
  iface->write = i8042_write;
}

/**
 * kvm_i8042_new:
 *
 * Makes a keyboard controller.
 *
 * Returns: (transfer full): the device
 *
 * Since: 0.1
 */
KvmI8042 *
kvm_i8042_new (void)
{
  return g_object_new (KVM_TYPE_I8042, NULL);
}

/**
 * kvm_i8042_get_reset_requested:
 * @self: a keyboard controller
 *
 * Tells whether the guest has asked for a reset.
 *
 * Returns: whether it has
 *
 * Since: 0.1
 */
gboolean
kvm_i8042_get_reset_requested (KvmI8042 *self)
{
  gboolean reset_requested;

  g_return_val_if_fail (KVM_IS_I8042 (self), FALSE);

  if (!_kvm_fork_lock (&self->lock, self->generation))
    return FALSE;
  reset_requested = self->reset_requested;
  g_mutex_unlock (&self->lock);
  return reset_requested;
}

/**
 * kvm_i8042_set_reset_requested:
 * @self: a keyboard controller
 * @reset_requested: %FALSE, as a rule
 *
 * Says whether a reset is wanted: %FALSE when the program has done what the guest asked for.
 *
 * Since: 0.1
 */
void
kvm_i8042_set_reset_requested (KvmI8042 *self, gboolean reset_requested)
{
  g_return_if_fail (KVM_IS_I8042 (self));

  if (!_kvm_fork_lock (&self->lock, self->generation))
    return;
  self->reset_requested = reset_requested;
  g_mutex_unlock (&self->lock);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-serial.h"

G_BEGIN_DECLS

#define KVM_SERIAL_FIFO_SIZE 16
#define KVM_SERIAL_OUTPUT_SIZE 65536

/* Who is told of the interrupt line. */
typedef struct
{
  KvmSerialInterruptFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} KvmSerialListener;

/* The registers as they are saved: any bytes will do. */
typedef struct
{
  guint8 interrupt_enable, fifo_control, line_control, modem_control, modem_status, scratch;
  guint8 divisor[2];
  guint8 is_overrun;
  guint8 is_transmitter_pending;
} KvmSerialRegisters;

struct _KvmSerial
{
  GObject parent_instance;
  GIOStream *stream;     /* owned; NULL if nothing is connected */
  GInputStream *input;   /* not owned: the stream's; NULL if there is none */
  GOutputStream *output; /* not owned: the stream's; NULL if there is none */
  gboolean can_poll;     /* the output */
  GMainContext *context; /* owned */
  GCancellable *reading; /* owned: for what is read in the context */
  guint generation;      /* _kvm_fork_generation of the process that made it */

  /* For the following; taken with _kvm_serial_lock (), and not held while others are called. */
  GMutex lock;
  GCond cond; /* is_writing has become FALSE */

  guint8 interrupt_enable, line_control, modem_control, modem_status, scratch;
  guint8 divisor[2];
  guint8 trigger; /* how much input makes an interrupt; 0 while the FIFOs are off */
  gboolean is_overrun;
  gboolean is_transmitter_pending; /* the interrupt for an empty transmitter */

  guint8 fifo[KVM_SERIAL_FIFO_SIZE]; /* what the guest can read */
  guint fifo_start, fifo_length;

  GBytes *received; /* owned: input that was read from the stream; NULL if there is none */
  gsize received_start;
  GSource *read_source; /* owned: begins the next read; NULL if there is none */
  gboolean is_reading;  /* a read was begun, or will be */
  gboolean input_ended;

  guint8 *waiting; /* owned: a ring, the output that is not written yet */
  guint waiting_start, waiting_length;
  guint64 n_written;     /* since the beginning */
  GSource *write_source; /* owned: waits until the output takes more; NULL if there is none */
  gboolean is_writing;   /* somebody writes the first of it */
  GError *output_error;  /* owned: why no output is written any more; NULL if it is */

  KvmSerialListener *listener; /* owned, an rc box; NULL if there is none */
  gboolean level;              /* of the interrupt line */
  gboolean was_low;            /* since the listener was told that it is high */
  gboolean told_level;
  gboolean is_telling;
};

/* The registers: kvm-serial.c. All with the lock held. */

/* To be called after everything that may change the interrupt line. */
void _kvm_serial_update_level (KvmSerial *self);

/* Whether the guest may write a whole FIFO, as it does when the transmitter is empty. */
gboolean _kvm_serial_is_transmitter_empty (KvmSerial *self);

/* Input goes from what was read into the FIFO as long as there is room. */
void _kvm_serial_fill_fifo (KvmSerial *self);

/* What is to be in the FIFO has to fit; FALSE if it does not, and nothing is changed. What was read
 * from the stream is not touched. */
void _kvm_serial_get_registers (KvmSerial *self, KvmSerialRegisters *registers);
gboolean _kvm_serial_set_registers (KvmSerial *self, const KvmSerialRegisters *registers,
                                    const guint8 *fifo, gsize n);

/* What is outside: kvm-serial-stream.c */

gboolean _kvm_serial_lock (KvmSerial *self);
gboolean _kvm_serial_lock_or_fail (KvmSerial *self, GError **error);

/* Gives the lock back, after all that follows from what was done under it. */
void _kvm_serial_unlock (KvmSerial *self);

/* Adds to what was read. */
void _kvm_serial_receive (KvmSerial *self, const guint8 *data, gsize size);

/* Has the next input read, in the context, if there is none and nobody reads. */
void _kvm_serial_request_input (KvmSerial *self);

void _kvm_serial_listener_unref (KvmSerialListener *listener);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How a guest is stopped and goes on for a debugger, and how its client is read from and written
 * to.
 *
 * While the client has the guest, every vCPU is held in the runner, and the runner is paused. Where
 * it lets some of them run, the first that stops for a breakpoint or after a step has the others
 * held again; the client is told when all stand. */

#include "config.h"

#include <string.h>

#include "kvm-fork-private.h"
#include "kvm-gdb-session-private.h"
#include "kvm-runner-private.h"
#include "kvm-vm.h"

static void
thread_free (gpointer data)
{
  KvmGdbThread *self = data;

  g_clear_object (&self->token);
  g_object_unref (self->vcpu);
  g_free (self);
}

static void
session_clear (gpointer data)
{
  KvmGdbSession *self = data;

  g_ptr_array_unref (self->threads);
  g_object_unref (self->runner);
  g_object_unref (self->stream);
  g_byte_array_unref (self->input);
  g_string_free (self->output, TRUE);
  g_string_free (self->packet, TRUE);
  g_string_free (self->reply, TRUE);
  g_string_free (self->last, TRUE);
}

static void
session_unref (KvmGdbSession *self)
{
  g_rc_box_release_full (self, session_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmGdbSession, session_unref)

static void
destroy_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* The guest. */

static void
find_new_threads (KvmGdbSession *self)
{
  g_autoptr (GPtrArray) vcpus = _kvm_runner_dup_vcpus (self->runner);

  while (self->threads->len < vcpus->len)
    {
      KvmGdbThread *thread = g_new0 (KvmGdbThread, 1);

      thread->vcpu = g_object_ref (vcpus->pdata[self->threads->len]);
      g_ptr_array_add (self->threads, thread);
    }
}

static gboolean
set_guest_debug (KvmGdbSession *self, KvmGdbThread *thread)
{
  KvmGuestDebugFlags flags = KVM_GUEST_DEBUG_FLAGS_NONE;
  guint64 registers[64] = { 0 };
  gsize n_registers = 0;

  if (self->n_breaks > 0)
    {
      flags |= KVM_GUEST_DEBUG_FLAGS_ENABLE | KVM_GUEST_DEBUG_FLAGS_HARDWARE_BREAKPOINTS;
      self->arch->make_debug_registers (thread->vcpu, self->breaks, self->n_breaks, registers,
                                        &n_registers);
    }
  if (thread->action == KVM_GDB_ACTION_STEP)
    {
      /* Where the host can, a step does not end in the handler of an interrupt. */
      int supported = kvm_vm_check_extension (kvm_vcpu_get_vm (thread->vcpu),
                                              KVM_CAPABILITY_SET_GUEST_DEBUG2, NULL);

      flags |= KVM_GUEST_DEBUG_FLAGS_ENABLE | KVM_GUEST_DEBUG_FLAGS_SINGLE_STEP;
      if (supported > 0)
        flags |= supported & KVM_GUEST_DEBUG_FLAGS_X86_BLOCK_IRQ;
    }
  if (flags == KVM_GUEST_DEBUG_FLAGS_NONE && !thread->is_debugged)
    return TRUE;
  thread->is_debugged = flags != KVM_GUEST_DEBUG_FLAGS_NONE;
  return kvm_vcpu_set_guest_debug (thread->vcpu, flags, registers, n_registers, NULL);
}

static void
complete (KvmGdbThread *thread)
{
  if (thread->token != NULL)
    kvm_runner_exit_complete (thread->token, NULL);
  g_clear_object (&thread->token);
}

/* Every vCPU stands, and nobody is there who debugs them. */
static void
finish (KvmGdbSession *self)
{
  self->state = KVM_GDB_STATE_OVER;
  for (guint i = 0; i < G_N_ELEMENTS (self->handlers); i++)
    g_signal_handler_disconnect (self->runner, self->handlers[i]);
  self->n_breaks = 0;
  for (guint i = 0; i < self->threads->len; i++)
    {
      KvmGdbThread *thread = _kvm_gdb_session_thread (self, i);

      thread->action = KVM_GDB_ACTION_CONTINUE;
      set_guest_debug (self, thread);
      complete (thread);
    }
  _kvm_runner_end_debug (self->runner);
  if (!self->is_app_paused)
    kvm_runner_resume (self->runner);
  if (self->ended != NULL)
    self->ended (self->user_data);
  session_unref (self);
}

static void
stop (KvmGdbSession *self, KvmGdbState state, guint stop_signal)
{
  self->state = state;
  self->stop_signal = stop_signal;
  _kvm_runner_hold (self->runner, NULL, TRUE);
  kvm_runner_pause (self->runner);
}

/* Tells the client, which waits for it, that the guest has stopped or ended. */
static void
tell_stop (KvmGdbSession *self)
{
  KvmVcpu *ended = kvm_runner_get_ended_vcpu (self->runner);

  self->is_waiting = FALSE;
  if (kvm_runner_get_state (self->runner) != KVM_RUNNER_STATE_STOPPED || !self->was_running)
    {
      _kvm_gdb_session_append_stop (self);
      _kvm_gdb_session_reply (self);
      return;
    }

  /* Why, for a person to read; and that it is over. */
  if (ended != NULL)
    {
      g_autofree char *exit = kvm_exit_to_string (kvm_vcpu_get_exit (ended));
      g_autofree char *text = g_strdup_printf ("vCPU %u: %s\n", kvm_vcpu_get_id (ended), exit);

      g_string_append_c (self->reply, 'O');
      _kvm_gdb_append_hex (self->reply, text, strlen (text));
      _kvm_gdb_session_reply (self);
    }
  g_string_append (self->reply, "W00");
  _kvm_gdb_session_reply (self);
  _kvm_gdb_session_leave (self);
}

/* Looks at what the runner is doing, which may be something else than before. */
static void
update (KvmGdbSession *self)
{
  KvmRunnerState state = kvm_runner_get_state (self->runner);

  self->was_running |= state != KVM_RUNNER_STATE_STOPPED;
  if (state == KVM_RUNNER_STATE_RUNNING && self->state != KVM_GDB_STATE_RUNNING)
    {
      /* It is still on its way, or the program has run or resumed it. */
      self->is_app_paused = FALSE;
      kvm_runner_pause (self->runner);
    }
  if (!_kvm_runner_is_at_rest (self->runner))
    return;

  if (self->state == KVM_GDB_STATE_RUNNING && self->was_running)
    {
      /* It has ended, or the program has paused it. */
      self->is_app_paused = TRUE;
      stop (self, KVM_GDB_STATE_STOPPING, KVM_GDB_SIGNAL_INTERRUPT);
    }
  if (self->state == KVM_GDB_STATE_STOPPING)
    {
      find_new_threads (self);
      self->state = KVM_GDB_STATE_STOPPED;
      self->selected = self->stopped;
      if (self->is_waiting)
        tell_stop (self);
    }
  if (self->state == KVM_GDB_STATE_LEAVING)
    finish (self);
}

gboolean
_kvm_gdb_session_resume (KvmGdbSession *self)
{
  gboolean all = TRUE;

  for (guint i = 0; i < self->threads->len; i++)
    {
      KvmGdbThread *thread = _kvm_gdb_session_thread (self, i);

      all = all && thread->action != KVM_GDB_ACTION_HOLD;
      if (!set_guest_debug (self, thread))
        return FALSE;
      /* Another one was first with its breakpoint, which this would reach again; but not with an
       * access that was watched. */
      if (thread->action != KVM_GDB_ACTION_HOLD && thread->token != NULL && !thread->is_told
          && thread->has_cause && thread->cause.type > KVM_GDB_BREAK_HARDWARE)
        {
          self->selected = self->stopped = i;
          self->stop_signal = KVM_GDB_SIGNAL_TRAP;
          tell_stop (self);
          return TRUE;
        }
    }

  self->is_waiting = TRUE;
  self->is_app_paused = FALSE;
  if (self->was_running && kvm_runner_get_state (self->runner) == KVM_RUNNER_STATE_STOPPED)
    {
      tell_stop (self);
      return TRUE;
    }
  self->state = KVM_GDB_STATE_RUNNING;
  for (guint i = 0; i < self->threads->len; i++)
    {
      KvmGdbThread *thread = _kvm_gdb_session_thread (self, i);

      if (thread->action == KVM_GDB_ACTION_HOLD)
        continue;
      complete (thread);
      _kvm_runner_hold (self->runner, thread->vcpu, FALSE);
    }
  if (all)
    _kvm_runner_hold (self->runner, NULL, FALSE);
  kvm_runner_resume (self->runner);
  return TRUE;
}

static gboolean
on_vcpu_exit (KvmRunner *runner, KvmRunnerExit *token, gpointer user_data)
{
  KvmGdbSession *self = user_data;
  KvmVcpu *vcpu = kvm_runner_exit_get_vcpu (token);
  KvmGdbThread *thread = NULL;
  guint n = 0;
  int cause;

  if (kvm_exit_get_reason (kvm_runner_exit_get_exit (token)) != KVM_EXIT_REASON_DEBUG)
    return FALSE;
  find_new_threads (self);
  while ((thread = _kvm_gdb_session_thread (self, n))->vcpu != vcpu)
    n++;
  cause = self->arch->find_cause (vcpu, self->breaks, self->n_breaks);
  g_set_object (&thread->token, token);
  thread->is_told = FALSE;
  thread->has_cause = cause >= 0;
  if (thread->has_cause)
    thread->cause = self->breaks[cause];
  if (self->state == KVM_GDB_STATE_RUNNING)
    {
      self->stopped = n;
      stop (self, KVM_GDB_STATE_STOPPING, KVM_GDB_SIGNAL_TRAP);
    }
  return TRUE;
}

/* The client. */

static gboolean on_writable (GObject *output, gpointer user_data);

/* Writes what there is room for; the rest follows when there is. */
static gboolean
flush (KvmGdbSession *self)
{
  GPollableOutputStream *output
      = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->stream));
  g_autoptr (GError) error = NULL;
  gssize n = 0;

  while (self->output->len > 0 && n >= 0)
    {
      n = g_pollable_output_stream_write_nonblocking (output, self->output->str, self->output->len,
                                                      NULL, &error);
      if (n > 0)
        g_string_erase (self->output, 0, n);
    }
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return FALSE;
  if (self->output->len > 0 && self->write_source == NULL)
    {
      self->write_source = g_pollable_output_stream_create_source (output, NULL);
      g_source_set_callback (self->write_source, G_SOURCE_FUNC (on_writable), self, NULL);
      g_source_attach (self->write_source, g_source_get_context (self->read_source));
    }
  return TRUE;
}

void
_kvm_gdb_session_reply (KvmGdbSession *self)
{
  g_string_truncate (self->last, 0);
  _kvm_gdb_append_packet (self->last, self->reply);
  g_string_truncate (self->reply, 0);
  g_string_append_len (self->output, self->last->str, self->last->len);
}

void
_kvm_gdb_session_leave (KvmGdbSession *self)
{
  if (self->read_source == NULL)
    return;
  flush (self); /* and what there is no room for is lost */
  destroy_source (&self->read_source);
  destroy_source (&self->write_source);
  g_io_stream_close (self->stream, NULL, NULL);
  self->is_waiting = FALSE;
  stop (self, KVM_GDB_STATE_LEAVING, 0);
}

/* FALSE if the client says what cannot be. */
static gboolean
deal_with_input (KvmGdbSession *self, KvmGdbInput input)
{
  switch (input)
    {
    case KVM_GDB_INPUT_PACKET:
      if (!self->is_reliable)
        g_string_append_c (self->output, '+');
      _kvm_gdb_session_command (self);
      return TRUE;
    case KVM_GDB_INPUT_DAMAGED:
      g_string_append_c (self->output, '-');
      return !self->is_reliable;
    case KVM_GDB_INPUT_NACK:
      g_string_append_len (self->output, self->last->str, self->last->len);
      return !self->is_reliable;
    case KVM_GDB_INPUT_INTERRUPT:
      if (self->state == KVM_GDB_STATE_RUNNING)
        {
          self->stopped = self->selected;
          stop (self, KVM_GDB_STATE_STOPPING, KVM_GDB_SIGNAL_INTERRUPT);
        }
      return TRUE;
    case KVM_GDB_INPUT_ACK:
      return TRUE;
    case KVM_GDB_INPUT_PART:
    case KVM_GDB_INPUT_GARBAGE:
    default:
      return FALSE;
    }
}

/* FALSE if the next thing that the client has said is not for now. */
static gboolean
take_input (KvmGdbSession *self, gboolean *is_well)
{
  KvmGdbInput input;
  gsize used;

  if (self->output->len > 0 || self->state == KVM_GDB_STATE_STOPPING)
    return FALSE;
  input = _kvm_gdb_input_next (self->input->data, self->input->len, &used, self->packet);
  if (input == KVM_GDB_INPUT_PART
      || (input == KVM_GDB_INPUT_PACKET && self->state == KVM_GDB_STATE_RUNNING))
    return FALSE;
  g_byte_array_remove_range (self->input, 0, used);
  *is_well = deal_with_input (self, input);
  return TRUE;
}

/* Does everything that can be done now. */
static void
go_on (KvmGdbSession *self)
{
  gboolean is_well = self->input->len <= KVM_GDB_INPUT_SIZE;

  for (;;)
    {
      update (self);
      if (self->read_source == NULL)
        return;
      if (!is_well || !flush (self))
        _kvm_gdb_session_leave (self);
      else if (!take_input (self, &is_well))
        return;
    }
}

static gboolean
on_readable (GObject *input, gpointer user_data)
{
  g_autoptr (KvmGdbSession) self = g_rc_box_acquire (user_data);
  g_autoptr (GError) error = NULL;
  guint8 buffer[4096];
  gssize n;

  if (self->generation != _kvm_fork_generation)
    return G_SOURCE_REMOVE;
  n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), buffer,
                                                sizeof buffer, NULL, &error);
  if (n > 0)
    g_byte_array_append (self->input, buffer, n);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    _kvm_gdb_session_leave (self);
  go_on (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_writable (GObject *output, gpointer user_data)
{
  g_autoptr (KvmGdbSession) self = g_rc_box_acquire (user_data);

  if (self->generation != _kvm_fork_generation)
    return G_SOURCE_REMOVE;
  destroy_source (&self->write_source);
  go_on (self);
  return G_SOURCE_REMOVE;
}

static void
on_state (KvmRunner *runner, GParamSpec *pspec, gpointer user_data)
{
  g_autoptr (KvmGdbSession) self = g_rc_box_acquire (user_data);

  go_on (self);
}

KvmGdbSession *
_kvm_gdb_session_begin (KvmRunner *runner, const KvmGdbArch *arch, GIOStream *stream,
                        KvmGdbSessionFunc ended, gpointer user_data)
{
  GPollableInputStream *input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
  KvmGdbSession *self;

  if (!_kvm_runner_begin_debug (runner))
    return NULL;

  self = g_rc_box_new0 (KvmGdbSession);
  self->runner = g_object_ref (runner);
  self->arch = arch;
  self->ended = ended;
  self->user_data = user_data;
  self->generation = _kvm_fork_generation;
  self->is_app_paused = kvm_runner_get_state (runner) == KVM_RUNNER_STATE_PAUSED;
  self->threads = g_ptr_array_new_with_free_func (thread_free);
  self->stream = g_object_ref (stream);
  self->input = g_byte_array_new ();
  self->output = g_string_new (NULL);
  self->packet = g_string_new (NULL);
  self->reply = g_string_new (NULL);
  self->last = g_string_new (NULL);
  self->read_source = g_pollable_input_stream_create_source (input, NULL);
  g_source_set_callback (self->read_source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->read_source, g_main_context_get_thread_default ());
  self->handlers[0] = g_signal_connect (runner, "exit", G_CALLBACK (on_vcpu_exit), self);
  self->handlers[1] = g_signal_connect (runner, "notify::state", G_CALLBACK (on_state), self);
  stop (self, KVM_GDB_STATE_STOPPING, KVM_GDB_SIGNAL_TRAP);
  update (self);
  return self;
}

void
_kvm_gdb_session_end (KvmGdbSession *session)
{
  g_autoptr (KvmGdbSession) self = g_rc_box_acquire (session);

  self->ended = NULL;
  _kvm_gdb_session_leave (self);
  go_on (self);
}

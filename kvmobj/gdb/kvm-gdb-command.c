/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a client of GDB's remote protocol may ask for. A command that is not known here gets an
 * empty reply, as the protocol has it, and the client does without. */

#include "config.h"

#include <errno.h>
#include <string.h>

#include "kvm-gdb-session-private.h"
#include "kvm-vm-memory.h"

/* What an address holds for. */
#define PAGE_SIZE 0x1000

/* So many bytes fit into a packet. */
#define MAX_BYTES ((KVM_GDB_PACKET_SIZE - 32) / 2)

static void
reply_ok (KvmGdbSession *self)
{
  g_string_append (self->reply, "OK");
}

static void
reply_error (KvmGdbSession *self, int code)
{
  g_string_append_printf (self->reply, "E%02x", code);
}

static void
reply_if (KvmGdbSession *self, gboolean ok, int code)
{
  if (ok)
    reply_ok (self);
  else
    reply_error (self, code);
}

static KvmVcpu *
get_vcpu (KvmGdbSession *self)
{
  return _kvm_gdb_session_thread (self, self->selected)->vcpu;
}

/* A thread as the client calls it: 0 for any, -1 for all. */
static gboolean
take_thread (KvmGdbSession *self, const char **text, guint64 *id)
{
  if (g_str_has_prefix (*text, "-1"))
    {
      *id = 0;
      *text += 2;
      return TRUE;
    }
  return _kvm_gdb_take_number (text, 0, id) && *id <= self->threads->len;
}

static const char *
skip (const char *text, const char *prefix)
{
  return g_str_has_prefix (text, prefix) ? text + strlen (prefix) : NULL;
}

void
_kvm_gdb_session_append_stop (KvmGdbSession *self)
{
  static const char *const names[] = {
    [KVM_GDB_BREAK_SOFTWARE] = "swbreak", [KVM_GDB_BREAK_HARDWARE] = "hwbreak",
    [KVM_GDB_WATCH_WRITE] = "watch",      [KVM_GDB_WATCH_READ] = "rwatch",
    [KVM_GDB_WATCH_ACCESS] = "awatch",
  };
  KvmGdbThread *thread = _kvm_gdb_session_thread (self, self->stopped);

  g_string_append_printf (self->reply, "T%02xthread:%x;", self->stop_signal, self->stopped + 1);
  if (thread->token == NULL || self->stop_signal != KVM_GDB_SIGNAL_TRAP)
    return;
  thread->is_told = TRUE;
  if (!thread->has_cause)
    return;
  if (thread->cause.type > KVM_GDB_BREAK_HARDWARE)
    g_string_append_printf (self->reply, "%s:%" G_GINT64_MODIFIER "x;", names[thread->cause.type],
                            thread->cause.address);
  else if (self->knows_causes)
    g_string_append_printf (self->reply, "%s:;", names[thread->cause.type]);
}

/* Registers. */

static void
append_reg (KvmGdbSession *self, const KvmGdbRegs *regs, guint n)
{
  guint size = self->arch->regs[n].size;

  if (regs->is_known[n])
    _kvm_gdb_append_hex (self->reply, regs->values[n], size);
  else
    for (guint i = 0; i < size; i++)
      g_string_append (self->reply, "xx");
}

/* All of them, or one. */
static void
read_regs (KvmGdbSession *self, const char *text)
{
  KvmGdbRegs regs;
  guint64 n = 0;

  if (text != NULL && (!_kvm_gdb_take_number (&text, 0, &n) || n >= self->arch->n_regs))
    reply_error (self, EINVAL);
  else if (!self->arch->get_regs (get_vcpu (self), &regs))
    reply_error (self, EIO);
  else if (text != NULL)
    append_reg (self, &regs, n);
  else
    for (; n < self->arch->n_regs; n++)
      append_reg (self, &regs, n);
}

static gboolean
parse_reg (KvmGdbSession *self, KvmGdbRegs *regs, guint n, const char *digits, gsize n_digits)
{
  g_autofree char *text = g_strndup (digits, n_digits);

  return n_digits == 2 * (gsize) self->arch->regs[n].size
         && (!regs->is_known[n]
             || _kvm_gdb_parse_hex (text, regs->values[n], self->arch->regs[n].size));
}

static void
write_regs (KvmGdbSession *self, const char *text)
{
  KvmGdbRegs regs;
  gboolean ok;

  ok = self->arch->get_regs (get_vcpu (self), &regs);
  for (guint n = 0; ok && n < self->arch->n_regs; n++)
    {
      gsize n_digits = MIN (strlen (text), 2 * (gsize) self->arch->regs[n].size);

      ok = parse_reg (self, &regs, n, text, n_digits);
      text += n_digits;
    }
  reply_if (self, ok && *text == '\0' && self->arch->set_regs (get_vcpu (self), &regs), EINVAL);
}

static void
write_reg (KvmGdbSession *self, const char *text)
{
  KvmGdbRegs regs;
  guint64 n;

  reply_if (self,
            _kvm_gdb_take_number (&text, '=', &n) && n < self->arch->n_regs
                && self->arch->get_regs (get_vcpu (self), &regs)
                && parse_reg (self, &regs, n, text, strlen (text))
                && self->arch->set_regs (get_vcpu (self), &regs),
            EINVAL);
}

/* Memory. */

/* As far as there is some: how many bytes. */
static gsize
access_memory (KvmGdbSession *self, guint64 address, guint8 *data, gsize length, gboolean is_write)
{
  KvmVm *vm = kvm_runner_get_vm (self->runner);
  gsize done = 0;

  while (done < length)
    {
      gsize n = MIN (length - done, PAGE_SIZE - (address + done) % PAGE_SIZE);
      guint64 physical;

      if (!self->arch->translate (get_vcpu (self), address + done, &physical)
          || !(is_write ? kvm_vm_write_memory (vm, physical, data + done, n, NULL)
                        : kvm_vm_read_memory (vm, physical, data + done, n, NULL)))
        break;
      done += n;
    }
  return done;
}

static void
read_memory (KvmGdbSession *self, const char *text)
{
  guint8 data[MAX_BYTES];
  guint64 address, length;
  gsize done;

  if (!_kvm_gdb_take_number (&text, ',', &address) || !_kvm_gdb_take_number (&text, 0, &length))
    {
      reply_error (self, EINVAL);
      return;
    }
  done = access_memory (self, address, data, MIN (length, sizeof data), FALSE);
  if (done == 0 && length > 0)
    reply_error (self, EFAULT);
  else
    _kvm_gdb_append_hex (self->reply, data, done);
}

static void
write_memory (KvmGdbSession *self, const char *text)
{
  guint8 data[MAX_BYTES];
  guint64 address, length;

  if (!_kvm_gdb_take_number (&text, ',', &address) || !_kvm_gdb_take_number (&text, ':', &length)
      || length > sizeof data || !_kvm_gdb_parse_hex (text, data, length))
    reply_error (self, EINVAL);
  else
    reply_if (self, access_memory (self, address, data, length, TRUE) == length, EFAULT);
}

/* Breakpoints. */

static gboolean
find_break (KvmGdbSession *self, const KvmGdbBreak *at, guint *n)
{
  for (*n = 0; *n < self->n_breaks; ++*n)
    if (memcmp (&self->breaks[*n], at, sizeof *at) == 0)
      return TRUE;
  return FALSE;
}

/* Whether the processor has registers for all of them. */
static gboolean
insert_break (KvmGdbSession *self, const KvmGdbBreak *at)
{
  guint64 registers[64] = { 0 };
  gsize n_registers;

  if (self->n_breaks == KVM_GDB_MAX_BREAKS)
    return FALSE;
  self->breaks[self->n_breaks] = *at;
  if (!self->arch->make_debug_registers (get_vcpu (self), self->breaks, self->n_breaks + 1,
                                         registers, &n_registers))
    return FALSE;
  self->n_breaks++;
  return TRUE;
}

static void
change_breaks (KvmGdbSession *self, const char *text, gboolean is_insertion)
{
  KvmGdbBreak at;
  guint n;

  if (!_kvm_gdb_take_number (&text, ',', &at.type)
      || !_kvm_gdb_take_number (&text, ',', &at.address)
      || !_kvm_gdb_take_number (&text, 0, &at.length))
    reply_error (self, EINVAL);
  else if (at.type > KVM_GDB_WATCH_ACCESS)
    return;
  else if (find_break (self, &at, &n) == is_insertion)
    reply_ok (self);
  else if (is_insertion)
    reply_if (self, insert_break (self, &at), ENOSPC);
  else
    {
      self->n_breaks--;
      memmove (&self->breaks[n], &self->breaks[n + 1],
               (self->n_breaks - n) * sizeof self->breaks[0]);
      reply_ok (self);
    }
}

/* Running. */

/* An action, and the threads that it is for. Signals are for processes: the guest gets none. */
static gboolean
set_action (KvmGdbSession *self, const char *text)
{
  char kind = g_ascii_tolower (*text);
  guint64 id = 0, signal;

  if (kind != 'c' && kind != 's')
    return FALSE;
  if (g_ascii_isupper (*text++) && !_kvm_gdb_take_number (&text, 0, &signal))
    return FALSE;
  if (*text == ':' && (++text, !take_thread (self, &text, &id)))
    return FALSE;
  for (guint i = 0; i < self->threads->len; i++)
    if (id == 0 || id == i + 1)
      _kvm_gdb_session_thread (self, i)->action
          = kind == 's' ? KVM_GDB_ACTION_STEP : KVM_GDB_ACTION_CONTINUE;
  return *text == '\0';
}

static void
resume (KvmGdbSession *self, const char *actions)
{
  g_auto (GStrv) texts = g_strsplit (actions, ";", -1);
  gboolean ok = *actions != '\0';

  for (guint i = 0; i < self->threads->len; i++)
    _kvm_gdb_session_thread (self, i)->action = KVM_GDB_ACTION_HOLD;
  /* Of those for one thread the first counts. */
  for (guint i = g_strv_length (texts); ok && i-- > 0;)
    ok = set_action (self, texts[i]);
  if (!ok || !_kvm_gdb_session_resume (self))
    reply_error (self, EINVAL);
}

/* One that the client has chosen before. */
static void
step (KvmGdbSession *self)
{
  g_autofree char *actions = g_strdup_printf ("s:%x;c", self->selected + 1);

  resume (self, actions);
}

static void
kill_guest (KvmGdbSession *self)
{
  kvm_runner_stop (self->runner);
  self->is_app_paused = TRUE; /* it does not go on */
}

/* The rest. */

static void
select_thread (KvmGdbSession *self, const char *text)
{
  gboolean is_for_registers = *text == 'g';
  guint64 id;

  if (*text != 'g' && *text != 'c')
    return;
  text++;
  if (!take_thread (self, &text, &id))
    {
      reply_error (self, EINVAL);
      return;
    }
  if (is_for_registers && id != 0)
    self->selected = id - 1;
  reply_ok (self);
}

static void
list_threads (KvmGdbSession *self)
{
  for (guint i = 0; i < self->threads->len; i++)
    g_string_append_printf (self->reply, "%c%x", i == 0 ? 'm' : ',', i + 1);
}

static void
describe_thread (KvmGdbSession *self, const char *text)
{
  g_autofree char *name = NULL;
  guint64 id;

  if (!take_thread (self, &text, &id) || id == 0)
    {
      reply_error (self, EINVAL);
      return;
    }
  name
      = g_strdup_printf ("vCPU %u", kvm_vcpu_get_id (_kvm_gdb_session_thread (self, id - 1)->vcpu));
  _kvm_gdb_append_hex (self->reply, name, strlen (name));
}

/* A part of the description of the registers. */
static void
read_description (KvmGdbSession *self, const char *text)
{
  g_autofree char *xml = _kvm_gdb_arch_describe (self->arch);
  gsize size = strlen (xml);
  guint64 offset, length;

  if (!_kvm_gdb_take_number (&text, ',', &offset) || !_kvm_gdb_take_number (&text, 0, &length)
      || offset > size)
    {
      reply_error (self, EINVAL);
      return;
    }
  length = MIN (MIN (length, MAX_BYTES), size - offset);
  g_string_append_c (self->reply, offset + length < size ? 'm' : 'l');
  g_string_append_len (self->reply, xml + offset, length);
}

static void
answer_query (KvmGdbSession *self, const char *text)
{
  const char *rest;

  if ((rest = skip (text, "qSupported")) != NULL)
    {
      self->knows_causes = strstr (rest, "swbreak+") != NULL && strstr (rest, "hwbreak+") != NULL;
      g_string_append_printf (self->reply,
                              "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;"
                              "vContSupported+;swbreak+;hwbreak+",
                              KVM_GDB_PACKET_SIZE);
    }
  else if ((rest = skip (text, "qXfer:features:read:target.xml:")) != NULL)
    read_description (self, rest);
  else if ((rest = skip (text, "qThreadExtraInfo,")) != NULL)
    describe_thread (self, rest);
  else if (g_str_equal (text, "qfThreadInfo"))
    list_threads (self);
  else if (g_str_equal (text, "qsThreadInfo"))
    g_string_append_c (self->reply, 'l');
  else if (g_str_equal (text, "qC"))
    g_string_append_printf (self->reply, "QC%x", self->selected + 1);
  else if (skip (text, "qAttached") != NULL)
    g_string_append_c (self->reply, '1'); /* a client that ends detaches, and does not kill */
  else if (g_str_equal (text, "QStartNoAckMode"))
    {
      self->is_reliable = TRUE;
      reply_ok (self);
    }
}

/* What has another reply than the others, or a later one, or none. */
static gboolean
run_command (KvmGdbSession *self, const char *text)
{
  const char *rest;

  if (*text == 'k')
    {
      kill_guest (self);
      _kvm_gdb_session_leave (self);
    }
  else if (*text == 'D' || skip (text, "vKill;") != NULL)
    {
      if (*text == 'v')
        kill_guest (self);
      reply_ok (self);
      _kvm_gdb_session_reply (self);
      _kvm_gdb_session_leave (self);
    }
  else if (g_str_equal (text, "c"))
    resume (self, text);
  else if (g_str_equal (text, "s"))
    step (self);
  else if ((rest = skip (text, "vCont;")) != NULL)
    resume (self, rest);
  else
    return FALSE;
  return TRUE;
}

void
_kvm_gdb_session_command (KvmGdbSession *self)
{
  const char *text = self->packet->str;
  guint64 id;

  if (run_command (self, text))
    {
      if (self->reply->len > 0)
        _kvm_gdb_session_reply (self);
      return;
    }

  switch (*text)
    {
    case '?':
      _kvm_gdb_session_append_stop (self);
      break;
    case 'g':
      read_regs (self, NULL);
      break;
    case 'p':
      read_regs (self, text + 1);
      break;
    case 'G':
      write_regs (self, text + 1);
      break;
    case 'P':
      write_reg (self, text + 1);
      break;
    case 'm':
      read_memory (self, text + 1);
      break;
    case 'M':
      write_memory (self, text + 1);
      break;
    case 'Z':
    case 'z':
      change_breaks (self, text + 1, *text == 'Z');
      break;
    case 'H':
      select_thread (self, text + 1);
      break;
    case 'T':
      text++;
      reply_if (self, take_thread (self, &text, &id) && id != 0, EINVAL);
      break;
    case 'q':
    case 'Q':
      answer_query (self, text);
      break;
    case 'v':
      if (g_str_equal (text, "vCont?"))
        g_string_append (self->reply, "vCont;c;C;s;S");
      break;
    default:
      break;
    }
  _kvm_gdb_session_reply (self);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The server for GDB, as a client sees it that speaks the protocol itself. test-gdb.py has GDB. */

#include "machine.h"

#include <errno.h>
#include <string.h>

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#ifdef __riscv
#define HAS_SERVER FALSE
#else
#define HAS_SERVER TRUE
#endif

#define PACKET_SIZE 0x4000

#define STEP (KVM_TEST_IS_X86 ? 1 : 4) /* of the guest "steps" */
#define PC_NUMBER (KVM_TEST_IS_X86 ? "10" : "20")
#define FIRST_NUMBER "0" /* rax or x0, which "steps" counts in */

/* A client of a server for the guest of a machine. */
typedef struct
{
  Machine *machine;
  KvmGdbServer *server;
  GSocketConnection *connection;
  GSource *source;
  GString *input; /* what was not read yet */
  gboolean is_closed;
} Client;

static gboolean
on_readable (GObject *stream, gpointer user_data)
{
  Client *self = user_data;
  char buffer[4096];
  gssize n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (stream), buffer,
                                                       sizeof buffer, NULL, NULL);

  if (n > 0)
    g_string_append_len (self->input, buffer, n);
  else
    self->is_closed = TRUE;
  return n > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
client_connect (Client *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketAddress *address = kvm_gdb_server_get_address (self->server);

  self->connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
  g_assert_no_error (error);
  self->input = g_string_new (NULL);
  self->is_closed = FALSE;
  self->source = g_pollable_input_stream_create_source (
      G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (G_IO_STREAM (self->connection))),
      NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->source, self->machine->context);
}

static void
client_disconnect (Client *self)
{
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
  g_clear_object (&self->connection);
  g_string_free (self->input, TRUE);
}

static void
client_wait_until_left (Client *self)
{
  machine_wait_until (self->machine, !kvm_gdb_server_get_connected (self->server));
}

/* The guest is running then, or is not run before the client is there. */
static Client *
client_new (KvmTestGuest *guest, guint n_vcpus, gboolean is_running)
{
  Client *self = g_new0 (Client, 1);
  g_autoptr (GError) error = NULL;

  self->machine = machine_new (guest, n_vcpus);
  self->server = kvm_gdb_server_new (self->machine->runner, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (kvm_gdb_server_get_connected (self->server));
  if (is_running)
    machine_start (self->machine, NULL);
  client_connect (self);
  machine_wait_until (self->machine, kvm_gdb_server_get_connected (self->server));
  return self;
}

static void
client_free (Client *self)
{
  if (self->connection != NULL)
    client_disconnect (self);
  client_wait_until_left (self);
  g_object_unref (self->server);
  kvm_runner_stop (self->machine->runner);
  machine_wait_until (self->machine, self->machine->is_done
                                         || kvm_runner_get_state (self->machine->runner)
                                                == KVM_RUNNER_STATE_STOPPED);
  while (g_main_context_iteration (self->machine->context, FALSE))
    ;
  machine_free (self->machine);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

#define CLIENT(name, n_vcpus, is_running) client_new (KVM_TEST_GUEST (name), n_vcpus, is_running)

static void
client_write (Client *self, const char *bytes, gsize n)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (self->connection)), bytes,
                             n, NULL, NULL, &error);
  g_assert_no_error (error);
}

static guint8
sum (const char *text)
{
  guint8 value = 0;

  while (*text != '\0')
    value += *text++;
  return value;
}

static void
client_send (Client *self, const char *text)
{
  g_autofree char *packet = g_strdup_printf ("$%s#%02x", text, sum (text));

  client_write (self, packet, strlen (packet));
}

static gboolean
client_has_packet (Client *self)
{
  const char *end = strchr (self->input->str, '#');

  return end != NULL && strlen (end) >= 3;
}

/* What it is told next; and the bytes before the packet. */
static char *
client_receive (Client *self, const char *before)
{
  char *text, *end;

  machine_wait_until (self->machine, client_has_packet (self) || self->is_closed);
  g_assert_true (client_has_packet (self));
  g_assert_true (g_str_has_prefix (self->input->str, before));
  g_string_erase (self->input, 0, strlen (before));
  g_assert_cmpint (self->input->str[0], ==, '$');
  end = strchr (self->input->str, '#');
  text = g_strndup (self->input->str + 1, end - self->input->str - 1);
  g_assert_cmpuint (g_ascii_strtoull (end + 1, NULL, 16), ==, sum (text));
  g_string_erase (self->input, 0, end + 3 - self->input->str);
  return text;
}

static char *
client_ask (Client *self, const char *text)
{
  client_send (self, text);
  return client_receive (self, "+");
}

#define client_expect(client, text, expected)                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *expect_reply = client_ask ((client), (text));                                 \
    g_assert_cmpstr (expect_reply, ==, (expected));                                                \
  }                                                                                                \
  G_STMT_END

/* The next stop, for which an action has been sent. */
#define client_expect_stop(client, expected)                                                       \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *expect_reply = client_receive ((client), "");                                 \
    g_assert_cmpstr (expect_reply, ==, (expected));                                                \
  }                                                                                                \
  G_STMT_END

static void
client_resume (Client *self, const char *text)
{
  client_send (self, text);
  machine_wait_until (self->machine, self->input->len > 0);
  g_assert_cmpint (self->input->str[0], ==, '+');
  g_string_erase (self->input, 0, 1);
}

static void
client_wait_until_closed (Client *self)
{
  machine_wait_until (self->machine, self->is_closed);
}

/* A register of 64 bits, as the protocol has it: the least significant byte first. */
static guint64
client_get_reg (Client *self, const char *number)
{
  g_autofree char *request = g_strdup_printf ("p%s", number);
  g_autofree char *reply = client_ask (self, request);
  guint64 value = 0;

  g_assert_cmpuint (strlen (reply), ==, 16);
  for (guint i = 8; i-- > 0;)
    value = value << 8 | g_ascii_xdigit_value (reply[2 * i]) << 4
            | g_ascii_xdigit_value (reply[2 * i + 1]);
  return value;
}

static char *
hex_word (guint64 value)
{
  return g_strdup_printf ("%016" G_GINT64_MODIFIER "x", GUINT64_SWAP_LE_BE (value));
}

static void
say_features (Client *self)
{
  g_autofree char *reply = client_ask (self, "qSupported:multiprocess+;swbreak+;hwbreak+");

  g_assert_nonnull (strstr (reply, "PacketSize=4000;"));
  g_assert_nonnull (strstr (reply, "qXfer:features:read+"));
}

/* A client has the guest from when it connects until it detaches. */
static void
test_attach (void)
{
  g_autoptr (Client) client = CLIENT (spin, 1, TRUE);

  for (guint i = 0; i < 3; i++)
    {
      client_expect (client, "?", "T05thread:1;");
      g_assert_cmpint (kvm_runner_get_state (client->machine->runner), ==, KVM_RUNNER_STATE_PAUSED);
      client_expect (client, "qAttached", "1");
      client_expect (client, "vMustReplyEmpty", "");
      client_expect (client, "D", "OK");
      client_wait_until_closed (client);
      client_wait_until_left (client);
      g_assert_cmpint (kvm_runner_get_state (client->machine->runner), ==,
                       KVM_RUNNER_STATE_RUNNING);
      kvm_test_wait_until_running (client->machine->guest->vcpu);
      client_disconnect (client);
      client_connect (client);
    }
}

static void
test_registers (void)
{
  g_autoptr (Client) client = CLIENT (spin, 1, TRUE);
  g_autofree char *word = hex_word (0x123456789abcdef0), *all = NULL, *again = NULL;
  g_autofree char *set_one = g_strdup_printf ("P%s=%s", FIRST_NUMBER, word);
  g_autofree char *set_all = NULL, *set_short = NULL;
  guint64 pc;

  pc = client_get_reg (client, PC_NUMBER);
  g_assert_cmphex (pc, ==, KVM_TEST_ENTRY);
  client_expect (client, set_one, "OK");
  client_expect (client, "p" FIRST_NUMBER, word);

  all = client_ask (client, "g");
  g_assert_true (g_str_has_prefix (all, word)); /* the first one */
  memcpy (all, "0f", 2);
  set_all = g_strconcat ("G", all, NULL);
  client_expect (client, set_all, "OK");
  again = client_ask (client, "g");
  g_assert_cmpstr (again, ==, all);
  g_assert_cmphex (client_get_reg (client, FIRST_NUMBER), ==, 0x123456789abcde0f);

  client_expect (client, "pffff", "E16");
  client_expect (client, "p", "E16");
  client_expect (client, "P0=00", "E16");
  client_expect (client, "P0", "E16");
  client_expect (client, "Pffff=00", "E16");
  memcpy (set_all, "Gzz", 3);
  client_expect (client, set_all, "E16");
  set_short = g_strndup (set_all, strlen (set_all) - 2);
  client_expect (client, set_short, "E16");
  g_assert_cmphex (client_get_reg (client, FIRST_NUMBER), ==, 0x123456789abcde0f);
}

static void
test_description (void)
{
  g_autoptr (Client) client = CLIENT (spin, 1, TRUE);
  g_autoptr (GString) xml = g_string_new (NULL);
  gboolean has_more = TRUE;
  const char *at;
  guint n_digits = 0;
  g_autofree char *all = NULL;

  while (has_more)
    {
      g_autofree char *request
          = g_strdup_printf ("qXfer:features:read:target.xml:%" G_GSIZE_MODIFIER "x,200", xml->len);
      g_autofree char *part = client_ask (client, request);

      has_more = part[0] == 'm';
      g_assert_true (has_more || part[0] == 'l');
      g_assert_cmpuint (strlen (part), <=, 0x201);
      g_string_append (xml, part + 1);
    }
  g_assert_true (g_str_has_suffix (xml->str, "</target>"));

  /* It is as long as it says. */
  for (at = xml->str; (at = strstr (at, "bitsize='")) != NULL;)
    {
      at += strlen ("bitsize='");
      n_digits += strtoul (at, NULL, 10) / 4;
    }
  all = client_ask (client, "g");
  g_assert_cmpuint (strlen (all), ==, n_digits);
  client_expect (client, "qXfer:features:read:target.xml:fffff,10", "E16");
  client_expect (client, "qXfer:features:read:target.xml:0", "E16");
  client_expect (client, "qXfer:features:read:other.xml:0,10", "");
}

static void
test_memory (void)
{
  g_autoptr (Client) client = CLIENT (spin, 1, TRUE);
  KvmMemory *memory = client->machine->guest->memory;
  g_autofree char *much = NULL;
  guint8 bytes[4];

  client_expect (client, "M1ffe,4:01a2b3C4", "OK"); /* on two pages */
  kvm_memory_read (memory, 0x1ffe, bytes, sizeof bytes, NULL);
  g_assert_cmpmem (bytes, 4, "\x01\xa2\xb3\xc4", 4);
  client_expect (client, "m1ffe,4", "01a2b3c4");
  client_expect (client, "m1ffe,0", "");
  client_expect (client, "M1ffe,0:", "OK");

  /* As far as there is memory, which ends at 0x8000; and what fits into a packet. */
  client_expect (client, "m7ffe,10", "0000");
  client_expect (client, "m8000,1", "E0e");
  client_expect (client, "M7fff,2:0000", "E0e");
  much = client_ask (client, "m0,ffffffffffffffff");
  g_assert_cmpuint (strlen (much), >, PACKET_SIZE / 2);
  g_assert_cmpuint (strlen (much), <=, PACKET_SIZE);
  client_expect (client, "mffffffffffffffff,2", "E0e");

  client_expect (client, "m", "E16");
  client_expect (client, "m10", "E16");
  client_expect (client, "mx,1", "E16");
  client_expect (client, "M0,2:00", "E16");
  client_expect (client, "M0,1:0g", "E16");
  client_expect (client, "M0,ffffffffffffffff:00", "E16");
  client_expect (client, "M0,1", "E16");
}

#define TCR_EL1 2
#define TTBR0_EL1 0
#define TTBR1_EL1 1
#define TCR_TBI0 (G_GUINT64_CONSTANT (1) << 37)

static void
set_mmu_reg (Client *self, guint op2, guint64 value)
{
  g_autoptr (GError) error = NULL;

  kvm_vcpu_set_one_reg (self->machine->guest->vcpu, kvm_arm64_reg_sysreg (3, 0, 2, 0, op2), value,
                        &error);
  g_assert_no_error (error);
}

static void
set_entry (Client *self, guint64 address, guint64 entry)
{
  g_autoptr (GError) error = NULL;

  kvm_memory_write_u64_le (self->machine->guest->memory, address, entry, &error);
  g_assert_no_error (error);
}

/* The tables of arm64, of each size of page, with a page at 0x6000 and blocks at 0. */
static void
test_tables (void)
{
  g_autoptr (Client) client = CLIENT (spin, 1, FALSE);
  const guint64 sctlr = kvm_arm64_reg_sysreg (3, 0, 1, 0, 0);
  g_autoptr (GError) error = NULL;
  guint64 value;

  client_expect (client, "M6000,4:70616765", "OK");
  kvm_vcpu_get_one_reg (client->machine->guest->vcpu, sctlr, &value, &error);
  g_assert_no_error (error);
  kvm_vcpu_set_one_reg (client->machine->guest->vcpu, sctlr, value | 1, &error);
  g_assert_no_error (error);

  /* Three levels, for 39 bits below and above. */
  set_mmu_reg (client, TTBR0_EL1, 0x3000);
  set_mmu_reg (client, TTBR1_EL1, 0x3000 | G_GUINT64_CONSTANT (7) << 48); /* an ASID */
  set_mmu_reg (client, TCR_EL1, 25 | 25 << 16 | 2u << 30);
  set_entry (client, 0x3008, 0x4003);
  set_entry (client, 0x4008, 0x5003);
  set_entry (client, 0x5008, 0x6403);
  client_expect (client, "m40201000,4", "70616765");
  client_expect (client, "mffffff8040201000,4", "70616765");
  client_expect (client, "m40200ffe,4", "E0e");
  client_expect (client, "m40201ffe,4", "0000"); /* and no page follows */
  client_expect (client, "m8040201000,4", "E0e");
  client_expect (client, "mffffff0040201000,4", "E0e");
  client_expect (client, "m1200000040201000,4", "E0e");
  client_expect (client, "M40201001,2:7573", "OK");
  client_expect (client, "m40201000,4", "70757365");
  set_mmu_reg (client, TCR_EL1, 25 | 25 << 16 | 2u << 30 | TCR_TBI0);
  client_expect (client, "m1200000040201000,4", "70757365");

  set_entry (client, 0x5008, 0x6401); /* means nothing in the last table, and a block in others */
  client_expect (client, "m40201000,4", "E0e");
  set_entry (client, 0x4010, 0x401);
  client_expect (client, "m40406000,4", "70757365");
  set_entry (client, 0x3010, 0x401);
  client_expect (client, "m80006000,4", "70757365");
  set_entry (client, 0x3010, 0x10003); /* where there is no memory */
  client_expect (client, "m80006000,4", "E0e");

  /* Two levels of 64 KiB, and of 16 KiB. */
  set_mmu_reg (client, TCR_EL1, 22 | 1 << 14);
  set_entry (client, 0x3008, 0x3);
  set_entry (client, 8, 0x403);
  client_expect (client, "m20016000,4", "70757365");
  set_mmu_reg (client, TCR_EL1, 28 | 2 << 14);
  set_entry (client, 0x3008, 0x4003);
  set_entry (client, 0x4008, 0x4403);
  client_expect (client, "m2006000,4", "70757365");
  set_mmu_reg (client, TCR_EL1, 28 | 3 << 14);
  client_expect (client, "m2006000,4", "E0e");
}

static void
test_step (void)
{
  g_autoptr (Client) client = CLIENT (steps, 1, FALSE);

  machine_start (client->machine, NULL);
  for (guint i = 1; i <= 3; i++)
    {
      client_resume (client, i == 1 ? "s" : i == 2 ? "vCont;s" : "vCont;s:1;c");
      client_expect_stop (client, "T05thread:1;");
      g_assert_cmphex (client_get_reg (client, PC_NUMBER), ==, KVM_TEST_ENTRY + i * STEP);
      g_assert_cmphex (client_get_reg (client, FIRST_NUMBER), ==, i);
    }
  client_expect (client, "vCont", "");
  client_expect (client, "vCont;", "E16");
  client_expect (client, "vCont;x", "E16");
  client_expect (client, "vCont;c:2", "E16");
  client_expect (client, "vCont;c:1x", "E16");
  client_expect (client, "vCont;Cx", "E16");
  client_expect (client, "vCont?", "vCont;c;C;s;S");
}

/* The guest has not begun when the client is there before it; and it ends. */
static void
test_end (void)
{
  g_autoptr (Client) client = CLIENT (steps, 1, FALSE);
  g_autofree char *text = NULL;

  g_assert_cmphex (client_get_reg (client, PC_NUMBER), ==, KVM_TEST_ENTRY);
  client_resume (client, "c"); /* as soon as it is run */
  client_write (client, "\003", 1);
  client_expect_stop (client, "T02thread:1;");
  machine_start (client->machine, NULL);
  machine_wait_for_state (client->machine, KVM_RUNNER_STATE_PAUSED);
  g_assert_cmphex (client_get_reg (client, PC_NUMBER), ==, KVM_TEST_ENTRY);
  client_resume (client, "vCont;C0b");
  text = client_receive (client, "");
  g_assert_true (g_str_has_prefix (text, "O7643505520303a20")); /* "vCPU 0: " */
  client_expect_stop (client, "W00");
  client_wait_until_closed (client);
  machine_wait (client->machine);
  g_assert_true (kvm_test_has_halted (client->machine->exit));

  /* What is left can be looked at. */
  client_disconnect (client);
  client_connect (client);
  g_assert_cmphex (client_get_reg (client, FIRST_NUMBER), ==, 3);
}

static void
test_breakpoint (void)
{
  g_autoptr (Client) client = CLIENT (steps, 1, FALSE);
  g_autofree char *where = g_strdup_printf ("%x,1", KVM_TEST_ENTRY + 2 * STEP);
  g_autofree char *insert = g_strconcat ("Z1,", where, NULL);
  g_autofree char *insert_other = g_strconcat ("Z0,", where, NULL);
  g_autofree char *remove = g_strconcat ("z1,", where, NULL);
  g_autofree char *remove_other = g_strconcat ("z0,", where, NULL);

  machine_start (client->machine, NULL);
  client_expect (client, remove, "OK"); /* whether it is there or not, as the protocol says */
  client_expect (client, insert, "OK");
  client_expect (client, insert, "OK");
  client_resume (client, "c");
  client_expect_stop (client, "T05thread:1;");
  g_assert_cmphex (client_get_reg (client, PC_NUMBER), ==, KVM_TEST_ENTRY + 2 * STEP);

  /* There it is again; and a client that has said so is told what it was. */
  say_features (client);
  client_resume (client, "vCont;c");
  client_expect_stop (client, "T05thread:1;hwbreak:;");
  client_expect (client, "?", "T05thread:1;hwbreak:;");
  client_expect (client, remove, "OK");
  client_expect (client, insert_other, "OK");
  client_resume (client, "c");
  client_expect_stop (client, "T05thread:1;swbreak:;");
  g_assert_cmphex (client_get_reg (client, FIRST_NUMBER), ==, 2);

  client_expect (client, remove_other, "OK");
  client_resume (client, "s");
  client_expect_stop (client, "T05thread:1;");
  g_assert_cmphex (client_get_reg (client, FIRST_NUMBER), ==, 3);
}

static void
test_too_many_breakpoints (void)
{
  g_autoptr (Client) client = CLIENT (spin, 1, TRUE);
  guint n = 0;
  g_autofree char *reply = NULL;

  do
    {
      g_autofree char *text = g_strdup_printf ("Z1,%x,4", 0x4000 + 4 * n++);

      g_free (reply);
      reply = client_ask (client, text);
    }
  while (g_str_equal (reply, "OK"));
  g_assert_cmpstr (reply, ==, "E1c");
  g_assert_cmpuint (n, >=, 3); /* the least that arm64 has is two */
  client_expect (client, "z1,4000,4", "OK");
  client_expect (client, "Z1,4000,4", "OK");

  client_expect (client, "Z5,4000,4", "");
  client_expect (client, "Z1,4000", "E16");
  client_expect (client, "Z1", "E16");
  client_expect (client, "z1,4000,4", "OK");
  client_expect (client, "Z2,4001,0", "E1c");
  client_expect (client, "Z2,4000,10", "E1c");
  client_expect (client, "Z2,4000,ffffffffffffffff", "E1c");
  if (KVM_TEST_IS_X86)
    {
      client_expect (client, "Z2,4001,2", "E1c");
      client_expect (client, "Z3,4000,2", "E1c");
    }
  client_expect (client, "Z4,4000,4", "OK");
}

static guint
read_counter (Client *self, guint64 address)
{
  guint8 word[2];

  kvm_memory_read (self->machine->guest->memory, address, word, sizeof word, NULL);
  return word[0] | word[1] << 8;
}

/* Of arm64, where every host has them. */
static void
test_watchpoint (void)
{
  g_autoptr (Client) client = client_new (KVM_TEST_GUEST (bump), 1, FALSE);

  kvm_test_set_argument (client->machine->guest->vcpu, 0x2000);
  machine_start (client->machine, NULL);
  client_expect (client, "Z2,2000,2", "OK");
  client_resume (client, "c");
  client_expect_stop (client, "T05thread:1;watch:2000;");
  g_assert_cmphex (client_get_reg (client, PC_NUMBER), ==, KVM_TEST_ENTRY + 8);
  client_expect (client, "z2,2000,2", "OK");
  client_expect (client, "Z3,2001,1", "OK");
  client_resume (client, "c");
  client_expect_stop (client, "T05thread:1;rwatch:2001;");
  g_assert_cmphex (client_get_reg (client, PC_NUMBER), ==, KVM_TEST_ENTRY);
  g_assert_cmpuint (read_counter (client, 0x2000), ==, 1);
  client_expect (client, "z3,2001,1", "OK");
  client_expect (client, "Z4,2000,2", "OK");
  client_resume (client, "c");
  client_expect_stop (client, "T05thread:1;awatch:2000;");
}

static void
test_interrupt (void)
{
  g_autoptr (Client) client = CLIENT (spin, 2, TRUE);

  for (guint i = 0; i < 20; i++)
    {
      client_resume (client, "vCont;c");
      if (i % 2 == 0)
        kvm_test_wait_until_running (client->machine->guest->vcpu);
      client_write (client, "\003", 1);
      client_expect_stop (client, "T02thread:1;");
      client_write (client, "\003", 1); /* means nothing to a guest that is stopped */
      client_expect (client, "T1", "OK");
    }
}

/* What a client says too early is done when the guest has stopped. */
static void
test_early (void)
{
  g_autoptr (Client) client = CLIENT (spin, 1, TRUE);

  client_resume (client, "c");
  client_write (client, "\003$qC#b4", 7);
  client_expect_stop (client, "T02thread:1;");
  g_free (client_receive (client, "+"));
}

static void
wait_for_more (Client *self, guint64 address)
{
  guint before = read_counter (self, address);

  while (read_counter (self, address) == before)
    {
      g_main_context_iteration (self->machine->context, FALSE);
      g_usleep (1000);
    }
}

static void
test_threads (void)
{
  g_autoptr (Client) client = CLIENT (bump, 3, FALSE);
  guint64 pc, first_pc;
  guint first, last;

  for (guint i = 0; i < 3; i++)
    kvm_test_set_argument (client->machine->vcpus->pdata[i], 0x2000 + 0x1000 * i);
  machine_start (client->machine, NULL);
  client_expect (client, "qfThreadInfo", "m1,2,3");
  client_expect (client, "qsThreadInfo", "l");
  client_expect (client, "qThreadExtraInfo,3",
                 "7643505520"
                 "32"); /* "vCPU 2" */
  client_expect (client, "qThreadExtraInfo,4", "E16");
  client_expect (client, "qThreadExtraInfo,0", "E16");
  client_expect (client, "T3", "OK");
  client_expect (client, "T0", "E16");
  client_expect (client, "T4", "E16");
  client_expect (client, "Hgx", "E16");
  client_expect (client, "Hx1", "");
  client_expect (client, "Hg4", "E16");
  client_expect (client, "Hg2", "OK");
  client_expect (client, "Hg-1", "OK");
  client_expect (client, "Hg0", "OK");
  client_expect (client, "Hc-1", "OK");
  client_expect (client, "qC", "QC2");

  /* One of them steps, and no other runs. */
  first_pc = client_get_reg (client, PC_NUMBER);
  client_resume (client, "vCont;s:2");
  client_expect_stop (client, "T05thread:2;");
  pc = client_get_reg (client, PC_NUMBER);
  g_assert_cmphex (pc, >, first_pc);
  g_assert_cmpuint (read_counter (client, 0x2000), ==, 0);
  client_expect (client, "Hg1", "OK");
  g_assert_cmphex (client_get_reg (client, PC_NUMBER), ==, first_pc);

  /* One runs; the first action that is for it counts. */
  client_resume (client, "vCont;c:3");
  wait_for_more (client, 0x4000);
  client_write (client, "\003", 1);
  client_expect_stop (client, "T02thread:1;");
  g_assert_cmpuint (read_counter (client, 0x2000), ==, 0);
  last = read_counter (client, 0x4000);

  /* One steps while the others run; and then nobody does. */
  client_resume (client, "vCont;c:3;c:1;s");
  client_expect_stop (client, "T05thread:2;");
  client_resume (client, "vCont;c");
  for (guint i = 0; i < 3; i++)
    wait_for_more (client, 0x2000 + 0x1000 * i);
  client_write (client, "\003", 1);
  client_expect_stop (client, "T02thread:2;");
  first = read_counter (client, 0x2000);
  g_assert_cmpuint (read_counter (client, 0x4000), !=, last);
  g_usleep (5000);
  g_assert_cmpuint (read_counter (client, 0x2000), ==, first);
}

/* A vCPU that comes to the runner is held like the others. */
static void
test_new_thread (void)
{
  g_autoptr (Client) client = CLIENT (spin, 1, TRUE);

  client_expect (client, "qfThreadInfo", "m1");
  machine_add_vcpu (client->machine);
  client_resume (client, "vCont;c:1");
  client_write (client, "\003", 1);
  client_expect_stop (client, "T02thread:1;");
  client_expect (client, "qfThreadInfo", "m1,2");
  client_expect (client, "Hg2", "OK");
  g_assert_cmphex (client_get_reg (client, PC_NUMBER), ==, KVM_TEST_ENTRY);
}

static void
test_kill (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (Client) client = CLIENT (spin, 1, TRUE);

      if (i == 0)
        client_expect (client, "vKill;1", "OK");
      else
        client_send (client, "k");
      client_wait_until_closed (client);
      machine_assert_stopped (client->machine);
    }
}

/* The guest goes on, whatever the client was about, and nothing of it is left. */
static void
test_disconnect (void)
{
  static const struct
  {
    const char *packets[3];
    const char *bytes;
  } last_words[] = {
    { { NULL }, "" },
    { { NULL }, "$" },
    { { NULL }, "$m1000" },
    { { NULL }, "$m1000,4#0" },
    { { "c" }, "" },
    { { "Z1,1000,4", "c" }, "" },
    { { "Z1,1000,4", "vCont;s:1;c" }, "" },
    { { "vCont;c:1" }, "\003" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (last_words); i++)
    {
      g_autoptr (Client) client = CLIENT (bump, 2, FALSE);

      for (guint j = 0; j < 2; j++)
        kvm_test_set_argument (client->machine->vcpus->pdata[j], 0x2000 + 0x1000 * j);
      machine_start (client->machine, NULL);
      for (guint j = 0; last_words[i].packets[j] != NULL; j++)
        client_send (client, last_words[i].packets[j]);
      client_write (client, last_words[i].bytes, strlen (last_words[i].bytes));
      client_disconnect (client);
      client_wait_until_left (client);
      g_assert_cmpint (kvm_runner_get_state (client->machine->runner), ==,
                       KVM_RUNNER_STATE_RUNNING);
      wait_for_more (client, 0x2000);
      wait_for_more (client, 0x3000);
      g_assert_false (client->machine->is_done);
    }
}

static void
test_second_client (void)
{
  g_autoptr (Client) client = CLIENT (spin, 1, TRUE);
  g_autoptr (KvmGdbServer) other = NULL;
  g_autoptr (GError) error = NULL;

  other = kvm_gdb_server_new (client->machine->runner, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      Client second = { .machine = client->machine, .server = i == 0 ? client->server : other };

      client_connect (&second);
      client_wait_until_closed (&second);
      g_assert_cmpuint (second.input->len, ==, 0);
      client_disconnect (&second);
      client_expect (client, "?", "T05thread:1;");
    }
  g_assert_false (kvm_gdb_server_get_connected (other));
}

static void
test_no_vcpu (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmRunner) runner = kvm_runner_new (guest->vm);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmGdbServer) server = kvm_gdb_server_new (runner, NULL, &error);
  Machine machine = { .context = g_main_context_ref_thread_default () };
  Client client = { .machine = &machine, .server = server };

  g_assert_no_error (error);
  client_connect (&client);
  client_wait_until_closed (&client);
  client_disconnect (&client);
  g_main_context_unref (machine.context);
}

static void
client_expect_byte (Client *self, char byte)
{
  machine_wait_until (self->machine, self->input->len > 0 || self->is_closed);
  g_assert_cmpint (self->input->str[0], ==, byte);
  g_string_erase (self->input, 0, 1);
}

/* A damaged packet is asked for again, and a reply that did not arrive sent again. */
static void
test_damaged (void)
{
  g_autoptr (Client) client = CLIENT (spin, 1, TRUE);

  client_write (client, "++$qC#00", 8);
  client_expect_byte (client, '-');
  client_write (client, "$qC#zz", 6);
  client_expect_byte (client, '-');
  client_expect (client, "qC", "QC1");
  client_write (client, "-", 1);
  g_free (client_receive (client, ""));
  client_write (client, "+", 1);

  /* An escaped byte. */
  client_write (client, "$q}c#51", 7);
  g_free (client_receive (client, "+"));

  /* Neither happens to one that does not look. */
  client_expect (client, "QStartNoAckMode", "OK");
  client_send (client, "qC");
  client_expect_stop (client, "QC1");
  client_write (client, "$qC#00", 6);
  client_wait_until_closed (client);
}

/* Who does not speak the protocol is let go, and the guest goes on. */
static void
test_garbage (void)
{
  g_autofree char *too_long = g_strnfill (PACKET_SIZE + 2, '$');
  g_autofree char *not_read = g_strnfill (3 * PACKET_SIZE, '-');
  const char *const garbage[] = { "GET / HTTP/1.1\r\n", "\n", "+x", "\xff", too_long };

  for (guint i = 0; i < G_N_ELEMENTS (garbage); i++)
    {
      g_autoptr (Client) client = CLIENT (spin, 1, TRUE);

      client_write (client, garbage[i], strlen (garbage[i]));
      client_wait_until_closed (client);
      client_wait_until_left (client);
      g_assert_cmpint (kvm_runner_get_state (client->machine->runner), ==,
                       KVM_RUNNER_STATE_RUNNING);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (Client) client = CLIENT (spin, 1, TRUE);

      /* It says more and more while the guest runs, or does not read what it is told. */
      client_resume (client, "c");
      client_send (client, "g");
      client_write (client, not_read, 3 * PACKET_SIZE);
      client_wait_until_closed (client);
    }
}

static void
test_address (void)
{
  g_autoptr (Client) client = CLIENT (spin, 1, TRUE);
  KvmRunner *runner = client->machine->runner;
  GSocketAddress *taken = kvm_gdb_server_get_address (client->server);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("0.0.0.0", 0);
  g_autoptr (GSocketAddress) unix_address = NULL;
  g_autofree char *directory = g_dir_make_tmp ("kvmobj-gdb-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "socket", NULL);
  g_autofree char *port = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (taken));
  g_autoptr (KvmGdbServer) server = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (kvm_gdb_server_get_runner (client->server) == runner);
  g_assert_null (kvm_gdb_server_new (runner, taken, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_nonnull (strstr (error->message, port));
  g_clear_error (&error);
  g_assert_null (kvm_gdb_server_new (runner, any, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "not on 0.0.0.0");

  unix_address = g_unix_socket_address_new (path);
  server = kvm_gdb_server_new (runner, unix_address, &error);
  g_assert_no_error (error);
  g_assert_null (kvm_gdb_server_new (runner, unix_address, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_nonnull (strstr (error->message, path));
  g_clear_error (&error);
  client_expect (client, "?", "T05thread:1;");
  kvm_gdb_server_close (client->server);
  g_assert_cmpint (kvm_runner_get_state (runner), ==, KVM_RUNNER_STATE_RUNNING);
  client_wait_until_closed (client);
  client_disconnect (client);

  kvm_gdb_server_close (client->server);
  g_object_unref (client->server);
  client->server = g_steal_pointer (&server);
  client_connect (client);
  client_expect (client, "?", "T05thread:1;");
  kvm_gdb_server_close (client->server);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

/* The program's own pauses, while a client has the guest. */
static void
test_paused (void)
{
  g_autoptr (Client) client = CLIENT (spin, 1, TRUE);
  KvmRunner *runner = client->machine->runner;

  kvm_runner_resume (runner);
  machine_wait_for_state (client->machine, KVM_RUNNER_STATE_PAUSED);
  client_expect (client, "?", "T05thread:1;");
  client_resume (client, "c");
  kvm_runner_pause (runner);
  client_expect_stop (client, "T02thread:1;");
  client_expect (client, "D", "OK");
  client_wait_until_left (client);
  g_assert_cmpint (kvm_runner_get_state (runner), ==, KVM_RUNNER_STATE_PAUSED);

  /* As it was before. */
  client_disconnect (client);
  client_connect (client);
  client_expect (client, "?", "T05thread:1;");
  client_disconnect (client);
  client_wait_until_left (client);
  g_assert_cmpint (kvm_runner_get_state (runner), ==, KVM_RUNNER_STATE_PAUSED);
  client_connect (client);
  client_resume (client, "c");
  kvm_test_wait_until_running (client->machine->guest->vcpu);
}

/* The end of the run, whoever ends it, ends the session. */
static void
test_stopped (void)
{
  g_autoptr (Client) client = CLIENT (spin, 1, TRUE);

  client_resume (client, "c");
  kvm_runner_stop (client->machine->runner);
  client_expect_stop (client, "W00");
  machine_assert_stopped (client->machine);
  client_wait_until_closed (client);

  client_disconnect (client);
  machine_start (client->machine, NULL);
  client_connect (client);
  client_expect (client, "?", "T05thread:1;");
  kvm_runner_stop (client->machine->runner);
  machine_assert_stopped (client->machine);
  client_expect (client, "qC", "QC1");
  client_resume (client, "s");
  client_expect_stop (client, "W00");
}

/* The server goes while a client steps its guest. */
static void
test_closed_while_running (void)
{
  for (guint i = 0; i < kvm_test_rounds (10); i++)
    {
      g_autoptr (Client) client = CLIENT (bump, 2, FALSE);

      for (guint j = 0; j < 2; j++)
        kvm_test_set_argument (client->machine->vcpus->pdata[j], 0x2000 + 0x1000 * j);
      machine_start (client->machine, NULL);
      client_expect (client, "Z1,1000,4", "OK");
      client_resume (client, i % 2 == 0 ? "vCont;s:1;c" : "vCont;c");
      kvm_gdb_server_close (client->server);
      g_assert_false (kvm_gdb_server_get_connected (client->server));
      client_wait_until_closed (client);
      wait_for_more (client, 0x2000);
      wait_for_more (client, 0x3000);
    }
}

/* An exit that the program has to answer is not lost to it. */
static void
test_exits (void)
{
  g_autoptr (Client) client = CLIENT (server, 1, FALSE);
  Machine *machine = client->machine;
  guint n;

  g_signal_connect (machine->runner, "exit", G_CALLBACK (machine_serve), machine);
  machine_start (machine, NULL);
  for (guint i = 0; i < 10; i++)
    {
      client_resume (client, "c");
      n = machine->n_exits;
      machine_wait_until (machine, machine->n_exits >= n + 20);
      client_write (client, "\003", 1);
      client_expect_stop (client, "T02thread:1;");
      client_resume (client, "s");
      client_expect_stop (client, "T05thread:1;");
    }
}

static void
test_not_supported (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (KvmRunner) runner = kvm_runner_new (guest->vm);
  g_autoptr (GError) error = NULL;

  g_assert_null (kvm_gdb_server_new (runner, NULL, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED, "this host is riscv64");
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);

  if (!HAS_SERVER)
    {
      kvm_test_add ("/gdb/not-supported", test_not_supported);
      return g_test_run ();
    }
  kvm_test_add ("/gdb/attach", test_attach);
  kvm_test_add ("/gdb/registers", test_registers);
  kvm_test_add ("/gdb/description", test_description);
  kvm_test_add ("/gdb/memory", test_memory);
  kvm_test_add ("/gdb/step", test_step);
  kvm_test_add ("/gdb/end", test_end);
  kvm_test_add ("/gdb/breakpoint", test_breakpoint);
  kvm_test_add ("/gdb/too-many-breakpoints", test_too_many_breakpoints);
  if (!KVM_TEST_IS_X86)
    {
      kvm_test_add ("/gdb/watchpoint", test_watchpoint);
      kvm_test_add ("/gdb/tables", test_tables);
    }
  kvm_test_add ("/gdb/interrupt", test_interrupt);
  kvm_test_add ("/gdb/early", test_early);
  kvm_test_add ("/gdb/threads", test_threads);
  kvm_test_add ("/gdb/new-thread", test_new_thread);
  kvm_test_add ("/gdb/kill", test_kill);
  kvm_test_add ("/gdb/disconnect", test_disconnect);
  kvm_test_add ("/gdb/second-client", test_second_client);
  kvm_test_add ("/gdb/no-vcpu", test_no_vcpu);
  kvm_test_add ("/gdb/damaged", test_damaged);
  kvm_test_add ("/gdb/garbage", test_garbage);
  kvm_test_add ("/gdb/address", test_address);
  kvm_test_add ("/gdb/paused", test_paused);
  kvm_test_add ("/gdb/stopped", test_stopped);
  kvm_test_add ("/gdb/closed-while-running", test_closed_while_running);
  kvm_test_add ("/gdb/exits", test_exits);

  return g_test_run ();
}

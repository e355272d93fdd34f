/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a serial port holds is saved, and put into another. */

#include "serial-line.h"

/* What the guest has set up and not read yet is there in another port, and the new line's input is
 * behind it. */
static void
test_state (void)
{
  static const guint8 registers[] = { 4, 3, 7 };
  static const char text[] = "more than a FIFO has room for, and";
  g_autoptr (Line) line = line_new (), other = line_new ();
  g_autoptr (GString) levels = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) state = NULL, again = NULL;
  g_autoptr (GBytes) bytes = NULL;

  put (line->serial, 3, 0x83);
  put (line->serial, 0, 0x34);
  put (line->serial, 1, 0x12);
  put (line->serial, 3, 0x03);
  put (line->serial, 1, 0x05);
  put (line->serial, 2, 0x81);
  put (line->serial, 4, 0x0b);
  put (line->serial, 7, 0xa5);
  line_send (line, text, strlen (text));
  wait_for_input (line->serial);
  g_assert_cmpuint (get (line->serial, 0), ==, text[0]);

  bytes = kvm_state_to_bytes (state = kvm_serial_save_state (line->serial, &error));
  g_assert_no_error (error);
  again = kvm_state_from_bytes (bytes, &error);
  g_assert_no_error (error);

  kvm_serial_set_interrupt_func (other->serial, on_interrupt, levels, NULL);
  g_main_context_iteration (NULL, FALSE); /* it begins to read */
  g_assert_true (kvm_serial_restore_state (other->serial, again, &error));
  g_assert_no_error (error);
  assert_levels (levels, "1");
  line_send (other, " behind", 7);
  for (guint i = 0; i < G_N_ELEMENTS (registers); i++)
    g_assert_cmphex (get (other->serial, registers[i]), ==, get (line->serial, registers[i]));
  g_assert_cmphex (get (other->serial, 2), ==, 0xc4);
  for (guint i = 1; i < strlen (text); i++)
    g_assert_cmpuint (get (other->serial, 0), ==, text[i]);
  wait_for_input (other->serial);
  g_assert_cmpuint (get (other->serial, 0), ==, ' ');
  put (other->serial, 3, 0x83);
  g_assert_cmphex (kvm_io_device_read (KVM_IO_DEVICE (other->serial), 0, 2), ==, 0x1234);
}

/* A guest that waits until the transmitter is empty is told: there it is. */
static void
test_state_while_busy (void)
{
  g_autoptr (Line) line = line_new ();
  g_autoptr (KvmSerial) other = kvm_serial_new (NULL);
  g_autoptr (GString) levels = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) state = NULL;

  while ((get (line->serial, 5) & 0x20) != 0)
    put (line->serial, 0, 'x');
  get (line->serial, 2);
  put (line->serial, 1, 0x02);
  g_assert_cmphex (get (line->serial, 2), ==, 0x01);
  state = kvm_serial_save_state (line->serial, &error);
  g_assert_no_error (error);
  kvm_serial_set_interrupt_func (other, on_interrupt, levels, NULL);
  g_assert_true (kvm_serial_restore_state (other, state, &error));
  assert_levels (levels, "1");
  g_assert_cmphex (get (other, 2), ==, 0x02);
  g_assert_cmphex (get (other, 5), ==, 0x60);
}

static GVariant *
make_state (const char *kind, const char *architecture, const char *item, gsize size, guint8 fill)
{
  g_autofree guint8 *data = g_malloc (MAX (size, 10));
  GVariantDict dict;

  memset (data, fill, MAX (size, 10));
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "kind", "s", kind);
  g_variant_dict_insert (&dict, "version", "u", 1);
  g_variant_dict_insert (&dict, "architecture", "s", architecture);
  g_variant_dict_insert_value (&dict, "registers",
                               g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, 10, 1));
  g_variant_dict_insert_value (&dict, item,
                               g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, size, 1));
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* Any registers will do; what is no port's state changes nothing. */
static void
test_state_of_something_else (void)
{
  static const struct
  {
    const char *kind;
    const char *item;
    gsize size;
    guint8 fill;
    const char *word; /* NULL: it is one */
  } cases[] = {
    { "serial-port", "registers", 10, 0xff, NULL },
    { "serial-port", "fifo", 16, 0xff, NULL },
    { "serial-port", "fifo", 17, 0xff, "\"fifo\"" },
    { "serial-port", "fifo", 2, 0xfe, "\"fifo\"" }, /* it is off */
    { "serial-port", "input", (1 << 20) + 1, 0, "\"input\"" },
    { "serial-port", "registers", 11, 0, "\"registers\"" },
    { "serial-port", "output", 10, 0, "\"output\"" },
    { "vm", "registers", 10, 0, "state of a vm" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (KvmSerial) serial = kvm_serial_new (NULL);
      g_autoptr (GVariant) before = kvm_serial_save_state (serial, NULL);
      g_autoptr (GVariant) after = NULL, state = NULL;
      g_autoptr (GError) error = NULL;
      const char *architecture;

      g_assert_true (g_variant_lookup (before, "architecture", "&s", &architecture));
      state = make_state (cases[i].kind, architecture, cases[i].item, cases[i].size, cases[i].fill);
      g_assert_true (kvm_serial_restore_state (serial, state, &error) == (cases[i].word == NULL));
      after = kvm_serial_save_state (serial, NULL);
      if (cases[i].word == NULL)
        {
          g_assert_no_error (error);
          g_assert_cmphex (get (serial, 1), ==, 0xff); /* of the divisor */
          continue;
        }
      g_test_message ("%s", error->message);
      g_assert_true (error->domain == KVM_ERROR);
      g_assert_nonnull (strstr (error->message, cases[i].word));
      g_assert_true (g_variant_equal (before, after));
    }
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  g_test_add_func ("/serial-state/moved", test_state);
  g_test_add_func ("/serial-state/while-busy", test_state_while_busy);
  g_test_add_func ("/serial-state/of-something-else", test_state_of_something_else);
  return g_test_run ();
}

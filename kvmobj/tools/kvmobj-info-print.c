/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The report for people, and for programs. */

#include "kvmobj-info-private.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 78
#define BOLD "\033[1m"
#define DIM "\033[2m"
#define GREEN "\033[32m"
#define CYAN "\033[36m"
#define NORMAL "\033[0m"

static const char *
with (gboolean colours, const char *sequence)
{
  return colours ? sequence : "";
}

/* Numbers are bit masks where the explanation says so. */
static char *
show_value (GVariant *value, const char *explanation)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_strdup (g_variant_get_boolean (value) ? "yes" : "no");
  if (strstr (explanation, "bit mask") != NULL)
    return g_strdup_printf ("%#x", g_variant_get_int32 (value));
  return g_strdup_printf ("%d", g_variant_get_int32 (value));
}

static void
print_row (GVariant *row, gboolean colours)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (row, "value", NULL);
  const char *name = NULL, *explanation = "";
  g_autofree char *text = NULL;
  gboolean absent;

  g_variant_lookup (row, "name", "&s", &name);
  g_variant_lookup (row, "explanation", "&s", &explanation);
  text = show_value (value, explanation);
  absent = strcmp (text, "0") == 0 || strcmp (text, "0x0") == 0 || strcmp (text, "no") == 0;
  g_print ("  %s%-32s %-10s%s%s%s%s\n", with (colours, absent ? DIM : GREEN), name, text,
           with (colours, absent ? "" : NORMAL), explanation[0] != '\0' ? " " : "", explanation,
           with (colours, absent ? NORMAL : ""));
}

/* Names alone, as many as there is room for in a line. */
static void
print_word (GVariant *row, guint *column)
{
  const char *name = NULL;

  g_variant_lookup (row, "name", "&s", &name);
  if (*column != 0 && *column + 1 + strlen (name) > WIDTH)
    *column = 0;
  g_print ("%s%s", *column == 0 ? "\n  " : " ", name);
  *column = (*column == 0 ? 2 : *column + 1) + strlen (name);
}

static void
print_section (const char *title, GVariant *rows, gboolean colours)
{
  gboolean words = strcmp (title, "features") == 0;
  const char *last_group = "";
  guint column = 0;
  GVariantIter iter;
  GVariant *row;

  g_print ("%s%s%s\n", with (colours, BOLD), title, with (colours, NORMAL));
  g_variant_iter_init (&iter, rows);
  while ((row = g_variant_iter_next_value (&iter)) != NULL)
    {
      const char *group = "";

      g_variant_lookup (row, "group", "&s", &group);
      if (strcmp (group, last_group) != 0)
        {
          g_print ("%s %s%s:%s%s", column != 0 ? "\n" : "", with (colours, CYAN), group,
                   with (colours, NORMAL), words ? "" : "\n");
          column = 0;
          last_group = group;
        }
      if (words)
        print_word (row, &column);
      else
        print_row (row, colours);
      g_variant_unref (row);
    }
  g_print ("%s", column != 0 ? "\n\n" : "\n");
}

void
info_print (GVariant *report, gboolean colours)
{
  GVariantIter iter;
  const char *title;
  GVariant *rows;

  g_variant_iter_init (&iter, report);
  while (g_variant_iter_next (&iter, "{&sv}", &title, &rows))
    {
      if (g_variant_n_children (rows) > 0)
        print_section (title, rows, colours);
      g_variant_unref (rows);
    }
}

static void
append_json_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++)
    if (*p == '"' || *p == '\\')
      g_string_append_printf (out, "\\%c", *p);
    else if ((guchar) *p < 0x20)
      g_string_append_printf (out, "\\u%04x", (guchar) *p);
    else
      g_string_append_c (out, *p);
  g_string_append_c (out, '"');
}

static void
append_json (GString *out, GVariant *value, guint depth)
{
  gboolean is_object = g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT);

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    append_json_string (out, g_variant_get_string (value, NULL));
  else if (!g_variant_is_container (value))
    {
      g_autofree char *plain = g_variant_print (value, FALSE);

      g_string_append (out, plain); /* true, false and integers are written alike */
    }
  else
    {
      gsize n = g_variant_n_children (value);

      g_string_append_c (out, is_object ? '{' : '[');
      for (gsize i = 0; i < n; i++)
        {
          g_autoptr (GVariant) child = NULL;

          g_string_append_printf (out, "%s\n%*s", i > 0 ? "," : "", 2 * (int) (depth + 1), "");
          if (is_object)
            {
              const char *key;

              g_variant_get_child (value, i, "{&sv}", &key, &child);
              append_json_string (out, key);
              g_string_append (out, ": ");
            }
          else
            child = g_variant_get_child_value (value, i);
          append_json (out, child, depth + 1);
        }
      g_string_append_printf (out, "%s%*s%c", n > 0 ? "\n" : "", n > 0 ? 2 * (int) depth : 0, "",
                              is_object ? '}' : ']');
    }
}

void
info_print_json (GVariant *value)
{
  g_autoptr (GString) out = g_string_new (NULL);

  append_json (out, value, 0);
  puts (out->str); /* g_print () would write it in the terminal's charset */
}

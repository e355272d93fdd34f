/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* kvmobj-info: what this host's KVM can do. */

#include "kvmobj-info-private.h"

#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#define WRONG_ARGUMENT 2

static GVariant *
describe_diagnosis (KvmDiagnosis *diagnosis)
{
  GEnumClass *statuses = g_type_class_ref (KVM_TYPE_DIAGNOSIS_STATUS);
  GEnumClass *sandboxes = g_type_class_ref (KVM_TYPE_SANDBOX);
  const char *group = kvm_diagnosis_get_group (diagnosis);
  const char *module = kvm_diagnosis_get_module (diagnosis);
  const char *status
      = g_enum_get_value (statuses, kvm_diagnosis_get_status (diagnosis))->value_nick;
  const char *sandbox
      = g_enum_get_value (sandboxes, kvm_diagnosis_get_sandbox (diagnosis))->value_nick;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "status", g_variant_new_string (status));
  g_variant_builder_add (&builder, "{sv}", "sandbox", g_variant_new_string (sandbox));
  if (group != NULL)
    g_variant_builder_add (&builder, "{sv}", "group", g_variant_new_string (group));
  if (module != NULL)
    g_variant_builder_add (&builder, "{sv}", "module", g_variant_new_string (module));
  g_variant_builder_add (&builder, "{sv}", "message",
                         g_variant_new_string (kvm_diagnosis_get_message (diagnosis)));
  g_type_class_unref (statuses);
  g_type_class_unref (sandboxes);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static int
diagnose (gboolean json)
{
  g_autoptr (KvmDiagnosis) diagnosis = kvm_system_diagnose ();
  g_autoptr (GVariant) description = describe_diagnosis (diagnosis);

  if (json)
    info_print_json (description);
  else
    g_print ("%s\n", kvm_diagnosis_get_message (diagnosis));
  return kvm_diagnosis_get_status (diagnosis) == KVM_DIAGNOSIS_STATUS_USABLE ? EXIT_SUCCESS
                                                                             : EXIT_FAILURE;
}

/* no-color.org: any value that is not empty counts. */
static gboolean
want_colours (void)
{
  const char *no_color = g_getenv ("NO_COLOR");

  return (no_color == NULL || no_color[0] == '\0') && isatty (STDOUT_FILENO)
         && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

static int
fail (GError *error, int status)
{
  g_printerr ("%s: %s\n", g_get_prgname (), error->message);
  return status;
}

int
main (int argc, char **argv)
{
  gboolean json = FALSE, want_diagnosis = FALSE, want_version = FALSE;
  const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, "Print it for programs, as JSON", NULL },
    { "diagnose", 'd', 0, G_OPTION_ARG_NONE, &want_diagnosis, "Say why KVM cannot be used", NULL },
    { "version", 'V', 0, G_OPTION_ARG_NONE, &want_version, "Print the library's version", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = NULL;
  g_autoptr (GVariant) report = NULL;

  setlocale (LC_ALL, "");
  g_set_prgname ("kvmobj-info");
  g_option_context_set_summary (context, "Prints what this host's KVM can do.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return fail (error, WRONG_ARGUMENT);
  if (argc > 1)
    {
      g_printerr ("%s: it takes options only, and \"%s\" is none\n", g_get_prgname (), argv[1]);
      return WRONG_ARGUMENT;
    }
  if (want_version)
    {
      g_print ("kvmobj-info %d.%d.%d\n", KVMOBJ_MAJOR_VERSION, KVMOBJ_MINOR_VERSION,
               KVMOBJ_MICRO_VERSION);
      return EXIT_SUCCESS;
    }
  if (want_diagnosis)
    return diagnose (json);

  system = kvm_system_new (&error);
  if (system != NULL)
    report = info_gather (system, &error);
  if (report == NULL)
    return fail (error, EXIT_FAILURE);
  if (json)
    info_print_json (report);
  else
    info_print (report, want_colours ());
  return EXIT_SUCCESS;
}

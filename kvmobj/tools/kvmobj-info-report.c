/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What there is on every architecture. */

#include "kvmobj-info-private.h"

#include <string.h>
#include <sys/utsname.h>

void
info_add_row (Info *info, const char *group, const char *name, gint64 number, GVariant *value,
              const char *explanation)
{
  GVariantBuilder row;

  g_variant_builder_init (&row, G_VARIANT_TYPE_VARDICT);
  if (group != NULL)
    g_variant_builder_add (&row, "{sv}", "group", g_variant_new_string (group));
  g_variant_builder_add (&row, "{sv}", "name", g_variant_new_string (name));
  if (number != -1)
    g_variant_builder_add (&row, "{sv}", "number", g_variant_new_int64 (number));
  g_variant_builder_add (&row, "{sv}", "value", value);
  if (explanation != NULL)
    g_variant_builder_add (&row, "{sv}", "explanation", g_variant_new_string (explanation));
  g_variant_builder_add_value (&info->rows, g_variant_builder_end (&row));
}

void
info_end_section (Info *info, const char *name)
{
  g_variant_builder_add (&info->report, "{sv}", name, g_variant_builder_end (&info->rows));
  g_variant_builder_init (&info->rows, G_VARIANT_TYPE ("aa{sv}"));
}

static void
gather_host (Info *info)
{
  g_autofree char *version = g_strdup_printf ("%d.%d.%d", KVMOBJ_MAJOR_VERSION,
                                              KVMOBJ_MINOR_VERSION, KVMOBJ_MICRO_VERSION);
  struct utsname names;

  info_add_row (info, NULL, "library", -1, g_variant_new_string (version),
                "the version of libkvmobj");
  if (uname (&names) == 0)
    {
      info_add_row (info, NULL, "kernel", -1, g_variant_new_string (names.release), NULL);
      info_add_row (info, NULL, "architecture", -1, g_variant_new_string (names.machine), NULL);
    }
  info_add_row (info, NULL, "interface", -1,
                g_variant_new_int32 (kvm_system_get_api_version (info->system, NULL)),
                "the version of KVM's interface, which is 12 everywhere");
  info_end_section (info, "host");
}

static void
gather_limits (Info *info)
{
  static const struct
  {
    const char *name;
    int (*get) (KvmSystem *system, GError **error);
    const char *explanation;
  } limits[] = {
    { "recommended-vcpus", kvm_system_get_recommended_vcpus,
      "the most vCPUs of a VM that run well" },
    { "max-vcpus", kvm_system_get_max_vcpus, "the most vCPUs of a VM" },
    { "max-vcpu-id", kvm_system_get_max_vcpu_id, "ids of vCPUs are below it" },
    { "max-memory-slots", kvm_system_get_max_memory_slots, "the most memory slots of a VM" },
    { "run-page", kvm_system_get_vcpu_mmap_size, "bytes of a vCPU's mapping" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      int value = limits[i].get (info->system, NULL);

      if (value != -1)
        info_add_row (info, NULL, limits[i].name, -1, g_variant_new_int32 (value),
                      limits[i].explanation);
    }
  info_end_section (info, "limits");
}

static void
gather_capabilities (Info *info)
{
  for (guint i = 0; i < n_info_capability_explanations; i++)
    {
      const InfoExplanation *capability = &info_capability_explanations[i];
      int value = kvm_vm_check_extension (info->vm, capability->number, NULL);

      info_add_row (info, capability->group, capability->name, capability->number,
                    g_variant_new_int32 (MAX (value, 0)), capability->text);
    }
  info_end_section (info, "capabilities");
}

static void
gather_devices (Info *info)
{
  for (guint i = 0; i < n_info_device_type_explanations; i++)
    {
      const InfoExplanation *type = &info_device_type_explanations[i];

      info_add_row (info, NULL, type->name, type->number,
                    g_variant_new_boolean (kvm_vm_test_device (info->vm, type->number, NULL)),
                    type->text);
    }
  info_end_section (info, "devices");
}

static const char *
get_nick (GType type, int value)
{
  GEnumClass *klass = g_type_class_ref (type);
  const char *nick = g_enum_get_value (klass, value)->value_nick;

  g_type_class_unref (klass);
  return nick;
}

static void
gather_statistics_of (Info *info, const char *group, KvmStats *stats)
{
  guint n = stats != NULL ? g_list_model_get_n_items (G_LIST_MODEL (stats)) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (KvmStat) stat = g_list_model_get_item (G_LIST_MODEL (stats), i);
      const char *unit = get_nick (KVM_TYPE_STAT_UNIT, kvm_stat_get_unit (stat));
      g_autofree char *text = g_strdup (get_nick (KVM_TYPE_STAT_KIND, kvm_stat_get_kind (stat)));

      if (kvm_stat_get_exponent (stat) != 0)
        {
          char *scaled = g_strdup_printf ("%s, %u^%d %s", text, kvm_stat_get_base (stat),
                                          kvm_stat_get_exponent (stat), unit);

          g_free (text);
          text = scaled;
        }
      else if (strcmp (unit, "none") != 0)
        {
          char *measured = g_strdup_printf ("%s, %s", text, unit);

          g_free (text);
          text = measured;
        }
      info_add_row (info, group, kvm_stat_get_name (stat), -1, g_variant_new_string (text), NULL);
    }
}

static void
gather_statistics (Info *info)
{
  g_autoptr (KvmStats) of_vm = kvm_vm_get_stats (info->vm, NULL);
  g_autoptr (KvmStats) of_vcpu = kvm_vcpu_get_stats (info->vcpu, NULL);

  gather_statistics_of (info, "of a virtual machine", of_vm);
  gather_statistics_of (info, "of a vCPU", of_vcpu);
  info_end_section (info, "statistics");
}

GVariant *
info_gather (KvmSystem *system, GError **error)
{
  g_autoptr (KvmVm) vm = kvm_system_create_vm (system, error);
  g_autoptr (KvmVcpu) vcpu = vm != NULL ? kvm_vm_create_vcpu (vm, 0, error) : NULL;
  Info info = { .system = system, .vm = vm, .vcpu = vcpu };

  if (vcpu == NULL)
    return NULL;

  g_variant_builder_init (&info.report, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_init (&info.rows, G_VARIANT_TYPE ("aa{sv}"));
  gather_host (&info);
  gather_limits (&info);
  gather_capabilities (&info);
  info_gather_x86 (&info);
  gather_devices (&info);
  gather_statistics (&info);
  g_variant_builder_clear (&info.rows);
  return g_variant_ref_sink (g_variant_builder_end (&info.report));
}

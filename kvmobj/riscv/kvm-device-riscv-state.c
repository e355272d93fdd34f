/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the state of the AIA is made of. */

#include "config.h"

#include "kvm-device-state-private.h"

enum
{
  GROUP_CONFIG = 0,
  GROUP_APLIC = 3,
  GROUP_IMSIC = 4
};

#define CONFIG_N_IDS 1
#define CONFIG_N_SOURCES 2

#define APLIC_DOMAINCFG 0x0
#define APLIC_SOURCECFG 0x0 /* of source 1 at 4 */
#define APLIC_SETIP 0x1c00
#define APLIC_CLRIP 0x1d00
#define APLIC_SETIE 0x1e00
#define APLIC_CLRIE 0x1f00
#define APLIC_TARGET 0x3000

#define IMSIC_EIDELIVERY 0x70
#define IMSIC_EITHRESHOLD 0x72
#define IMSIC_EIP 0x80
#define IMSIC_EIE 0xc0
#define IMSIC_SELECT_BITS 12

void
_kvm_device_riscv_list_aia (KvmHandle *device, const guint64 *cpus, guint n_cpus,
                            GArray *attributes)
{
  guint n_sources = _kvm_device_list_ask (device, GROUP_CONFIG, CONFIG_N_SOURCES);
  guint n_ids = _kvm_device_list_ask (device, GROUP_CONFIG, CONFIG_N_IDS);

  for (guint i = 0; i < n_cpus; i++)
    {
      guint64 cpu = cpus[i] << IMSIC_SELECT_BITS;

      _kvm_device_list_add (attributes, GROUP_IMSIC, 8, cpu | IMSIC_EITHRESHOLD);
      for (guint id = 0; id <= n_ids; id += 64)
        _kvm_device_list_add (attributes, GROUP_IMSIC, 8, cpu | (IMSIC_EIP + id / 32));
      for (guint id = 0; id <= n_ids; id += 64)
        _kvm_device_list_add (attributes, GROUP_IMSIC, 8, cpu | (IMSIC_EIE + id / 32));
      _kvm_device_list_add (attributes, GROUP_IMSIC, 8, cpu | IMSIC_EIDELIVERY);
    }
  for (guint source = 1; source <= n_sources; source++)
    {
      _kvm_device_list_add (attributes, GROUP_APLIC, 4, APLIC_SOURCECFG + 4 * source);
      _kvm_device_list_add (attributes, GROUP_APLIC, 4, APLIC_TARGET + 4 * source);
    }
  for (guint source = 0; source <= n_sources; source += 32)
    {
      _kvm_device_list_add (attributes, GROUP_APLIC, 4, APLIC_SETIE + source / 8);
      _kvm_device_list_add (attributes, GROUP_APLIC, 4, APLIC_SETIP + source / 8);
    }
  _kvm_device_list_add (attributes, GROUP_APLIC, 4, APLIC_DOMAINCFG);
}

gboolean
_kvm_device_riscv_find_clear (const KvmDeviceItem *item, guint64 *attribute)
{
  if (item->group != GROUP_APLIC
      || !((item->attribute >= APLIC_SETIP && item->attribute < APLIC_CLRIP)
           || (item->attribute >= APLIC_SETIE && item->attribute < APLIC_CLRIE)))
    return FALSE;
  *attribute = item->attribute + (APLIC_CLRIP - APLIC_SETIP);
  return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib.h>

#include <kvmobj/kvm-version.h>

#ifndef _KVMOBJ_EXTERN
#define _KVMOBJ_EXTERN extern
#endif

/**
 * KVMOBJ_VERSION_0_1:
 *
 * The version 0.1, in the form that %KVMOBJ_VERSION_MAX_ALLOWED takes.
 *
 * Since: 0.1
 */
#define KVMOBJ_VERSION_0_1 (G_ENCODE_VERSION (0, 1))

/**
 * KVMOBJ_VERSION_MAX_ALLOWED:
 *
 * The newest version whose functions a program means to use, for example %KVMOBJ_VERSION_0_1.
 * Defined before the library's header is included, it makes the compiler warn about functions
 * that came later. It is the version of the header unless a program says otherwise.
 *
 * Since: 0.1
 */
#ifndef KVMOBJ_VERSION_MAX_ALLOWED
#define KVMOBJ_VERSION_MAX_ALLOWED (G_ENCODE_VERSION (KVMOBJ_MAJOR_VERSION, KVMOBJ_MINOR_VERSION))
#endif

/* Each release adds one stanza. */
#if KVMOBJ_VERSION_MAX_ALLOWED < KVMOBJ_VERSION_0_1
#define KVMOBJ_AVAILABLE_IN_0_1 G_UNAVAILABLE (0, 1) _KVMOBJ_EXTERN
#else
#define KVMOBJ_AVAILABLE_IN_0_1 _KVMOBJ_EXTERN
#endif

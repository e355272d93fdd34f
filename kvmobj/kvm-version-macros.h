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

/**
 * KVMOBJ_VERSION_MIN_REQUIRED:
 *
 * The oldest version that a program means to run with, for example %KVMOBJ_VERSION_0_1. Defined
 * before the library's header is included, it makes the compiler silent about functions that were
 * deprecated later: what replaces them may not be there yet. It is %KVMOBJ_VERSION_MAX_ALLOWED
 * unless a program says otherwise.
 *
 * Since: 0.1
 */
#ifndef KVMOBJ_VERSION_MIN_REQUIRED
#define KVMOBJ_VERSION_MIN_REQUIRED KVMOBJ_VERSION_MAX_ALLOWED
#endif

#if KVMOBJ_VERSION_MAX_ALLOWED < KVMOBJ_VERSION_MIN_REQUIRED
#error "KVMOBJ_VERSION_MAX_ALLOWED must not be less than KVMOBJ_VERSION_MIN_REQUIRED"
#endif

/* A program that defines KVMOBJ_DISABLE_DEPRECATION_WARNINGS hears of no deprecation. */
#ifdef KVMOBJ_DISABLE_DEPRECATION_WARNINGS
#define _KVMOBJ_DEPRECATED _KVMOBJ_EXTERN
#define _KVMOBJ_DEPRECATED_FOR(f) _KVMOBJ_EXTERN
#else
#define _KVMOBJ_DEPRECATED G_DEPRECATED _KVMOBJ_EXTERN
#define _KVMOBJ_DEPRECATED_FOR(f) G_DEPRECATED_FOR (f) _KVMOBJ_EXTERN
#endif

/* Each release adds one stanza: for what it brings, and for what it deprecates. */
#if KVMOBJ_VERSION_MAX_ALLOWED < KVMOBJ_VERSION_0_1
#define KVMOBJ_AVAILABLE_IN_0_1 G_UNAVAILABLE (0, 1) _KVMOBJ_EXTERN
#else
#define KVMOBJ_AVAILABLE_IN_0_1 _KVMOBJ_EXTERN
#endif

/**
 * KVMOBJ_DEPRECATED_IN_0_1_FOR:
 * @f: what takes its place
 *
 * Stands before what 0.1 deprecates, in the library's headers. The compiler warns of it unless
 * %KVMOBJ_VERSION_MIN_REQUIRED is older, or the program defines
 * `KVMOBJ_DISABLE_DEPRECATION_WARNINGS`.
 *
 * Since: 0.1
 */
#if KVMOBJ_VERSION_MIN_REQUIRED >= KVMOBJ_VERSION_0_1
#define KVMOBJ_DEPRECATED_IN_0_1 _KVMOBJ_DEPRECATED
#define KVMOBJ_DEPRECATED_IN_0_1_FOR(f) _KVMOBJ_DEPRECATED_FOR (f)
#else
#define KVMOBJ_DEPRECATED_IN_0_1 _KVMOBJ_EXTERN
#define KVMOBJ_DEPRECATED_IN_0_1_FOR(f) _KVMOBJ_EXTERN
#endif

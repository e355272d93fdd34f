// SPDX-License-Identifier: LGPL-2.1-or-later
// A small runner of tests that prints TAP.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Kvm from 'gi://Kvm?version=1.0';
import System from 'system';

const tests = [];
// What the host is not meant for, as an emulated one says.
const without = (GLib.getenv('KVMOBJ_TEST_WITHOUT') ?? '').split(' ');

export function test(name, run) {
    if (!without.includes(`/javascript/${name.replaceAll(' ', '-')}`))
        tests.push({name, run});
}

function show(value) {
    if (value instanceof Uint8Array)
        return [...value].map(b => b.toString(16).padStart(2, '0')).join('');
    if (Array.isArray(value))
        return `[${value.map(show).join(', ')}]`;
    return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

// Fails with both values unless they are the same, also in their type.
export function check(actual, expected, what = 'value') {
    if (actual?.constructor !== expected?.constructor || show(actual) !== show(expected))
        throw new Error(`${what}: ${show(actual)}, not ${show(expected)}`);
}

// Calls a function that must fail with this code of Kvm.Error, and returns the error.
export function checkThrows(call, code, text = '') {
    try {
        call();
    } catch (e) {
        if (!(e instanceof GLib.Error) || !e.matches(Kvm.Error, code) || !e.message.includes(text))
            throw new Error(`${e}, not code ${code} “${text}”`);
        return e;
    }
    throw new Error('no error');
}

export function countFds() {
    const directory = Gio.File.new_for_path('/proc/self/fd').enumerate_children(
        'standard::name', Gio.FileQueryInfoFlags.NOFOLLOW_SYMLINKS, null);
    let n = 0;
    while (directory.next_file(null) !== null)
        n++;
    directory.close(null);
    return n;
}

// Waits for what an async function has promised.
function settle(promise) {
    let outcome = null;
    promise.then(() => (outcome = {}), error => (outcome = {error}));
    while (outcome === null)
        GLib.MainContext.default().iteration(true);
    if (outcome.error)
        throw outcome.error;
}

// Runs all tests and ends the process.
export function run() {
    let failed = 0;
    print(`1..${tests.length}`);
    tests.forEach(({name, run: body}, i) => {
        try {
            const result = body();
            if (result instanceof Promise)
                settle(result);
            print(`ok ${i + 1} ${name}`);
        } catch (e) {
            failed++;
            for (const line of `${e}\n${e.stack ?? ''}`.trimEnd().split('\n'))
                print(`# ${line}`);
            print(`not ok ${i + 1} ${name}`);
        }
    });
    System.exit(failed > 0 ? 1 : 0);
}

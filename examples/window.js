#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// A guest in a window. It says what you type in capitals, through a serial port that is the terminal;
// below that is drawn how many exits it makes a second. It can be paused, and reset.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Gtk from 'gi://Gtk?version=4.0';
import Kvm from 'gi://Kvm?version=1.0';
import System from 'system';
import Vte from 'gi://Vte?version=3.91';

Gio._promisify(Gio.InputStream.prototype, 'read_bytes_async', 'read_bytes_finish');
Gio._promisify(Kvm.Runner.prototype, 'run_async', 'run_finish');

// It sets up the interrupt controller, the timer and the serial port, as clock.c and console.c explain,
// and sleeps. The timer turns a wheel at the cursor.
const CODE = `
    b011e620 b020e621 b004e621 b001e621 b0eee621 b034e643 30c0 e640 e640 c70680005010 c70682000000
    c70690006110 c70692000000 baf903b001ee 4a be8f10 e80400 fb f4 ebfd
    ac 84c0 7403 ee ebf8 c3
    baf803 43 83e303 8a878b10 ee b008 ee eb25
    bafd03ec a801741d baf803ec 3c0d7508 b020ee b00dee b00a 3c617206 3c7a7702 2c20 ee ebdb
    b020e620 cf 7c2f2d5c 547970652c20616e6420492073686f75742e0d0a00`;
const START = 0x1000;
const INTERVAL = 250; // ms

// The two ends of a line, each a Gio.IOStream.
function createLine() {
    const directory = GLib.Dir.make_tmp('kvm-window-XXXXXX');
    const address = Gio.UnixSocketAddress.new(`${directory}/line`);
    const listener = new Gio.SocketListener();
    listener.add_address(address, Gio.SocketType.STREAM, Gio.SocketProtocol.DEFAULT, null);
    const near = new Gio.SocketClient().connect(address, null);
    const [far] = listener.accept(null);
    listener.close();
    GLib.unlink(address.get_path());
    GLib.rmdir(directory);
    return [near, far];
}

class Machine {
    constructor(system, terminal) {
        const [near, far] = createLine();
        const vm = system.create_vm();
        const memory = Kvm.Memory.new(0x10000);
        vm.add_memory(0, memory, Kvm.MemorySlotFlags.NONE);
        memory.write(START, Uint8Array.from(CODE.replace(/\s/g, '').match(/../g),
            byte => parseInt(byte, 16)));
        vm.create_irqchip();
        vm.x86_create_pit(0);
        const vcpu = vm.create_vcpu(0);
        vcpu.x86_setup_real_mode(START);
        const serial = Kvm.Serial.new(far);
        serial.set_interrupt_trigger(vm.add_irq_trigger(4, Kvm.IrqTriggerFlags.NONE));
        vm.get_io_bus().add_device(Kvm.IoSpace.PORT, 0x3f8, 8, serial, Kvm.IoDeviceFlags.NONE);

        this.vm = vm;
        this.near = near;
        this.stats = vcpu.get_stats();
        this.runner = Kvm.Runner.new(vm);
        this.runner.add_vcpu(vcpu);
        this.ended = this.runner.run_async(null);
        this.show(terminal).catch(() => {}); // the line was closed
    }

    async show(terminal) {
        for (;;) {
            const bytes = await this.near.get_input_stream().read_bytes_async(4096, 0, null);
            if (bytes.get_size() === 0)
                return;
            terminal.feed(bytes.toArray());
        }
    }

    type(text) {
        this.near.get_output_stream().write_all(new TextEncoder().encode(text), null);
    }

    countExits() {
        this.stats.update();
        return this.stats.find('exits').get_value();
    }

    async end() {
        this.runner.stop();
        await this.ended;
        this.near.close(null);
        this.vm.close();
    }
}

class GuestWindow {
    constructor(system) {
        this.system = system;
        this.rates = [];
        this.terminal = new Vte.Terminal({vexpand: true});
        this.terminal.set_size(60, 16);
        this.terminal.connect('commit', (_, text) => this.machine.type(text));
        this.graph = new Gtk.DrawingArea({content_height: 60});
        this.graph.set_draw_func((_, cr, width, height) => this.draw(cr, width, height));
        const box = new Gtk.Box({orientation: Gtk.Orientation.VERTICAL});
        box.append(this.terminal);
        box.append(this.graph);
        const bar = new Gtk.HeaderBar();
        this.pause = new Gtk.ToggleButton({label: 'Pause', focus_on_click: false});
        this.pause.connect('toggled', () => this.pause.active
            ? this.machine.runner.pause() : this.machine.runner.resume());
        bar.pack_start(this.pause);
        const reset = new Gtk.Button({label: 'Reset', focus_on_click: false});
        reset.connect('clicked', () => this.reset().catch(logError));
        bar.pack_start(reset);
        this.window = new Gtk.Window({child: box, titlebar: bar});
        this.start();
        GLib.timeout_add(GLib.PRIORITY_DEFAULT, INTERVAL, () => this.measure());
        this.window.present();
    }

    start() {
        this.machine = new Machine(this.system, this.terminal);
        this.machine.runner.connect('notify::state', () => this.setTitle());
        this.exits = this.machine.countExits();
        this.setTitle();
    }

    async reset() {
        const machine = this.machine;
        await machine.end();
        if (this.machine !== machine) // the button was pressed twice
            return;
        this.terminal.reset(true, true);
        this.start();
        this.pause.active = false;
    }

    setTitle() {
        const name = Object.entries(Kvm.RunnerState)
            .find(([, value]) => value === this.machine.runner.state)[0];
        this.window.title = `Guest, ${name.toLowerCase()}`;
    }

    measure() {
        const exits = this.machine.countExits();
        this.rates.push((exits - this.exits) * 1000 / INTERVAL);
        this.rates = this.rates.slice(-120);
        this.exits = exits;
        this.graph.queue_draw();
        return GLib.SOURCE_CONTINUE;
    }

    draw(cr, width, height) {
        const most = Math.max(100, ...this.rates);
        cr.setSourceRGB(0.2, 0.5, 0.9);
        this.rates.forEach((rate, i) =>
            cr.lineTo(width * i / 119, height - 2 - (height - 4) * rate / most));
        cr.stroke();
        cr.moveTo(4, 14);
        cr.showText(`${Math.round(this.rates.at(-1) ?? 0)} exits per second`);
        cr.$dispose();
    }
}

const loop = new GLib.MainLoop(null, false);
try {
    if (ARGV.length)
        throw new Error('Usage: window.js');
    const system = Kvm.System.new();
    if (!Gtk.init_check())
        throw new Error('There is no display for the window');
    const {window} = new GuestWindow(system);
    window.connect('close-request', () => loop.quit());
} catch (error) {
    printerr(error.message);
    System.exit(1);
}
loop.run();
